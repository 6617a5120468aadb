# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The folder that keeps what was built once."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KUBERNETES_VERSION = "1.20.2"

RECIPE = 2
"""Counts the ways of building: what an earlier one built is not taken for the present one's."""


def cache_folder() -> Path:
    """The user's cache folder of this project, made where it is missing."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(base) / "cloudops-eks-windows"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def built_binaries() -> Path:
    """Where a finished build puts kube-apiserver, kube-controller-manager and, if it was fetched, etcd.

    The folder appears by a rename at the end of a build, so whatever is there is whole.
    """
    return cache_folder() / f"kubernetes-{KUBERNETES_VERSION}-{RECIPE}"


@contextmanager
def exclusive(name: str) -> Iterator[bool]:
    """Hold the lock ``name`` of the cache folder; yields whether another process had to be waited for."""
    with (cache_folder() / f"{name}.lock").open("w") as handle:
        waited = False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waited = True
            print(f"waiting for another process that holds {handle.name}", flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield waited
