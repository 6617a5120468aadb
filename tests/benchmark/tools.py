# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command-line tools of the documented procedure: the AWS CLI and kubectl."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.testbed.kubernetes.real.cache import cache_folder, exclusive
from tests.testbed.kubernetes.real.debian import Apt, DebianError

AWS_CLI = Path(sys.prefix) / "benchmark" / "bin" / "aws"
"""Where ``make setup-benchmark`` installs it, apart from Ansible, whose botocore is another one."""

KUBECTL_PACKAGE = "kubernetes-client"
"""Debian's kubectl, from the sources that the testbed's real control planes are built of."""


class ToolMissingError(Exception):
    """A tool can't be had here; the message says which, and how to get it."""


@dataclass(frozen=True)
class Tools:
    """Paths of the programs, and what they say of their versions, such as ``AWS CLI 1.46.3``."""

    aws: Path
    kubectl: Path
    versions: tuple[str, str]


def find_tools() -> Tools:
    """The AWS CLI of ``.venv`` and kubectl: Debian's, fetched once, or else the one of this machine.

    Raises:
        ToolMissingError: Either can't be had.
    """
    if not AWS_CLI.exists():
        raise ToolMissingError("the AWS CLI is missing: run make setup-benchmark")
    kubectl = _kubectl()
    return Tools(AWS_CLI, kubectl, (aws_version(_said(AWS_CLI, "--version")), kubectl_version(_said_of(kubectl))))


def _kubectl() -> Path:
    target = cache_folder() / KUBECTL_PACKAGE / "usr" / "bin" / "kubectl"
    if target.exists():
        return target
    try:
        return _fetched(target)
    except (DebianError, OSError, subprocess.CalledProcessError) as error:
        own = shutil.which("kubectl")
        if own:
            return Path(own)
        raise ToolMissingError(
            f"kubectl is missing: install it, or let Debian's package {KUBECTL_PACKAGE} be fetched ({error})"
        ) from error


def _fetched(target: Path) -> Path:
    with exclusive(KUBECTL_PACKAGE):
        if not target.exists():
            print(f"benchmark: fetching Debian's package {KUBECTL_PACKAGE} for kubectl", file=sys.stderr, flush=True)
            apt = Apt(cache_folder() / f"{KUBECTL_PACKAGE}-apt")
            apt.update()
            apt.unpack([KUBECTL_PACKAGE], target.parents[2])
    if not target.exists():
        raise DebianError(f"package {KUBECTL_PACKAGE} holds no usr/bin/kubectl")
    return target


def _said(program: Path, *arguments: str) -> str:
    return subprocess.run([str(program), *arguments], capture_output=True, text=True, check=True).stdout


def _said_of(kubectl: Path) -> str:
    return _said(kubectl, "version", "--client", "-o", "json")


def aws_version(said: str) -> str:
    """``AWS CLI 1.46.3`` of ``aws-cli/1.46.3 Python/3.12 …``."""
    found = re.match(r"aws-cli/(\S+)", said)
    return f"AWS CLI {found.group(1)}" if found else f"AWS CLI ({said.strip()})"


def kubectl_version(said: str) -> str:
    """``kubectl 1.20.2`` of what ``kubectl version`` answers as JSON."""
    found = re.search(r'"gitVersion":\s*"v([^"]+)"', said)
    return f"kubectl {found.group(1)}" if found else f"kubectl ({said.strip()})"
