# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The environment of the oldest supported versions."""

from __future__ import annotations

from pathlib import Path

from tests.gates._outcome import NotRunError
from tests.gates._places import OLDEST


def oldest() -> Path:
    """Its folder.

    Raises:
        NotRunError: When it could not be made here.
    """
    if not (OLDEST / ".installed-oldest").exists():
        raise NotRunError("no .venv/oldest: ansible-core 2.17 needs Python 3.11 or 3.12 (make setup says more)")
    return OLDEST
