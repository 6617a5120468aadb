# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Byte code is kept for what tests start again and again, and for nothing else."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.gates import _runner
from tests.gates._places import environment
from tests.support.playbook import clean_environment


@pytest.mark.parametrize("of", ["gates", "playbooks"])
def test_commands_keep_their_byte_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, of: str) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    variables = environment() if of == "gates" else clean_environment(tmp_path, {})
    assert variables["PYTHONPYCACHEPREFIX"].startswith(sys.prefix)
    (tmp_path / "again.py").write_text("")
    cache = tmp_path / "cache"
    subprocess.run(
        [sys.executable, "-c", "import again"],
        env=variables | {"PYTHONPYCACHEPREFIX": str(cache)},
        cwd=tmp_path,
        check=True,
    )
    assert [file.name.partition(".")[0] for file in cache.rglob("again.*")] == ["again"]


def test_byte_code_of_temporary_files_does_not_pile_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(_runner, "BYTE_CODE", tmp_path)
    temporary = tmp_path / tempfile.gettempdir().lstrip("/") / "gone.pyc"
    kept = tmp_path / "srv" / "project" / "kept.pyc"
    for file in (temporary, kept):
        file.parent.mkdir(parents=True)
        file.touch()
    _runner.drop_stale_byte_code()
    assert not temporary.exists()
    assert kept.exists()
