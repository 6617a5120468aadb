# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Temporary folders, and what killed runs left of them."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

PREFIX = "eks-windows-"


def temporary_folder() -> Path:
    """A new folder, readable by this user alone, whose name tells the process that owns it."""
    remove_leftovers()
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))


def remove_leftovers() -> None:
    """Remove this user's folders whose process is gone: a killed testbed cannot clean up after itself."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        owner = re.fullmatch(rf"{PREFIX}(\d+)-\w+", folder.name)
        try:
            if owner and folder.stat().st_uid == os.getuid() and not Path("/proc", owner[1]).exists():
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue
