# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Temporary folders, and what killed runs left of them."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "eks-windows-"


def temporary_folder() -> Path:
    """A new folder, readable by this user alone, whose name tells the process that owns it."""
    remove_leftovers()
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{_namespace()}-{os.getpid()}-"))


def _namespace() -> str:
    """The number space that process numbers are of: containers that share a /tmp have one each."""
    try:
        return os.readlink("/proc/self/ns/pid").strip("pid:[]")
    except OSError:
        return "0"


def remove_leftovers() -> None:
    """Remove this user's folders whose process is gone: a killed testbed cannot clean up after itself."""
    if _namespace() == "0":
        return
    own = f"{PREFIX}{_namespace()}-"
    for folder in Path(tempfile.gettempdir()).glob(f"{own}*-*"):
        owner = folder.name.removeprefix(own).split("-")[0]
        with contextlib.suppress(OSError):
            if folder.stat().st_uid == os.getuid() and not Path("/proc", owner).exists():
                shutil.rmtree(folder, ignore_errors=True)
