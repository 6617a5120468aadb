# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import WaiverHeld
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.ignore import parse_ignore
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.options import Waiver
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    cluster,
    finding,
    observed,
)

IPV6 = observed(cluster=cluster(ip_family="ipv6"))


def waived(entry: Any) -> Any:
    return finding("network.ip_family", IPV6, goal="enable", ignore=[entry])


def test_ids_and_waivers() -> None:
    entries = ["version.lifecycle", {"id": "ipam.probe", "reason": " a\n b ", "owner": "x", "until": "2027-03-31"}]
    assert parse_ignore(entries) == (
        Waiver("version.lifecycle"),
        Waiver("ipam.probe", "a b", "x", date(2027, 3, 31)),
    )
    assert parse_ignore([]) == ()


@pytest.mark.parametrize(
    "until",
    [
        date(2027, 3, 31),
        datetime(2027, 3, 31, 12, tzinfo=UTC),
        datetime(2027, 3, 31, 12, 30, 1, 5, tzinfo=timezone(timedelta(hours=-5))),
        "2027-03-31",
        " 2027-03-31\n",
        "20270331",
        20270331,
        "2027-W13-3",
        "2027-03-31T00:00:00Z",
        "2027-03-31t12:30",
        "2027-03-31 23:59:59.123456+02:00",
        "20270331T12Z",
    ],
)
def test_until_as_yaml_gives_it(until: Any) -> None:
    assert parse_ignore([{"id": "ipam.probe", "until": until}])[0].until == date(2027, 3, 31)


@pytest.mark.parametrize("entry", [{}, {"until": None}])
def test_a_waiver_without_until_has_no_end(entry: dict[str, Any]) -> None:
    assert parse_ignore([{"id": "ipam.probe", **entry}])[0].until is None


@pytest.mark.parametrize("until", ["", " ", "\n"])
def test_an_empty_until_is_a_mistake(until: str) -> None:
    with pytest.raises(
        ValueError, match=r"^until of the waiver of ipam\.probe is empty; give a date such as [-0-9]{10}, or"
    ):
        parse_ignore([{"id": "ipam.probe", "until": until}])


@pytest.mark.parametrize(
    "until",
    [
        "2027-03-31x",
        "2027-03-3199",
        "2027-03-31112",
        "2027-03-31/2026-01-01",
        "2027-03-31x12:00",
        "2027-03-31 2026-01-01",
        "2027-03-31T",
        "2027-03-31TT12",
        "2027-03-31T25:00",
        "2027-03-31 or so",
        "T12:00",
        "2027-03",
        "31.03.2027",
        2027,
        2027.0331,
        True,
        False,
        ["2027-03-31"],
        {"day": "2027-03-31"},
    ],
)
def test_an_until_is_a_date_to_its_end(until: Any) -> None:
    with pytest.raises(ValueError) as caught:
        parse_ignore([{"id": "ipam.probe", "until": until}])
    assert str(caught.value) == f"until of the waiver of ipam.probe is {str(until)!r}, not a date such as 2027-03-31"


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        (["ipam.enable"], "'ipam.enable', which is no rule; did you mean ipam.enabled?"),
        ([{"id": "network.ipfamily"}], "did you mean network.ip_family?"),
        (["zzzzzzzzzzzzz"], "which is no rule; rules are cluster.identity, "),
        ([{"reason": "x"}], "a waiver needs the id of a rule: reason=x"),
        ([{"id": 3}], "a waiver needs the id of a rule: id=3"),
        ([{"id": "ipam.probe", "untill": "x"}], "not untill"),
        ([{"id": "ipam.probe", "until": "soon"}], "until of the waiver of ipam.probe is 'soon'"),
        ([{"id": "ipam.probe", "until": "2027-02-30"}], "2027-02-30"),
        ([7], "not 7"),
        (["ipam.probe", {"id": "ipam.probe"}], "ipam.probe twice"),
    ],
)
def test_a_mistake_is_named(entries: Any, words: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_ignore(entries)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_waived_failure_stays_as_information_and_stops_nothing() -> None:
    found = waived("network.ip_family")
    assert (found.status, found.severity, found.blocks, found.stops_pods) == ("fail", "info", (), False)
    assert found.summary == "The cluster's IP family is ipv6, and Windows needs ipv4 (waived)"
    assert found.remedy


def test_the_waiver_is_shown() -> None:
    found = waived({"id": "network.ip_family", "reason": "a test", "owner": "net team", "until": "2027-03-31"})
    assert found.summary.endswith("(waived until 2027-03-31 by net team: a test)")


@pytest.mark.parametrize(("until", "holds"), [("2026-11-23", False), ("2026-11-24", True), ("2026-11-25", True)])
def test_a_waiver_ends_after_its_last_day(until: str, holds: bool) -> None:
    found = waived({"id": "network.ip_family", "until": until})
    assert (found.severity == "info") is holds
    assert ("enable" in found.blocks) is not holds
    assert (f"waiver ended {until}" in found.summary) is not holds


@pytest.mark.parametrize(
    ("entry", "held"),
    [
        ("network.ip_family", WaiverHeld("error", True, "", "", None)),
        (
            {"id": "network.ip_family", "reason": "a test", "owner": "net team", "until": "2027-03-31"},
            WaiverHeld("error", True, "a test", "net team", "2027-03-31"),
        ),
        ({"id": "network.ip_family", "until": "2026-11-23"}, WaiverHeld("error", False, "", "", "2026-11-23")),
    ],
)
def test_the_waiver_goes_with_the_finding(entry: Any, held: WaiverHeld) -> None:
    assert waived(entry).waiver == held


@pytest.mark.parametrize("ignore", [[], [{"id": "network.ip_family"}]])
def test_what_was_not_waived_or_passes_has_no_waiver(ignore: list[Any]) -> None:
    assert finding("network.ip_family", IPV6 if not ignore else None, ignore=ignore).waiver is None


def test_what_passes_shows_no_waiver() -> None:
    found = finding("network.ip_family", ignore=[{"id": "network.ip_family", "until": "2020-01-01"}])
    assert (found.status, found.severity, found.summary) == ("pass", "error", "The cluster's IP family is ipv4")
