# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.cluster import KubernetesConnection
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import (
    WINDOWS_GOALS,
    WRITING_GOALS,
    Failure,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    ENDPOINT,
    OTHER_PEM,
    PEM,
    cluster,
    finding,
    node,
    observed,
)

FAILURES = {
    "cluster.identity": Failure(observed(cluster=cluster(endpoint="https://other")), "error", WRITING_GOALS),
    "cluster.status": Failure(observed(cluster=cluster(status="UPDATING")), "error", WRITING_GOALS),
    "cluster.auto_mode": Failure(observed(cluster=cluster(auto_mode=True)), "info"),
    "cluster.outposts": Failure(
        observed(cluster=cluster(outpost_arns=("arn",))), "error", WINDOWS_GOALS, stops_pods=True
    ),
}

NEVER = {
    ("cluster.identity", "not_applicable"): "Whichever API is used has to be the cluster's.",
    ("cluster.status", "not_applicable"): "Every cluster has a status.",
    ("cluster.auto_mode", "not_applicable"): "Auto Mode is on or off.",
    ("cluster.outposts", "not_applicable"): "Every control plane is in the region or on Outposts.",
}
"""What a rule never says, and why."""

WRITING = ("enable", "disable", "legacy_install", "legacy_remove", "migrate", "cert_renew")


@pytest.mark.parametrize(
    ("connection", "status", "words"),
    [
        (KubernetesConnection(ENDPOINT, PEM, True), "pass", "is that of cluster production"),
        (KubernetesConnection(ENDPOINT.lower() + ":443/", PEM, True), "pass", "is that of"),
        (KubernetesConnection(ENDPOINT, PEM, True, proxy="http://proxy:3128"), "pass", "is that of"),
        (KubernetesConnection("https://elsewhere.example", PEM, True), "fail", "elsewhere.example is not the endpoint"),
        (KubernetesConnection(ENDPOINT + ":8443", PEM, True), "fail", "is not the endpoint"),
        (KubernetesConnection(ENDPOINT, OTHER_PEM, True), "fail", "certificate authority in use is not"),
        (KubernetesConnection(ENDPOINT, PEM + OTHER_PEM, True), "fail", "certificate authority in use is not"),
        (KubernetesConnection(ENDPOINT, "", True), "fail", "certificate authority in use is not"),
        (KubernetesConnection(ENDPOINT, PEM, False), "fail", "are not checked"),
        (KubernetesConnection(ENDPOINT, PEM, True, refused="it is another"), "fail", "Nothing was asked"),
        (KubernetesConnection("", "", True), "unknown", "No Kubernetes API was reached"),
    ],
)
def test_identity(connection: KubernetesConnection, status: str, words: str) -> None:
    found = finding("cluster.identity", observed(connection=connection))
    assert (found.status, found.severity, found.blocks) == (status, "error", WRITING)
    assert words in found.summary
    assert bool(found.remedy) == (status != "pass")


def test_identity_of_a_cluster_that_could_not_be_described() -> None:
    found = finding("cluster.identity", observed(cluster=DENIED))
    assert (found.status, found.summary) == (
        "unknown",
        "Not known: GET /api/v1/something: somethings is forbidden: User cannot list",
    )
    assert found.remedy == DENIED.remedy


@pytest.mark.parametrize(
    ("status", "expected"), [("ACTIVE", "pass"), ("UPDATING", "fail"), ("CREATING", "fail"), ("", "fail")]
)
def test_status(status: str, expected: str) -> None:
    found = finding("cluster.status", observed(cluster=cluster(status=status)))
    assert (found.status, found.blocks) == (expected, WRITING)
    assert finding("cluster.status", observed(cluster=DENIED)).status == "unknown"


@pytest.mark.parametrize(
    ("auto_mode", "nodes", "status"),
    [
        (False, (node(),), "pass"),
        (True, (node(),), "fail"),
        (False, (node(auto_mode=True),), "fail"),
        (True, DENIED, "fail"),
        (False, DENIED, "pass"),
    ],
)
def test_auto_mode_is_said_and_stops_nothing(auto_mode: bool, nodes: Any, status: str) -> None:
    found = finding("cluster.auto_mode", observed(cluster=cluster(auto_mode=auto_mode), nodes=nodes))
    assert (found.status, found.severity, found.blocks, found.stops_pods) == (status, "info", (), False)


def test_auto_mode_of_a_cluster_that_could_not_be_described() -> None:
    assert finding("cluster.auto_mode", observed(cluster=DENIED)).status == "unknown"


def test_auto_mode_names_its_nodes() -> None:
    nodes = tuple(node(f"auto-{number}", auto_mode=True) for number in range(25))
    found = finding("cluster.auto_mode", observed(cluster=cluster(auto_mode=True), nodes=nodes))
    assert len(found.evidence) == 20
    assert found.evidence_total == 26
    assert found.evidence[1].object == "Node auto-0"


def test_outposts() -> None:
    arn = "arn:aws:outposts:eu-central-1:111122223333:outpost/op-1"
    assert finding("cluster.outposts").status == "pass"
    local = replace(cluster(), outpost_arns=(arn,), platform_version="eks-local-outposts.3")
    found = finding("cluster.outposts", observed(cluster=local))
    assert (found.status, found.severity, found.blocks) == ("fail", "error", ("enable", "legacy_install", "migrate"))
    assert found.evidence[0].value == arn
    assert finding("cluster.outposts", observed(cluster=DENIED)).status == "unknown"
