# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Source entries for apt, derived from the machine's own."""

from __future__ import annotations

from pathlib import Path

from tests.testbed.kubernetes.real.debian import source_entries

DEB822 = """\
# The distribution
Types: deb
URIs: http://mirror.example/debian
Suites: bookworm
Components: main
Signed-By: /usr/share/keyrings/some.gpg
"""
ONE_LINE = """\
# comment
deb [signed-by=/k.gpg] http://mirror.example/debian bookworm main
deb-src http://mirror.example/debian bookworm main
deb cdrom:[Debian]/ bookworm main

"""


def test_sources_are_added_and_nothing_else_changes(tmp_path: Path) -> None:
    folder = tmp_path / "sources.list.d"
    folder.mkdir()
    (folder / "debian.sources").write_text(DEB822)
    (folder / "old.sources.disabled").write_text(DEB822)
    (folder / "empty.list").write_text("# nothing\n")
    (tmp_path / "sources.list").write_text(ONE_LINE)
    assert source_entries(tmp_path) == {
        "debian.sources": DEB822.replace("Types: deb\n", "Types: deb deb-src\n"),
        "sources.list": (
            "deb [signed-by=/k.gpg] http://mirror.example/debian bookworm main\n"
            "deb-src [signed-by=/k.gpg] http://mirror.example/debian bookworm main\n"
        ),
    }


def test_machine_without_entries(tmp_path: Path) -> None:
    assert source_entries(tmp_path) == {}
