# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Temporary folders, and what killed runs left of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.testbed.folders import temporary_folder


def test_folders_of_ended_processes_go_and_others_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    own = temporary_folder()
    ended = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True
    )
    left = tmp_path / own.name.replace(f"-{os.getpid()}-", f"-{ended.stdout.strip()}-")
    left.mkdir()
    (left / "key.pem").touch()
    foreign = tmp_path / "eks-windows-1-2-of-another-container"
    foreign.mkdir()
    second = temporary_folder()
    assert sorted(tmp_path.iterdir()) == sorted([own, foreign, second])
    assert own.stat().st_mode & 0o777 == 0o700
