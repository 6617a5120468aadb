# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding and fetching a browser, without one and without a network."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.setup import chromium
from tests.setup.chromium import Browser, BrowserMissingError, ensure_browser, find_browser
from tests.testbed.kubernetes.real.debian import Apt, DebianError

SIMULATED = """\
NOTE: This is only a simulation!
Inst libflac12 (1.4.2 Debian:12 [amd64])
Inst chromium (150.0 Debian:12 [amd64])
Conf libflac12 (1.4.2 Debian:12 [amd64])
"""


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with an empty PATH and an empty cache folder."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "bin").mkdir()
    return tmp_path


def program(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def test_one_that_is_installed_is_taken(machine: Path) -> None:
    program(machine / "bin" / "chromium-browser", "echo Chromium 1.2")
    assert ensure_browser() == Browser(machine / "bin" / "chromium-browser", {})
    assert find_browser().version() == "Chromium 1.2"


def test_one_that_does_not_run_is_none(machine: Path) -> None:
    program(machine / "bin" / "chromium", "exit 1")
    with pytest.raises(BrowserMissingError, match="no Chromium: none of chromium, "):
        find_browser()


def test_one_that_was_fetched_brings_its_libraries_and_fonts(machine: Path) -> None:
    root = machine / "cache" / "cloudops-eks-windows" / "chromium"
    program(root / "usr/lib/chromium/chromium", 'echo "Chromium with $LD_LIBRARY_PATH and $FONTCONFIG_FILE"')
    for library in ("usr/lib/x86_64-linux-gnu/libone.so.1", "usr/lib/x86_64-linux-gnu/pulseaudio/libtwo.so"):
        (root / library).parent.mkdir(parents=True, exist_ok=True)
        (root / library).touch()
    (root / "fonts.conf").touch()
    folder = root / "usr/lib/x86_64-linux-gnu"
    assert find_browser().version() == f"Chromium with {folder}:{folder}/pulseaudio and {root}/fonts.conf"


def test_where_none_can_be_fetched_it_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BrowserMissingError, match=r"not a Debian-like system.*Install package chromium"):
        ensure_browser()
    assert chromium.main() == 1


def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, stdout: str, stderr: str = "") -> Apt:
    """An apt that answers this."""
    program(tmp_path / "bin" / "apt-get", "")
    found = Apt(tmp_path / "apt", tmp_path / "etc")
    answer: subprocess.CompletedProcess[str] = subprocess.CompletedProcess([], status, stdout, stderr)
    monkeypatch.setattr(found, "_run", lambda *_arguments: answer)
    return found


def test_what_a_package_needs_and_the_machine_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert apt(tmp_path, monkeypatch, 0, SIMULATED).missing("chromium") == ["libflac12", "chromium"]


def test_a_package_that_the_mirrors_lack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DebianError, match="can not serve chromium: E: Unable to locate"):
        apt(tmp_path, monkeypatch, 100, "", "E: Unable to locate package chromium").missing("chromium")
