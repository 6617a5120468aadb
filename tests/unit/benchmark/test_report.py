# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What figures mean for one cluster, and the table and page that tell it."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tests.benchmark.fleet import Measured
from tests.benchmark.report import BEGIN, END, PAGE, Conditions, figures, machine, replaced
from tests.benchmark.table import GOALS, Share, Verdict, share, table, verdicts
from tests.support.measure import Cost


def one(letter: str, clusters: int, cpu: float) -> Share:
    return Share(letter, clusters, cpu=cpu, wall=cpu / 2, calls=20.0, peak_mib=90.0)


ALL = [one("a", 1, 6.0), one("b", 1, 7.0), one("c", 1, 1.5), one("d", 1, 2.0)]


def test_a_share_is_that_of_one_cluster() -> None:
    measured = Measured("b", clusters=10, cost=Cost(cpu=58.0, wall=30.0, peak_mib=120.0), calls=140)
    assert share(measured) == Share("b", 10, cpu=5.8, wall=3.0, calls=14.0, peak_mib=120.0)


@pytest.mark.parametrize(("cpu", "met"), [(1.4, True), (1.5, True), (1.51, False)])
def test_the_goal_is_against_the_cheaper_way(cpu: float, met: bool) -> None:
    (verdict,) = verdicts([one("a", 1, 6.0), one("b", 1, 7.0), one("c", 1, cpu)])
    assert (verdict.other, verdict.goal, verdict.met) == ("a", 4, met)


def test_goals_of_each_size() -> None:
    assert {clusters: goal for (_way, clusters), goal in GOALS.items()} == {1: 4, 10: 15, 50: 25}
    (verdict,) = verdicts([one("a", 50, 6.0), one("b", 50, 5.0), one("c", 50, 0.2)])
    assert (verdict.other, verdict.met) == ("b", True)
    assert verdict.times == pytest.approx(25.0)
    assert verdicts([one("a", 50, 5.0), one("c", 50, 0.2004)])[0].met is False


def test_a_size_without_a_goal_is_compared_all_the_same() -> None:
    (verdict,) = verdicts([one("b", 3, 6.0), one("c", 3, 2.0)])
    assert (verdict.goal, verdict.met) == (None, None)
    assert str(verdict) == "3 clusters: (c) takes 1/3.0 of the CPU of (b), the cheaper of the others"


def test_the_playbook_is_compared_with_the_others_and_not_with_the_module() -> None:
    assert [(each.ours, each.other, each.times) for each in verdicts(ALL)] == [("c", "a", 4.0), ("d", "a", 3.0)]


def test_sizes_are_not_mixed() -> None:
    assert verdicts([one("a", 1, 6.0), one("c", 10, 1.0)]) == []


def test_words_of_a_verdict() -> None:
    assert str(Verdict("c", 1, "a", 3.96, 4)).endswith(
        "1/4.0 of the CPU of (a), the cheaper of the others; the goal of 1/4 is missed"
    )
    assert str(Verdict("c", 10, "b", 15.0, 15)).endswith("the goal of 1/15 is met")


def test_table() -> None:
    assert table([*ALL, one("c", 50, 0.2)]).splitlines() == [
        "| clusters | way | CPU s | wall s | API calls | peak MiB | times (c) |",
        "|---------:|:----|------:|-------:|----------:|---------:|----------:|",
        "|        1 | (a) |  6.00 |   3.00 |        20 |       90 |       4.0 |",
        "|        1 | (b) |  7.00 |   3.50 |        20 |       90 |       4.7 |",
        "|        1 | (c) |  1.50 |   0.75 |        20 |       90 |       1.0 |",
        "|        1 | (d) |  2.00 |   1.00 |        20 |       90 |       1.3 |",
        "|       50 | (c) |  0.20 |   0.10 |        20 |       90 |       1.0 |",
    ]


def test_a_table_without_our_way_compares_nothing() -> None:
    assert table([one("a", 1, 6.0)]).splitlines()[-1].endswith("|           |")


def test_machine() -> None:
    assert machine("processor\t: 0\nmodel name\t: Some  CPU @ 2 GHz\nmodel name\t: other\n", 2, 25 * 10**9) == (
        "Some CPU @ 2 GHz, 2 cores, 23 GiB"
    )
    assert machine("", 1, 2**30) == "unknown processor, 1 core, 1 GiB"


def conditions(missing: str = "") -> Conditions:
    return Conditions(date(2026, 11, 30), "Some CPU, 2 cores", ["ansible-core 2.21.1"], [("b", "other")], missing)


def test_figures_name_machine_and_date() -> None:
    text = figures(ALL, conditions())
    assert text.startswith("Taken on 2026-11-30 on Some CPU, 2 cores, with ansible-core 2.21.1.\n\n- (b) other\n")
    assert "not measured" not in text
    assert "- 1 cluster: (c) takes 1/4.0 of the CPU of (a), the cheaper of the others; the goal of 1/4 is met." in text


def test_figures_say_what_was_not_measured() -> None:
    assert "- (a) was not measured: kubectl is missing\n" in figures(ALL[1:], conditions("kubectl is missing"))


def test_figures_go_into_their_place_again_and_again() -> None:
    page = f"# Title\n\n{BEGIN}\n{END}\n\nAfter.\n"
    once = replaced(page, "first")
    assert once == f"# Title\n\n{BEGIN}\n\nfirst\n\n{END}\n\nAfter.\n"
    assert replaced(once, "second") == once.replace("first", "second")
    with pytest.raises(ValueError, match="lacks the lines"):
        replaced("# Title\n", "first")


def test_the_page_has_a_place_and_tells_the_goals() -> None:
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert replaced(page, "figures")
    assert re.search(r"a quarter of either at 1 cluster, a fifteenth at 10 and a twenty-fifth at 50", page)
