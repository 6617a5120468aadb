# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from ansible_collections.cloudops.eks_windows.plugins.plugin_utils._twin import plain, same_interpreter


class Tagged(str):
    """Stands for Ansible's own string types."""


def test_plain_strips_string_types_at_every_depth() -> None:
    value = plain({Tagged("a"): [Tagged("b"), {"c": (Tagged("d"), 1, None, True)}]})
    assert value == {"a": ["b", {"c": ["d", 1, None, True]}]}
    assert type(next(iter(value))) is str
    assert type(value["a"][0]) is str
    assert type(value["a"][1]["c"][0]) is str
    assert value["a"][1]["c"][3] is True


def test_running_python_is_the_same() -> None:
    assert same_interpreter(sys.executable)


def test_another_name_in_the_same_folder_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = tmp_path / "python3.12"
    real.touch()
    (tmp_path / "python").symlink_to(real)
    monkeypatch.setattr(sys, "executable", str(real))
    assert same_interpreter(str(tmp_path / "python"))


def test_another_environment_of_the_same_binary_is_another(tmp_path: Path) -> None:
    other = tmp_path / "python"
    other.symlink_to(os.path.realpath(sys.executable))
    assert not same_interpreter(str(other))


@pytest.mark.parametrize("configured", ["", "auto", "auto_silent", "python3"])
def test_discovery_is_another(configured: str) -> None:
    assert not same_interpreter(configured)
