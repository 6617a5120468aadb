# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The programs of a control plane, and which flags they know."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.testbed.kubernetes.real.build import BuildError, ensure_built
from tests.testbed.kubernetes.real.cache import built_binaries

ASSETS = "KUBEBUILDER_ASSETS"


class ControlPlaneMissingError(Exception):
    """There is no control plane to run; the message says how to get one."""


@dataclass(frozen=True)
class Binaries:
    """Paths of the programs; ``controller_manager`` is None where a set of assets lacks it, and then nothing
    signs certificates, rolls out Deployments or collects garbage. ``version`` is 1.20.2 or alike."""

    etcd: Path
    apiserver: Path
    controller_manager: Path | None
    version: str

    @property
    def minor(self) -> int:
        """The minor version, 20 for 1.20.2."""
        return int(self.version.split(".")[1])


def find_binaries(build: bool = True) -> Binaries:
    """The programs of KUBEBUILDER_ASSETS where that is set, else those built from Debian's source package.

    Args:
        build: Whether to build them where that was not done yet.

    Raises:
        ControlPlaneMissingError: Nothing to run.
    """
    assets = os.environ.get(ASSETS)
    if assets:
        return _from_assets(Path(assets))
    if not build and not built_binaries().is_dir():
        raise ControlPlaneMissingError(
            "no control plane is built yet: run python -m tests.testbed.kubernetes.real.build, or set " + ASSETS
        )
    try:
        folder = ensure_built()
    except BuildError as error:
        raise ControlPlaneMissingError(str(error)) from error
    fetched = folder / "etcd"
    etcd = str(fetched) if fetched.exists() else shutil.which("etcd")
    if not etcd:
        raise ControlPlaneMissingError(f"etcd is missing: install etcd-server, or put its program into {folder}")
    apiserver = folder / "kube-apiserver"
    return Binaries(Path(etcd), apiserver, folder / "kube-controller-manager", version_of(apiserver))


def _from_assets(folder: Path) -> Binaries:
    for name in ("kube-apiserver", "etcd"):
        if not os.access(folder / name, os.X_OK):
            raise ControlPlaneMissingError(f"{ASSETS}={folder} holds no program {name}")
    manager = folder / "kube-controller-manager"
    return Binaries(
        etcd=folder / "etcd",
        apiserver=folder / "kube-apiserver",
        controller_manager=manager if os.access(manager, os.X_OK) else None,
        version=version_of(folder / "kube-apiserver"),
    )


@cache
def version_of(program: Path) -> str:
    """The version that ``--version`` tells, without the v."""
    said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"v(\d+\.\d+\.\d+\S*)", said)
    if not found:
        raise ControlPlaneMissingError(f"{program} --version says {said!r}")
    return found.group(1)


@cache
def flags_of(program: Path) -> frozenset[str]:
    """The names of the flags that ``--help`` tells, without dashes."""
    said = subprocess.run([str(program), "--help"], capture_output=True, text=True, check=False)
    return frozenset(re.findall(r"(?m)^\s+(?:-\w, )?--([a-z0-9-]+)", said.stdout + said.stderr))


def command(program: Path, flags: Iterable[tuple[str, str]], optional: Iterable[tuple[str, str]] = ()) -> list[str]:
    """A command line: ``flags`` as given, of ``optional`` those that the program still, or already, has."""
    known = flags_of(program)
    chosen = [*flags, *(flag for flag in optional if flag[0] in known)]
    return [str(program), *(f"--{name}={value}" for name, value in chosen)]
