# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each gate that judges by itself finds what it is there to find."""

from __future__ import annotations

import ast
import io
import tarfile
from pathlib import Path

import pytest

from tests.gates import argument_specs, artifact, headers, imports, portable, version_ranges

GOOD = {"eks_windows_a": {"type": "int", "description": "A number.", "default": 1}}


@pytest.mark.parametrize(
    ("options", "defaults", "finding"),
    [
        (GOOD, {"eks_windows_a": 1}, None),
        (GOOD, {"eks_windows_a": 2}, "eks_windows_a is 2 in defaults"),
        (GOOD, {"eks_windows_a": True}, "eks_windows_a is True in defaults"),
        (GOOD, {"eks_windows_a": 1, "eks_windows_b": 1}, "sets eks_windows_b"),
        (GOOD, {}, "does not set"),
        ({"eks_windows_a": {"type": "int", "description": "x"}}, {"eks_windows_a": 1}, "does not tell"),
        ({"eks_windows_a": {"type": "int"}}, {}, "no description"),
        ({"other": {"type": "int", "description": "x"}}, {}, "does not begin with"),
        ({"eks_windows_a": {**GOOD["eks_windows_a"], "required": True}}, {"eks_windows_a": 1}, "is required"),
    ],
)
def test_specifications_against_defaults(options: dict, defaults: dict, finding: str | None) -> None:
    problems = argument_specs.compare("enable", options, defaults)
    assert problems == [] if finding is None else any(finding in problem for problem in problems)


def test_ranges_that_are_not_tested() -> None:
    ranges = {"amazon.aws": ">=8.0.1,<12.0.0", "boto3": ">=1.35.87"}
    tested = {"amazon.aws": "11.4.0", "boto3": "1.44.5"}
    assert version_ranges.newest_problems(ranges, tested) == []
    assert version_ranges.newest_problems({"amazon.aws": ">=8.0.1,<11.0.0"}, tested)
    assert version_ranges.newest_problems({"amazon.aws": ">=8.0.1,<13.0.0"}, tested)
    assert version_ranges.newest_problems({"amazon.aws": ">=12.0.0"}, tested)
    assert version_ranges.oldest_problems(ranges, {"amazon.aws": "8.0.1", "boto3": "1.35.87"}) == []
    assert version_ranges.oldest_problems(ranges, {"amazon.aws": "8.0.1", "boto3": "1.36.0"})


def test_a_range_without_a_lower_bound_is_refused() -> None:
    with pytest.raises(ValueError, match="no lower bound"):
        version_ranges.bounds("<3")


def test_imports_are_found_wherever_they_stand() -> None:
    source = "import a.b\ndef f():\n    from c import d\ntry:\n    import e\nexcept ImportError:\n    e = None\n"
    assert imports.imported(ast.parse(source)) == {"a.b", "c", "e"}


@pytest.mark.parametrize(
    ("source", "finding"),
    [
        ("import json, boto3, urllib3, yaml", None),
        ("from ansible_collections.amazon.aws.plugins.module_utils import botocore", None),
        ("from ansible_collections.community.crypto.plugins import x", "community.crypto"),
        ("import pytest", "imports pytest"),
        ("from tests.testbed import Testbed", "not shipped"),
    ],
)
def test_imports_that_nothing_brings(
    source: str, finding: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for = imports.asked_for()
    monkeypatch.setattr(imports, "CHECKOUT", tmp_path)
    (tmp_path / "x.py").write_text(source)
    problems = imports.problems_of(Path("x.py"), {"amazon.aws"}, asked_for)
    assert problems == [] if finding is None else any(finding in problem for problem in problems)


def test_a_file_without_its_licence() -> None:
    complete = "\n".join((*headers.WANTED, headers.PRIVATE))
    assert headers.problems_of(complete, private=True) == []
    assert headers.problems_of("\n".join(headers.WANTED), private=True) == [headers.PRIVATE]
    assert headers.problems_of('"""No header."""', private=False) == list(headers.WANTED)


def test_the_machine_is_known_by_its_folders() -> None:
    assert f"{portable.CHECKOUT}/" in portable.forbidden()


def packed(folder: Path, names: set[str]) -> Path:
    """An artifact with these files, empty."""
    file = folder / "artifact.tar.gz"
    with tarfile.open(file, "w:gz") as archive:
        for name in sorted(names):
            archive.addfile(tarfile.TarInfo(name), io.BytesIO())
    return file


@pytest.mark.parametrize(
    ("more", "less", "finding"),
    [
        (set(), set(), None),
        ({"tests/conftest.py"}, set(), "tests is in the artifact"),
        ({"plugins/modules/__pycache__/x.cpython-312.pyc"}, set(), "__pycache__"),
        ({"roles/enable/.ansible/x"}, set(), ".ansible"),
        (set(), {"LICENSE"}, "LICENSE is not in the artifact"),
    ],
)
def test_what_does_not_belong_in_the_artifact(
    more: set[str], less: set[str], finding: str | None, tmp_path: Path
) -> None:
    problems = artifact.content_problems(packed(tmp_path, artifact.SHIPPED - less | more))
    assert problems == [] if finding is None else any(finding in problem for problem in problems)
