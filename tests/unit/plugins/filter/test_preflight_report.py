# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The report as data, as JSON by its published schema, and as the text of the page."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from jsonschema import Draft202012Validator

from ansible_collections.cloudops.eks_windows.plugins.filter.preflight_failing import preflight_failing
from ansible_collections.cloudops.eks_windows.plugins.filter.preflight_report import preflight_report
from ansible_collections.cloudops.eks_windows.plugins.plugin_utils._report.data import FAILED_BEFORE, NOT_REACHED
from ansible_collections.cloudops.eks_windows.tests.report.reports import (
    HOSTILE,
    MADE_AT,
    examined,
    fleet,
    hostile_fleet,
    unexamined,
)

CHECKOUT = Path(__file__).resolve().parents[4]
SCHEMA = json.loads((CHECKOUT / "docs" / "preflight_report.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)


def data(hosts: dict[str, Any], failed: tuple[str, ...] = ()) -> dict[str, Any]:
    """The data of a report on these hosts, which must be as the schema says."""
    found: dict[str, Any] = json.loads(preflight_report(list(hosts), hosts, "json", MADE_AT, failed))
    VALIDATOR.validate(found)
    return found


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("hosts", [fleet(20), hostile_fleet(), {}])
def test_reports_are_as_the_schema_says(hosts: dict[str, Any]) -> None:
    assert [cluster["host"] for cluster in data(hosts)["clusters"]] == list(hosts)


def test_the_schema_says_something() -> None:
    report = data(fleet(1))
    del report["clusters"][0]["findings"][0]["waiver"]
    report["clusters"][0]["ready"] = None
    assert len(list(VALIDATOR.iter_errors(report))) == 2


def test_new_properties_may_come() -> None:
    """A consumer that holds a report to the schema of an earlier release goes on."""
    report = data(fleet(7))
    cluster = report["clusters"][6]
    for place in (report, report["rules"][0], cluster, cluster["plan"][0], cluster["findings"][0]):
        place["more"] = 1
    VALIDATOR.validate(report)
    cluster["plan"][0]["step"] = 1
    assert not VALIDATOR.is_valid(report)


def test_what_a_cluster_says_of_itself() -> None:
    (cluster,) = data({"host-007": fleet(8)["host-007"]})["clusters"]
    assert (cluster["host"], cluster["name"], cluster["outcome"]) == ("host-007", "cluster-007", "examined")
    assert (cluster["ready"], cluster["goal"], cluster["fail_on"]) == (False, "enable", "error")
    assert "legacy.controller_blocks" in cluster["failing"]
    assert "iam.cluster_policy" not in cluster["failing"], "it is waived"
    assert cluster["examined"] == {"nodes": 3}
    waived = next(finding for finding in cluster["findings"] if finding["id"] == "iam.cluster_policy")
    assert waived["waiver"] == {
        "severity": "error",
        "holds": True,
        "reason": "Terraform has it",
        "owner": "platform team",
        "until": "2027-03-31",
    }


@pytest.mark.parametrize(
    ("variables", "failed", "outcome", "message"),
    [
        (unexamined("no such cluster", cluster_name="production"), (), "failed", "no such cluster"),
        ({"eks_windows_preflight": {"failed": True, "msg": "no credentials"}}, ("one",), "failed", "no credentials"),
        (unexamined("no route", unreachable=True), (), "unreachable", "no route"),
        ({"eks_windows_preflight": {"unreachable": True}}, (), "unreachable", "The host could not be reached."),
        ({}, ("one",), "failed", FAILED_BEFORE),
        ({}, (), "not_reached", NOT_REACHED),
        # What an earlier examination of the same run found is not what this one did.
        ({**examined(), **unexamined("no such cluster")}, (), "failed", "no such cluster"),
        ({"eks_windows_preflight": None}, (), "not_reached", NOT_REACHED),
        ({"eks_windows_preflight": "none"}, (), "not_reached", NOT_REACHED),
    ],
)
def test_a_cluster_that_was_not_examined(
    variables: dict[str, Any], failed: tuple[str, ...], outcome: str, message: str
) -> None:
    (cluster,) = data({"one": variables}, failed)["clusters"]
    assert (cluster["outcome"], cluster["message"], cluster["ready"]) == (outcome, message, None)
    assert cluster["name"] == variables.get("__eks_windows_kept", {}).get("cluster_name") or "one"


@pytest.mark.parametrize("fail_on", ["always", "", ["error"]])
def test_a_value_that_means_nothing_leaves_the_report_to_the_others(fail_on: Any) -> None:
    hosts = {"one": unexamined("eks_windows_fail_on means nothing"), "two": examined()}
    hosts["one"]["__eks_windows_kept"]["fail_on"] = fail_on
    one, two = data(hosts)["clusters"]
    assert (one["fail_on"], one["outcome"], one["failing"]) == ("error", "failed", [])
    assert two["outcome"] == "examined"


def test_a_host_that_has_no_variables_is_not_missing() -> None:
    found = json.loads(preflight_report(["one"], {}, "json", MADE_AT))
    assert [cluster["outcome"] for cluster in found["clusters"]] == ["not_reached"]


def test_each_rule_is_named_once_with_its_title_and_source() -> None:
    rules = data(fleet(9))["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert all(rule["title"] and rule["reference"].startswith("https://") for rule in rules)


def test_a_rule_that_this_release_does_not_know_has_no_title() -> None:
    hosts = {"one": examined()}
    hosts["one"]["eks_windows_preflight"]["findings"][0]["id"] = "other.rule"
    assert data(hosts)["rules"][0]["title"] == ""


def test_page_and_file_hold_the_same() -> None:
    hosts = {**fleet(10), **hostile_fleet()}
    page = preflight_report(list(hosts), hosts, "html", MADE_AT)
    (embedded,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert json.loads(embedded) == data(hosts)
    assert not set("<>&") & set(embedded)


def test_the_page_holds_no_markup_of_the_data() -> None:
    page = preflight_report(["one"], {"one": unexamined(HOSTILE[1], cluster_name=HOSTILE[0])})
    assert page.count("<script") == preflight_report([], {}).count("<script") == 2
    assert "taken'</script>" not in page


def test_a_name_that_looks_like_a_place_of_the_page_stays_a_name() -> None:
    page = preflight_report(["one"], {"one": unexamined("@@STYLE@@ @@DATA@@", cluster_name="@@SCRIPT@@")})
    assert "@@STYLE@@ @@DATA@@" in page
    assert len(page) < len(preflight_report([], {})) + 2000


def test_the_policy_admits_the_two_parts_of_the_page_and_nothing_else() -> None:
    page = preflight_report(["one"], {"one": examined()})
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="(.*?)"', page)
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    for kind, text in (("style-src", style), ("script-src", script)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert not re.search(r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|Function)\b", script)
    assert not re.search(r"https?://[^/\"'`$ ]", style + script), "nothing of the page asks a network"


def test_both_say_when() -> None:
    assert data({})["made_at"] == MADE_AT
    assert re.search(r'"made_at": "20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ"', preflight_report([], {}, "json"))


@pytest.mark.parametrize("hosts", ["one", {"one": {}}])
def test_it_takes_a_list_of_hosts(hosts: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="takes a list of hosts"):
        preflight_report(hosts, {"one": {}})


def test_wrong_values_are_named() -> None:
    with pytest.raises(AnsibleFilterError, match="form is html or json, not 'pdf'"):
        preflight_report([], {}, "pdf")
    with pytest.raises(AnsibleFilterError, match="fail_on is one of error, warning, never, not 'always'"):
        preflight_failing({"findings": []}, "always")
    with pytest.raises(AnsibleFilterError, match="takes the result"):
        preflight_failing([], "error")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fail_on", "ids"),
    [
        ("error", ["error.fail", "error.unknown"]),
        ("warning", ["error.fail", "error.unknown", "warning.fail", "warning.unknown"]),
        ("never", []),
    ],
)
def test_what_fails_a_preflight(fail_on: str, ids: list[str]) -> None:
    findings = [
        {"id": f"{severity}.{status}", "severity": severity, "status": status}
        for severity in ("error", "warning", "info")
        for status in ("fail", "unknown", "pass", "not_applicable")
    ]
    assert preflight_failing({"findings": findings}, fail_on) == ids
