# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands of gates see nothing of the person's own settings, and write nothing into the checkout."""

from __future__ import annotations

import pytest

from tests.gates._places import CHECKOUT, NEWEST, collection_copy, environment, project_files


def test_settings_of_the_person_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "KUBECONFIG", "K8S_AUTH_HOST", "ANSIBLE_CONFIG", "PYTHONPATH"):
        monkeypatch.setenv(name, "hostile")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "hostile")
    monkeypatch.setenv("KUBEBUILDER_ASSETS", "kept")
    variables = environment()
    assert "hostile" not in variables.values()
    assert variables["KUBEBUILDER_ASSETS"] == "kept"


def test_the_home_of_tools_lies_in_the_environment() -> None:
    variables = environment(own_home=True)
    assert variables["HOME"].startswith(str(NEWEST))
    assert variables["ANSIBLE_HOME"].startswith(str(NEWEST))


def test_the_copy_is_the_project_beside_its_dependencies() -> None:
    with collection_copy() as copy:
        assert (copy / "galaxy.yml").read_text() == (CHECKOUT / "galaxy.yml").read_text()
        assert (copy.parents[1] / "amazon" / "aws" / "MANIFEST.json").is_file()
        assert not (copy / ".venv").exists()
        assert not (copy / ".git").exists()
        kept = copy
    assert not kept.exists()


def test_ignored_files_are_no_files_of_the_project() -> None:
    tops = {file.parts[0] for file in project_files()}
    assert "galaxy.yml" in tops
    assert ".venv" not in tops
