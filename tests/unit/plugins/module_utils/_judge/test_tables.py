# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.render import as_result
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.tables import (
    counts_line,
    findings_table,
    plan_lines,
    report_lines,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.wrapping import columns
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Unknown
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    CONTROLLER,
    DENIED,
    addon,
    cluster,
    config_map,
    legacy,
    node,
    observed,
    options,
    role,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.printed import WIDEST, widest


def report(wanted: dict[str, Any] | None = None, **changes: Any) -> list[str]:
    return report_lines(as_result(observed(**changes), options(**(wanted or {}))))


def item(id: str, status: str, severity: str, summary: str = "Something", remedy: str = "Mend it.") -> dict[str, Any]:
    return {"id": id, "status": status, "severity": severity, "summary": summary, "remedy": remedy}


def test_what_a_person_sees() -> None:
    lines = report(
        {"goal": "enable"},
        cluster=cluster(ip_family="ipv6"),
        cluster_role=role("AmazonEKSClusterPolicy"),
        cni_config_map=config_map({"enable-windows-ipam": "false"}),
    )
    # Which rules do not apply, and how many there are, changes with each rule that is added.
    first = next(number for number, line in enumerate(lines) if line.startswith("Not applicable: version."))
    last = lines.index("  2026-11-24T10:00:00Z: nodes 3")
    assert "findings: 3 failed (3 error)" in lines[last - 1]
    assert lines[:first] + lines[last:] == [
        "Cluster production in eu-central-1, Kubernetes 1.35 eks.9: not ready for Windows pods",
        "STATUS  SEVERITY  RULE                WHAT WAS FOUND",
        "fail    error     network.ip_family   The cluster's IP family is ipv6, and Windows needs",
        "                                      ipv4",
        "                                      Remedy: Windows nodes need a cluster of IP family",
        "                                      IPv4, which can only be chosen when a cluster is",
        "                                      created.",
        "fail    error     iam.cluster_policy  AmazonEKSVPCResourceController is not attached to",
        "                                      role production-cluster",
        "                                      Remedy: Run role cloudops.eks_windows.enable, which",
        "                                      attaches AmazonEKSVPCResourceController, or attach",
        "                                      it where the role is managed.",
        '''fail    error     ipam.enabled        enable-windows-ipam is "false"''',
        "                                      Remedy: Run role cloudops.eks_windows.enable, which",
        "                                      sets it. Preflight with goal enable says what stops",
        "                                      that.",
        "  2026-11-24T10:00:00Z: nodes 3",
        "Stopped by: network.ip_family",
        "Plan:",
        "  1. attach_cluster_policy: IAM role production-cluster: not attached ->",
        "     arn:aws:iam::aws:policy/AmazonEKSVPCResourceController",
        "     (AmazonEKSVPCResourceController is not attached to the cluster's role)",
        "  2. enable_windows_ipam: ConfigMap kube-system/amazon-vpc-cni: false -> true",
        """     (enable-windows-ipam is "false")""",
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"cluster": DENIED},
        {"nodes": Unknown("GET " + "/very-long-path" * 20, "x" * 300, "y" * 300)},
        {"nodes": Unknown("GET /api/v1/nodes", 'no "node"' * 50, "\\" * 300)},
        {"vpc_cni": addon("]"), "legacy": legacy(deployments=(CONTROLLER,), secrets=DENIED)},
    ],
)
def test_no_line_is_printed_in_more_than_a_hundred_columns(changes: dict[str, Any]) -> None:
    lines = report({"goal": "enable"}, **changes)
    assert widest(lines) <= WIDEST
    assert all(line and line == line.rstrip() for line in lines)


def test_several_keys_that_change_have_a_line_each() -> None:
    lines = report(
        {"goal": "enable", "prefix_delegation": True, "warm_ip_target": 5},
        vpc_cni=addon('{"warmWindowsIPTarget": 1, "env": {"enableWindowsIpam": "true"}}'),
        cni_config_map=config_map({"enable-windows-ipam": "true", "warm-ip-target": "1"}),
    )
    assert lines[lines.index("Plan:") + 1 :] == [
        "  1. configure_windows_addressing: ConfigMap kube-system/amazon-vpc-cni",
        """     (enable-windows-prefix-delegation is not set, warm-ip-target is "1")""",
        "       enable-windows-prefix-delegation: absent -> true",
        "       warm-ip-target: 1 -> 5",
        "  2. configure_addon: Add-on vpc-cni (The configuration of add-on vpc-cni has no",
        "     enableWindowsIpam, has no enableWindowsPrefixDelegation, has warmWindowsIPTarget: 1,",
        "     has enableWindowsIpam under env, where it has no effect)",
        "       enableWindowsIpam: absent -> true",
        "       enableWindowsPrefixDelegation: absent -> true",
        "       warmWindowsIPTarget: 1 -> 5",
        "       env.enableWindowsIpam: true -> removed",
    ]


@pytest.mark.parametrize("text", ["5", "null", '"x"', "[1]", "{", "not attached"])
def test_plain_texts_that_look_like_json_stay_as_they_are(text: str) -> None:
    step = {"step": "s", "object": "o", "before": text, "after": text, "reason": "r"}
    assert plan_lines([step]) == [f"  1. s: o: {text} -> {text} (r)"]


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ({"objects": [{"kind": "Pod", "name": "p"}]}, "absent", []),
        ({"objects": []}, "absent", []),
        ({"stopped": {"c": ["w"]}, "objects": []}, "absent", []),
        (
            {"certificate": "ab:cd"},
            {"objects": [], "certificate": "replaces ab:cd", "leaves_gap": True, "left": [], "secret_name": "s"},
            ["       certificate: ab:cd -> replaces ab:cd"],
        ),
        ({"backup": "absent", "secret_name": "s"}, {"backup": "absent"}, []),
        ({"backup": "present", "secret_name": "s"}, {"backup": "absent"}, ["       backup: present -> absent"]),
        (
            {"not_after": None, "fingerprint": "ab", "namespace": "n"},
            {"not_after": "new", "fingerprint": "new"},
            ["       not_after: absent -> new", "       fingerprint: ab -> new"],
        ),
    ],
)
def test_what_only_tasks_need_is_not_shown(before: Any, after: Any, shown: list[str]) -> None:
    texts = [value if isinstance(value, str) else json.dumps(value) for value in (before, after)]
    step = {"step": "s", "object": "o", "before": texts[0], "after": texts[1], "reason": "r"}
    lines = plan_lines([step])
    assert lines[0] == ("  1. s: o (r)")
    assert lines[1:] == shown


@pytest.mark.parametrize(
    ("goal", "changes", "said"),
    [
        ("none", {}, False),
        ("enable", {}, True),
        ("enable", {"cluster": cluster(ip_family="ipv6")}, False),
    ],
)
def test_an_empty_plan_is_said_unless_the_goal_is_stopped(goal: str, changes: dict[str, Any], said: bool) -> None:
    result = as_result(observed(**changes), options(goal=goal))
    assert result["plan"] == []
    assert ("Plan: nothing is to be done" in report_lines(result, goal)) is said


def test_gravest_first_and_only_what_is_not_fine() -> None:
    table = findings_table(
        [
            item("a.na", "not_applicable", "error"),
            item("b.info", "fail", "info"),
            item("c.pass", "pass", "error"),
            item("d.warning", "unknown", "warning"),
            item("e.error", "fail", "error"),
            item("f.error", "unknown", "error"),
        ]
    )
    ids = [line.split()[2] for line in table[1:] if not line.startswith(" ")]
    assert ids == ["e.error", "f.error", "d.warning", "b.info"]
    assert [line.strip() for line in table if "Remedy" in line] == ["Remedy: Mend it.", *["Remedy: as above"] * 2]


def test_a_remedy_that_speaks_of_the_evidence_comes_with_it() -> None:
    found = item("a.error", "fail", "error", remedy="Delete the objects in the evidence.")
    found |= {"evidence": [{"object": f"Secret default/s{number}", "value": "there"} for number in (1, 2)]}
    table = findings_table([{**found, "evidence_total": 5}])
    assert "Evidence: Secret default/s1 (there), Secret default/s2 (there) and 3 more" in " ".join(
        line.strip() for line in table
    )
    assert "more" not in "".join(findings_table([{**found, "evidence_total": 2}]))


@pytest.mark.parametrize(
    ("id", "summary"),
    [
        ("workloads." + "x" * 44, "y" * 300),
        ("workloads." + "x" * 45, "y z " * 80),
        ("workloads." + "x" * 300, "日本" * 90),
    ],
)
def test_long_names_leave_the_table_within_its_width(id: str, summary: str) -> None:
    table = findings_table([item(id, "unknown", "warning", summary, "z" * 200), item("a.b", "fail", "error")])
    assert widest(table) <= WIDEST
    text = "".join("".join(line.split()) for line in table)
    for words in (id, summary, "z" * 200, "Mendit."):
        assert "".join(words.split()) in text


def test_text_stands_below_cells_that_leave_no_room() -> None:
    assert findings_table([item("a." + "x" * 60, "fail", "error")]) == [
        "STATUS  SEVERITY  RULE",
        "    WHAT WAS FOUND",
        f"fail  error  a.{'x' * 60}",
        "    Something",
        "    Remedy: Mend it.",
    ]


def test_wide_characters_take_two_columns() -> None:
    table = findings_table([item("a.b", "fail", "error", "日" * 60, "")])
    assert [columns(line) for line in table[1:]] == [88, 80]


def test_without_anything_to_show_there_is_no_table() -> None:
    assert findings_table([item("a.b", "pass", "error")]) == []


def test_counts() -> None:
    result = {
        "findings": [
            item("a", "fail", "warning"),
            item("b", "fail", "error"),
            item("c", "unknown", "error"),
            item("d", "pass", "error"),
        ],
        "examined": {"windows_pods": 2, "nodes": 1},
        "observed_at": "now",
    }
    assert counts_line(result) == (
        "4 findings: 2 failed (1 error, 1 warning), 1 unknown (1 error), 1 passed. "
        "Examined at now: nodes 1, windows pods 2"
    )
    assert counts_line({**result, "examined": {}}).endswith("Examined at now: nothing")


def test_a_cluster_that_could_not_be_described_says_so() -> None:
    assert report(cluster=DENIED)[0] == "The cluster could not be described: not ready for Windows pods"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "ready for Windows pods"),
        ({"nodes": (node("a"), node("b"))}, "ready for Windows pods, with no Windows node yet"),
        ({"nodes": (node("a"), node("b")), "cni_config_map": config_map({})}, "not ready for Windows pods"),
        ({"nodes": DENIED}, "not ready for Windows pods"),
    ],
)
def test_ready_without_a_windows_node_is_said(changes: dict[str, Any], words: str) -> None:
    lines = report(**changes)
    after = next(number for number, line in enumerate(lines) if line.startswith(("STATUS", "Not applicable")))
    headline = " ".join(line.strip() for line in lines[:after])
    assert headline == f"Cluster production in eu-central-1, Kubernetes 1.35 eks.9: {words}"


def test_messages_of_servers_do_not_steer_the_terminal() -> None:
    lines = findings_table([item("a.b", "fail", "error", summary="red \x1b[31m\nnext\u202e")])
    assert all(char.isprintable() for line in lines for char in line)
