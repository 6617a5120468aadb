# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/assumptions.md and the probes agree."""

from __future__ import annotations

import re
from pathlib import Path

from tests.gates._catalogue import catalogue as gates
from tests.live.catalogue import catalogue

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "assumptions.md"
COLUMNS = ["id", "assumption", "what relies on it", "how the testbed models it", "how to prove it on AWS", "probe"]


def rows() -> dict[str, dict[str, str]]:
    """The rows of the table by id."""
    lines = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    assert cells[0] == COLUMNS
    found = [dict(zip(COLUMNS, row, strict=True)) for row in cells[2:]]
    ids = [row["id"].strip("`") for row in found]
    assert len(set(ids)) == len(ids)
    return dict(zip(ids, found, strict=True))


def test_each_probe_has_its_row_and_each_row_its_probe_or_a_reason() -> None:
    table, probes = rows(), catalogue()
    assert set(probes) <= set(table)
    for row_id, row in table.items():
        if row_id in probes:
            assert row["probe"] == ("writes" if probes[row_id].changes else "reads"), row_id
        else:
            assert re.fullmatch(r"none: .{20,}", row["probe"]), f"{row_id} has no probe and does not say why"


def test_each_row_is_complete() -> None:
    for row_id, row in rows().items():
        assert all(row.values()), row_id


def test_what_rows_name_exists() -> None:
    root = DOCUMENT.parents[1]
    known = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("plugins", "roles", "playbooks")
        for path in sorted((root / folder).rglob("*"))
        if path.suffix in (".py", ".yml")
    )
    for row_id, row in rows().items():
        named = re.findall(r"(?:rules?|steps?|variables?|and|,) `([a-z_.]+)`", row["what relies on it"])
        assert named, f"{row_id} names no rule, step or variable"
        for name in named:
            assert name in known, f"{row_id} names {name}, which does not exist"


def test_it_is_no_gate() -> None:
    assert not {"live", "test_live"} & set(gates())
