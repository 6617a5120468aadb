# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest

from tests.setup import refresh_data

CHECKOUT = Path(__file__).resolve().parents[3]
SOURCES = CHECKOUT / "tests" / "setup" / "data"
NAMES = ("instance-types.tsv", "image-accounts.tsv")

TYPES = """\
# Types. Source: somewhere, generated 2025-12-31, read 2026-01-01.
type\tinterfaces\tipv4_per_interface\thypervisor\tbare_metal
m5.metal\t15\t50\t\ttrue
m5.large\t3\t10\tnitro\tfalse
"""
ACCOUNTS = "# Accounts.\nregion\taccount\nus-x-1\t000000000001\ndefault\t000000000002\n"


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(refresh_data, "DATA", tmp_path)
    (tmp_path / NAMES[0]).write_text(TYPES)
    (tmp_path / NAMES[1]).write_text(ACCOUNTS)
    return ["--instance-types", str(tmp_path / NAMES[0]), "--image-accounts", str(tmp_path / NAMES[1])]


def test_tables_are_written_and_then_checked(sources: list[str], tmp_path: Path) -> None:
    assert refresh_data.main([*sources, "--check"]) == 1
    assert refresh_data.main(sources) == 0
    assert refresh_data.main([*sources, "--check"]) == 0
    written = (tmp_path / "instance_types.py").read_text()
    assert '"""Types.\n\nSource: somewhere, generated 2025-12-31, read 2026-01-01.\n"""' in written
    module: dict[str, object] = {"__name__": "written"}
    exec(compile(written, "instance_types.py", "exec"), module)
    assert module["LIST_DATE"] == "2025-12-31"
    assert module["TABLE"] == "\nm5.large 3 10 nitro\nm5.metal 15 50 metal\n"
    accounts: dict[str, object] = {}
    exec(compile((tmp_path / "image_accounts.py").read_text(), "image_accounts.py", "exec"), accounts)
    assert accounts["ACCOUNTS"] == {"us-x-1": "000000000001"}
    assert accounts["DEFAULT_ACCOUNT"] == "000000000002"


def test_a_file_of_other_columns_is_refused(sources: list[str], tmp_path: Path) -> None:
    (tmp_path / NAMES[0]).write_text(TYPES.replace("hypervisor", "virtualization"))
    with pytest.raises(SystemExit, match="expected a comment line and the columns"):
        refresh_data.main(sources)
    (tmp_path / NAMES[0]).write_text(TYPES.replace("\tnitro", ""))
    with pytest.raises(SystemExit, match=r"m5\.large has 4 columns"):
        refresh_data.main(sources)
    (tmp_path / NAMES[0]).write_text(TYPES.replace("generated", "made"))
    with pytest.raises(SystemExit, match="does not say when the list was generated"):
        refresh_data.main(sources)


def test_the_collection_has_the_figures_of_the_sources() -> None:
    paths = [str(SOURCES / name) for name in NAMES]
    assert refresh_data.main(["--instance-types", paths[0], "--image-accounts", paths[1], "--check"]) == 0
