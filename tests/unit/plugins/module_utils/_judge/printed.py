# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines as ansible-playbook prints them."""

from __future__ import annotations

import json
from collections.abc import Iterable

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.wrapping import columns

WIDEST = 100


def widest(lines: Iterable[str]) -> int:
    """Columns of the widest one, as an element of the list ``msg`` in Ansible's default callback."""
    return max(columns(f"{' ' * 8}{json.dumps(line, ensure_ascii=False)},") for line in lines)
