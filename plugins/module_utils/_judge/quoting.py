# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Values of the cluster in sentences for people."""

from __future__ import annotations

import json


def quoted(value: str) -> str:
    """The value between double quotes, as JSON writes it: what can't be printed, such as a line break or the escape of
    a terminal, is shown as JSON escapes it."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)
