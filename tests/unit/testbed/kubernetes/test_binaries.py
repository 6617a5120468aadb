# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which programs are taken, and which flags they get."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.testbed.kubernetes.real.binaries import (
    ControlPlaneMissingError,
    command,
    find_binaries,
    flags_of,
    version_of,
)

HELP = """\
Usage:
      --bind-address ip   The address
  -v, --v Level           verbosity
      --audit-log-mode string
Global flags:
      --profiling         (default true)
"""


def program(folder: Path, name: str, version: str = "v1.31.4-rc.0") -> Path:
    file = folder / name
    file.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "Kubernetes {version}" || cat <<"E"\n{HELP}E\n')
    file.chmod(0o755)
    return file


def test_flags_that_a_program_lacks_are_not_passed(tmp_path: Path) -> None:
    apiserver = program(tmp_path, "kube-apiserver")
    assert flags_of(apiserver) == {"bind-address", "v", "audit-log-mode", "profiling"}
    chosen = command(apiserver, [("secure-port", "1")], [("profiling", "false"), ("port", "0")])
    assert chosen == [str(apiserver), "--secure-port=1", "--profiling=false"]


def test_version_is_read_from_the_program(tmp_path: Path) -> None:
    assert version_of(program(tmp_path, "kube-apiserver")) == "1.31.4-rc.0"


def test_assets_come_before_what_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "kube-apiserver", "v1.35.0")
    etcd = program(tmp_path, "etcd")
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(tmp_path))
    found = find_binaries()
    assert (found.etcd, found.controller_manager, found.version, found.minor) == (etcd, None, "1.35.0", 35)


def test_incomplete_assets_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "kube-apiserver")
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(tmp_path))
    with pytest.raises(ControlPlaneMissingError, match=f"KUBEBUILDER_ASSETS={tmp_path} holds no program etcd"):
        find_binaries()


def test_nothing_built_says_how_to_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(ControlPlaneMissingError, match=re.escape("python -m tests.testbed.kubernetes.real.build")):
        find_binaries(build=False)
