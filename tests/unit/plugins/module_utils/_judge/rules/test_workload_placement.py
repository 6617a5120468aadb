# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge import placement
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rules import workload_placement
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Node,
    NodeTerm,
    Placement,
    Taint,
    Toleration,
    Workload,
    Workloads,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import (
    ALL_BUT_DISABLE,
    Failure,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    CONTROLLER,
    DENIED,
    cluster,
    config_map,
    finding,
    legacy,
    node,
    node_group,
    observed,
    workload,
)

FAILURES = {
    "nodes.taint": Failure(observed(workloads=Workloads(deployments=(workload(),))), "warning"),
    "workloads.os_selector": Failure(observed(workloads=Workloads(daemon_sets=(workload("DaemonSet"),))), "warning"),
    "workloads.address_annotation": Failure(
        observed(workloads=Workloads(stateful_sets=(workload("StatefulSet", address="10.0.0.9/24"),))),
        "error",
        goals=ALL_BUT_DISABLE,
    ),
}

OS = "kubernetes.io/os"
TAINTED = (Taint("os", "windows", "NoSchedule"),)
EVERYTHING = (Toleration("", "Exists", "", ""),)


def seen(*workloads: Workload, taints: tuple[Taint, ...] = (), **changes: Any) -> Any:
    """A cluster with one Linux and one Windows node."""
    labels = {OS: "windows", "beta.kubernetes.io/os": "windows", "node.kubernetes.io/windows-build": "10.0.20348"}
    windows = node("windows-1", "windows", taints=taints, labels=labels)
    linux = node("linux-1", labels={OS: "linux", "beta.kubernetes.io/os": "linux", "team": "web"})
    return observed(nodes=(linux, windows), workloads=Workloads(deployments=workloads), **changes)


def affinity(*requirements: tuple[str, str, tuple[str, ...]]) -> tuple[NodeTerm, ...]:
    return (NodeTerm(labels=requirements),)


NAMED = workload(node_selector={OS: "linux"})


@pytest.mark.parametrize(
    ("each", "status"),
    [
        (workload(), "fail"),
        (NAMED, "pass"),
        (workload(node_selector={OS: "windows"}), "pass"),
        (workload(node_selector={"beta.kubernetes.io/os": "linux"}), "pass"),
        (workload(terms=affinity((OS, "In", ("linux",)))), "pass"),
        (workload(terms=affinity((OS, "In", ("linux", "windows")))), "fail"),
        (workload(terms=affinity((OS, "NotIn", ("windows",)))), "pass"),
        (workload(terms=affinity(("node.kubernetes.io/windows-build", "Exists", ()))), "pass"),
        (workload(terms=affinity(("node.kubernetes.io/windows-build", "DoesNotExist", ()))), "pass"),
        # One of several terms is enough, and one without a requirement selects nothing.
        (workload(terms=(*affinity((OS, "In", ("linux",))), *affinity((OS, "In", ("windows",))))), "fail"),
        (workload(terms=(NodeTerm(),)), "pass"),
        (workload(terms=(NodeTerm(fields=(("metadata.name", "In", ("linux-1",)),)),)), "pass"),
        # A label of a node group names an operating system as well.
        (workload(node_selector={"team": "web"}), "pass"),
        (workload(tolerations=EVERYTHING), "fail"),
    ],
)
def test_os_selector(each: Workload, status: str) -> None:
    found = finding("workloads.os_selector", seen(each))
    assert (found.status, found.severity) == (status, "warning")
    if status == "fail":
        assert (found.evidence[0].object, found.evidence[0].value) == (
            "Deployment shop/web",
            "may land on windows-1 and on linux-1",
        )


@pytest.mark.parametrize(
    ("tolerations", "status"),
    [
        ((), "pass"),
        (EVERYTHING, "fail"),
        ((Toleration("os", "Equal", "windows", "NoSchedule"),), "fail"),
        ((Toleration("os", "Equal", "windows", ""),), "fail"),
        ((Toleration("os", "Exists", "", ""),), "fail"),
        ((Toleration("os", "Equal", "linux", ""),), "pass"),
        ((Toleration("os", "Exists", "", "NoExecute"),), "pass"),
        ((Toleration("", "Exists", "", "NoExecute"),), "pass"),
        ((Toleration("other", "Exists", "", ""),), "pass"),
    ],
)
def test_taints_keep_workloads_off_that_don_t_tolerate_them(tolerations: Any, status: str) -> None:
    each = workload("DaemonSet", tolerations=tolerations)
    assert finding("workloads.os_selector", seen(each, taints=TAINTED)).status == status


@pytest.mark.parametrize(
    "taint",
    [
        Taint("node.kubernetes.io/not-ready", "", "NoExecute"),
        Taint("os", "windows", "PreferNoSchedule"),
        Taint("karpenter.sh/disrupted", "", "NoSchedule"),
        Taint("node.cloudprovider.kubernetes.io/uninitialized", "true", "NoSchedule"),
        Taint("ToBeDeletedByClusterAutoscaler", "1700000000", "NoSchedule"),
        Taint("ebs.csi.aws.com/agent-not-ready", "", "NoExecute"),
    ],
)
def test_taints_that_pass_or_only_advise_keep_nothing_off(taint: Taint) -> None:
    assert finding("workloads.os_selector", seen(workload(), taints=(taint,))).status == "fail"
    assert finding("nodes.taint", seen(workload(), taints=(taint,))).status == "fail"


@pytest.mark.parametrize(
    ("goal", "planned", "status"),
    [
        ("none", (), "not_applicable"),
        ("disable", (), "not_applicable"),
        ("enable", (), "fail"),
        ("none", ("m5.large",), "fail"),
    ],
)
def test_where_there_is_no_windows_node_yet(goal: Any, planned: tuple[str, ...], status: str) -> None:
    without = observed(nodes=(node(),), workloads=Workloads(deployments=(workload(),)))
    found = finding("workloads.os_selector", without, goal=goal, planned_instance_types=planned)
    assert found.status == status
    if status == "fail":
        assert found.evidence[0].value == "may land on a Windows node and on linux-1"
    named = observed(nodes=(node(),), workloads=Workloads(deployments=(NAMED,)))
    assert finding("workloads.os_selector", named, goal="enable").status == "pass"
    assert finding("nodes.taint", without, goal=goal).status == "not_applicable"


REAL_LABELS = {
    OS: "linux",
    "kubernetes.io/arch": "amd64",
    "kubernetes.io/hostname": "linux-1",
    "topology.kubernetes.io/zone": "eu-central-1a",
    "topology.kubernetes.io/region": "eu-central-1",
    "failure-domain.beta.kubernetes.io/zone": "eu-central-1a",
    "topology.ebs.csi.aws.com/zone": "eu-central-1a",
    "node.kubernetes.io/instance-type": "m5.large",
    "eks.amazonaws.com/capacityType": "ON_DEMAND",
    "eks.amazonaws.com/nodegroup": "linux",
    "karpenter.sh/capacity-type": "spot",
    "team": "web",
}


@pytest.mark.parametrize(
    ("each", "status"),
    [
        (workload(), "fail"),
        (workload(terms=affinity(("topology.kubernetes.io/zone", "In", ("eu-central-1a", "eu-central-1b")))), "fail"),
        *(
            (workload(node_selector={label: REAL_LABELS[label]}), status)
            for label, status in (
                ("topology.kubernetes.io/region", "fail"),
                ("failure-domain.beta.kubernetes.io/zone", "fail"),
                ("topology.ebs.csi.aws.com/zone", "fail"),
                ("node.kubernetes.io/instance-type", "fail"),
                ("eks.amazonaws.com/capacityType", "fail"),
                ("karpenter.sh/capacity-type", "fail"),
                (OS, "pass"),
                # They are the user's own, or name one node or node group.
                ("team", "pass"),
                ("kubernetes.io/hostname", "pass"),
                ("eks.amazonaws.com/nodegroup", "pass"),
            )
        ),
        (workload(node_selector={"topology.kubernetes.io/zone": "eu-central-1c"}), "pass"),
        (workload(node_selector={"topology.kubernetes.io/zone": "eu-central-1a", OS: "windows"}), "pass"),
        # The plain one has no such label.
        (
            workload(terms=affinity(("eks.amazonaws.com/capacityType", "NotIn", ("ON_DEMAND",)), (OS, "Exists", ()))),
            "pass",
        ),
        # Taints keep it off no Windows node to come: none has any.
        (workload(tolerations=EVERYTHING), "fail"),
    ],
)
def test_windows_nodes_to_come_are_where_linux_nodes_are(each: Workload, status: str) -> None:
    tainted = (Taint("dedicated", "web", "NoSchedule"),)
    nodes = (node("linux-1", labels=REAL_LABELS), node("linux-2", labels=REAL_LABELS, taints=tainted))
    found = finding(
        "workloads.os_selector", observed(nodes=nodes, workloads=Workloads(deployments=(each,))), goal="enable"
    )
    assert found.status == status
    if status == "fail":
        assert found.evidence[0].value == "may land on a Windows node and on linux-1"


def test_no_windows_node_comes_of_a_type_of_another_architecture() -> None:
    labels = {**REAL_LABELS, "kubernetes.io/arch": "arm64", "node.kubernetes.io/instance-type": "m6g.large"}
    nodes = (node(labels=labels, architecture="arm64"),)
    for selector, status in (
        ({"node.kubernetes.io/instance-type": "m6g.large"}, "pass"),
        ({"kubernetes.io/arch": "arm64"}, "pass"),
        ({"topology.kubernetes.io/zone": "eu-central-1a"}, "fail"),
    ):
        seen = observed(nodes=nodes, workloads=Workloads(deployments=(workload(node_selector=selector),)))
        assert finding("workloads.os_selector", seen, goal="enable").status == status


@pytest.mark.parametrize(
    ("name", "planned", "status"),
    [
        ("m5.large", (), "fail"),
        ("m5.large", ("",), "fail"),
        # None of these has a Windows AMI, planned or not.
        ("inf2.xlarge", (), "pass"),
        ("trn1.2xlarge", (), "pass"),
        ("p5.48xlarge", ("p5.48xlarge",), "pass"),
        # On AWS's list of 2022, and planned all the same.
        ("m4.large", (), "pass"),
        ("m4.large", ("m4.large",), "fail"),
        ("m4.16xlarge", (), "fail"),
        # Windows nodes will be of the planned types alone.
        ("m5.large", ("m5.large",), "fail"),
        ("m5.large", ("m5.xlarge", "m5.large"), "fail"),
        ("m5.large", ("m5.xlarge",), "pass"),
    ],
)
def test_windows_nodes_come_of_types_that_may_run_windows(name: str, planned: tuple[str, ...], status: str) -> None:
    family, _, size = name.partition(".")
    labels = {
        **REAL_LABELS,
        "node.kubernetes.io/instance-type": name,
        "karpenter.k8s.aws/instance-family": family,
        "karpenter.k8s.aws/instance-size": size,
    }
    for label in ("node.kubernetes.io/instance-type", "karpenter.k8s.aws/instance-family"):
        each = workload(node_selector={label: labels[label]})
        nodes = (node(labels=labels, instance_type=name),)
        seen = observed(nodes=nodes, workloads=Workloads(deployments=(each,)))
        found = finding("workloads.os_selector", seen, goal="enable", planned_instance_types=planned)
        assert (label, found.status) == (label, status)
    # The zone is one where Windows nodes may come all the same.
    of_zone = workload(node_selector={"topology.kubernetes.io/zone": "eu-central-1a"})
    seen = observed(nodes=nodes, workloads=Workloads(deployments=(of_zone,)))
    assert finding("workloads.os_selector", seen, goal="enable", planned_instance_types=planned).status == "fail"


@pytest.mark.parametrize(("types", "status"), [(("m5.large",), "fail"), (("m5.2xlarge",), "pass"), ((), "pass")])
def test_windows_nodes_come_of_the_types_of_windows_node_groups_too(types: tuple[str, ...], status: str) -> None:
    seen = observed(
        nodes=(node(labels=REAL_LABELS),),
        node_groups=(node_group(instance_types=types),),
        workloads=Workloads(deployments=(workload(node_selector={"node.kubernetes.io/instance-type": "m5.large"}),)),
    )
    found = finding("workloads.os_selector", seen, goal="enable", planned_instance_types=("c5.large",))
    assert found.status == status


def test_hundreds_of_linux_nodes_make_as_many_windows_nodes_to_come_as_they_differ() -> None:
    zones = ("eu-central-1a", "eu-central-1b", "eu-central-1c")
    nodes = [
        node(f"linux-{number}", labels={**REAL_LABELS, "topology.kubernetes.io/zone": zones[number % 3]})
        for number in range(500)
    ]
    assert len(workload_placement._windows_to_come(nodes, ())) == 1 + len(zones)


CLASSLESS = workload(name="iis")


@pytest.mark.parametrize("rule", ["workloads.os_selector", "nodes.taint"])
def test_workloads_whose_runtime_class_is_not_known_are_not_judged(rule: str) -> None:
    named = replace(CLASSLESS, runtime_class="windows-2022")
    for others, status in (((), "unknown"), ((NAMED,), "unknown"), ((workload(),), "fail")):
        workloads = Workloads(deployments=(*others, named), runtime_classes=DENIED)
        found = finding(rule, observed(workloads=workloads))
        assert (found.status, found.evidence[-1].object) == (status, DENIED.source)
        if status == "unknown":
            assert found.remedy == DENIED.remedy
        else:
            assert found.summary.endswith("; GET /api/v1/something could not be read")
            assert "Deployment shop/iis" not in str(found.evidence)
    # An address is seen all the same.
    carrying = replace(named, address="10.0.0.9/24")
    carried = observed(workloads=Workloads(deployments=(carrying,), runtime_classes=DENIED))
    assert finding("workloads.address_annotation", carried).status == "fail"


@pytest.mark.parametrize("rule", ["workloads.os_selector", "nodes.taint"])
def test_hundreds_of_nodes_that_are_alike_are_looked_at_once(monkeypatch: pytest.MonkeyPatch, rule: str) -> None:
    looked: list[str] = []
    plain = placement.may_run_on

    def counted(each: Placement, one: Node) -> bool:
        looked.append(one.name)
        return plain(each, one)

    monkeypatch.setattr(placement, "may_run_on", counted)
    nodes = tuple(
        node(f"{os}-{number}", os, labels={OS: os, "kubernetes.io/hostname": f"{os}-{number}"})
        for os, count in (("linux", 350), ("windows", 150))
        for number in range(count)
    )
    many = tuple(workload(node_selector={OS: os}) for os in ("none", "linux", "windows") for _ in range(1000))
    found = finding(rule, observed(nodes=nodes, workloads=Workloads(deployments=many)))
    assert found.status == "pass"
    # Two rules judge, and each asks for Windows, Linux, and either again without taints.
    assert len(looked) <= 2 * len(many) * 4
    assert set(looked) == {"linux-0", "windows-0"}


def test_where_there_is_no_linux_node() -> None:
    alone = observed(nodes=(node("w", "windows"),), workloads=Workloads(deployments=(workload(),)))
    assert finding("workloads.os_selector", alone).evidence[0].value == "may land on w and on a Linux node"


@pytest.mark.parametrize("name", ["deployments", "daemon_sets", "stateful_sets"])
def test_a_kind_that_can_t_be_read_hides_no_other(name: str) -> None:
    kinds = {"deployments", "daemon_sets", "stateful_sets"} - {name}
    for rule in ("workloads.os_selector", "nodes.taint", "workloads.address_annotation"):
        parts: dict[str, Any] = {name: DENIED}
        found = finding(rule, observed(workloads=Workloads(**parts)))
        assert (found.status, found.remedy) == ("unknown", DENIED.remedy)
        for kind in kinds:
            parts = {name: DENIED, kind: (workload(address="10.0.0.9/24"),)}
            found = finding(rule, observed(workloads=Workloads(**parts)))
            assert (found.status, found.evidence[-1].object) == ("fail", DENIED.source)
            assert found.summary.endswith("; GET /api/v1/something could not be read")


@pytest.mark.parametrize("rule", ["workloads.os_selector", "nodes.taint"])
def test_placement_is_unknown_where_nodes_are(rule: str) -> None:
    assert finding(rule, observed(nodes=DENIED, workloads=Workloads(deployments=(workload(),)))).status == "unknown"


@pytest.mark.parametrize(
    ("observation", "status", "evidence"),
    [
        (observed(nodes=(node(),)), "not_applicable", []),
        (seen(workload(), taints=TAINTED), "pass", [("Node windows-1", "os=windows:NoSchedule")]),
        (
            seen(workload(), taints=(Taint("windows", "", "NoExecute"),)),
            "pass",
            [("Node windows-1", "windows:NoExecute")],
        ),
        (seen(NAMED), "pass", [("Node windows-1", "no taint")]),
        (seen(NAMED, workload()), "fail", [("Node windows-1", "no taint")]),
        # Its key is one of Kubernetes', and it stays all the same.
        (
            seen(workload(), taints=(Taint("node.kubernetes.io/os", "windows", "NoSchedule"),)),
            "pass",
            [("Node windows-1", "node.kubernetes.io/os=windows:NoSchedule")],
        ),
        # What tolerates the one node's taint may still not land on the other.
        (seen(workload(tolerations=EVERYTHING), taints=TAINTED), "pass", [("Node windows-1", "os=windows:NoSchedule")]),
    ],
)
def test_taint(observation: Any, status: str, evidence: list[tuple[str, str]]) -> None:
    found = finding("nodes.taint", observation)
    assert (found.status, found.severity) == (status, "warning")
    assert [(item.object, item.value) for item in found.evidence] == evidence


def test_which_nodes_lack_the_taint() -> None:
    nodes = (node(), node("a", "windows", taints=TAINTED), node("b", "windows"))
    found = finding("nodes.taint", observed(nodes=nodes, workloads=Workloads(deployments=(workload(),))))
    assert found.summary == (
        "Windows nodes without a taint: 1 of 2, and workloads that may land there and name no operating system: 1"
    )
    assert [item.object for item in found.evidence] == ["Node b"]


CRITICAL = (Taint("CriticalAddonsOnly", "true", "NoSchedule"),)


@pytest.mark.parametrize(
    ("each", "status"),
    [
        (workload(), "fail"),
        (NAMED, "pass"),
        (workload(node_selector={OS: "windows"}), "pass"),
        # A label that no Linux node has names an operating system as well.
        (workload(node_selector={"pool": "windows"}), "pass"),
        (workload(node_selector={"team": "web"}), "fail"),
    ],
)
def test_a_workload_that_taints_alone_keep_off_linux_lands_on_a_bare_windows_node(each: Workload, status: str) -> None:
    labels = {OS: "windows", "team": "web", "pool": "windows"}
    linux = node("linux-1", labels={OS: "linux", "team": "web"}, taints=CRITICAL)
    bare = node("windows-1", "windows", labels=labels)
    tainted = node("windows-2", "windows", labels=labels, taints=TAINTED)
    loose = observed(nodes=(linux, tainted, bare), workloads=Workloads(deployments=(each,)))
    found = finding("workloads.os_selector", loose)
    assert (found.status, finding("nodes.taint", loose).status) == (status, status)
    if status == "fail":
        assert found.evidence[0].value == "may land on windows-1, and taints alone keep it off Linux"
    # On a tainted one it lands only where it tolerates the taint, by which it asks for Windows.
    asked = workload(tolerations=(Toleration("os", "Equal", "windows", ""),))
    kept = observed(nodes=(linux, tainted), workloads=Workloads(deployments=(each, asked)))
    assert finding("workloads.os_selector", kept).status == "pass"


@pytest.mark.parametrize(
    ("each", "status"),
    [
        (workload(), "pass"),
        (workload(address="10.0.0.9/24"), "fail"),
        (workload(address=""), "fail"),
        (None, "pass"),
    ],
)
def test_address_annotation(each: Workload | None, status: str) -> None:
    found = finding("workloads.address_annotation", seen(*filter(None, (each,))))
    assert (found.status, found.severity, found.blocks) == (status, "error", ())
    if each is not None and status == "fail":
        assert found.evidence[0].value == f"vpc.amazonaws.com/PrivateIPv4Address: {each.address or 'empty'}"
        assert found.summary == "Workloads whose new pods are denied, as they carry an address: 1"


def test_an_address_does_not_matter_to_goal_disable() -> None:
    found = finding("workloads.address_annotation", seen(workload(address="10.0.0.9/24")), goal="disable")
    assert found.status == "not_applicable"


@pytest.mark.parametrize(
    ("changes", "status", "severity", "words"),
    [
        ({"cni_config_map": None}, "fail", "info", "denied once Windows IPAM is on"),
        ({"cni_config_map": config_map({"enable-windows-ipam": "false"})}, "fail", "info", "once Windows IPAM is on"),
        # The legacy controller turns it off, whatever the ConfigMap says.
        ({"legacy": legacy(deployments=(CONTROLLER,))}, "fail", "info", "once Windows IPAM is on"),
        ({"cni_config_map": DENIED}, "unknown", "error", "is not known: 1"),
        ({"cluster": DENIED}, "unknown", "error", "is not known: 1"),
        ({"legacy": legacy(deployments=DENIED)}, "unknown", "error", "is not known: 1"),
        ({"cluster": cluster(version="")}, "unknown", "error", "is not known: 1"),
    ],
)
def test_an_address_matters_while_windows_ipam_is_on(
    changes: dict[str, Any], status: str, severity: str, words: str
) -> None:
    found = finding("workloads.address_annotation", seen(workload(address="10.0.0.9/24"), **changes))
    assert (found.status, found.severity) == (status, severity)
    assert words in found.summary
    assert found.evidence[0].object == "Deployment shop/web"
    if DENIED in changes.values():
        assert (found.remedy, found.evidence[-1].object) == (DENIED.remedy, DENIED.source)
    # Without any there is nothing to deny.
    assert finding("workloads.address_annotation", seen(workload(), **changes)).status == "pass"
