# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each probe proves its assumption where the testbed models it, disproves it where the testbed is made to differ, and
puts back what it changed."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.integration.live.conftest import Prove, attempt
from tests.live import admission
from tests.live.catalogue import catalogue
from tests.live.kubernetes import LiveKubernetes
from tests.testbed.aws import AppliedAddon, EksCluster
from tests.testbed.aws import addon_catalogue as offered
from tests.testbed.cluster import TestbedCluster
from tests.testbed.standins.objects import ADDRESS
from tests.testbed.standins.pod_webhooks import PodWebhooks
from tests.testbed.standins.vpc_resource_controller import VpcResourceController
from tests.testbed.testbed import Testbed

pytestmark = pytest.mark.newest_client

WRITING = [probe.id for probe in catalogue().values() if probe.changes]
READING = [probe.id for probe in catalogue().values() if not probe.changes]
CLUSTER_FOR = {"access-entry-type": "windows", "auto-mode-passed-over": "windows"}


def state(bed: Testbed, cluster: TestbedCluster) -> Any:
    """All that a probe may have changed."""
    addon = cluster.eks.addons.get("vpc-cni")
    return (
        cluster.config_map(),
        addon and (addon.configuration_values or "{}", addon.version, addon.service_account_role_arn, addon.status),
        {each["metadata"]["name"] for each in cluster.admin.list("deployments", "kube-system", api="apps/v1")},
        bed.aws.attached_policies(cluster.eks),
    )


def written(bed: Testbed) -> list[str]:
    """Requests that change something."""
    found = [request.operation for request in bed.aws.requests() if request.write]
    for cluster in bed.clusters.values():
        found += [f"{request.verb} {request.path}" for request in cluster.requests() if request.write]
    return found


@pytest.mark.parametrize("probe", [*READING, *WRITING])
def test_proved_as_the_testbed_models_it(bed: Testbed, prove: Prove, probe: str) -> None:
    cluster = bed.clusters[CLUSTER_FOR.get(probe, "linux")]
    before = state(bed, cluster)
    bed.forget_requests()
    outcome = prove(cluster.name, probe)
    assert outcome.verdict == "proved", outcome
    assert state(bed, cluster) == before
    assert bool(written(bed)) is (probe in WRITING)


def test_proved_in_another_partition(prove: Prove) -> None:
    outcome = prove("alone", "policy-arn-partition")
    assert outcome.verdict == "proved"
    assert "arn:aws-cn:iam::aws:policy/AmazonEKSVPCResourceController" in outcome.reason


@pytest.mark.parametrize("probe", WRITING)
def test_declined_is_not_run_and_writes_nothing(bed: Testbed, monkeypatch: pytest.MonkeyPatch, probe: str) -> None:
    bed.forget_requests()
    result = attempt(bed, "linux", probe, monkeypatch, refusal="the answer was no")
    assert result.outcome.verdict == "not run"
    assert result.outcome.reason == "the answer was no"
    assert written(bed) == []


@pytest.mark.parametrize("probe", WRITING)
def test_windows_nodes_and_foreign_add_ons_are_left_alone(
    bed: Testbed, monkeypatch: pytest.MonkeyPatch, probe: str
) -> None:
    bed.forget_requests()
    result = attempt(bed, "windows", probe, monkeypatch)
    assert result.outcome.verdict == "not run"
    assert written(bed) == []


# A testbed that differs

Hook = Callable[[EksCluster, AppliedAddon], Sequence[str]]


def hook_before(
    bed: Testbed, monkeypatch: pytest.MonkeyPatch, differing: Callable[[Hook, EksCluster, Any], Any]
) -> None:
    """Have EKS apply add-ons otherwise."""
    usual = bed.aws.on_addon_applied
    assert usual is not None
    monkeypatch.setattr(bed.aws, "on_addon_applied", lambda cluster, addon: differing(usual, cluster, addon))


def test_disproved_policy(bed: Testbed, prove: Prove) -> None:
    bed.aws.fail_next("iam", "GetPolicy", "NoSuchEntity", "no such policy", status=404)
    assert prove("linux", "policy-arn-partition").verdict == "disproved"


def test_disproved_auto_mode(bed: Testbed, prove: Prove) -> None:
    cluster = bed.clusters["windows"]
    (node,) = [
        node["metadata"]["name"]
        for node in cluster.admin.list("nodes")
        if "eks.amazonaws.com/compute-type" in node["metadata"]["labels"]
    ]
    cluster.admin.patch_status("nodes", node, {"capacity": {ADDRESS: "9"}})
    try:
        assert prove("windows", "auto-mode-passed-over").verdict == "disproved"
    finally:
        cluster.admin.patch_status("nodes", node, {"capacity": {ADDRESS: None}})


@pytest.mark.parametrize(
    ("entry_type", "verdict"), [("EC2_Windows", "proved"), ("EC2_LINUX", "not run"), ("WINDOWS", "disproved")]
)
def test_types_of_access_entries(bed: Testbed, prove: Prove, entry_type: str, verdict: str) -> None:
    entries = bed.clusters["windows"].eks.access_entries.values()
    (entry,) = [entry for entry in entries if entry.type == "EC2_WINDOWS"]
    entry.type = entry_type
    try:
        bed.aws.forget_problems()
        assert prove("windows", "access-entry-type").verdict == verdict
    finally:
        entry.type = "EC2_WINDOWS"


def test_disproved_schema(monkeypatch: pytest.MonkeyPatch, prove: Prove) -> None:
    usual = offered.schema_of

    def other(entry: offered.AddonVersion) -> dict[str, Any]:
        schema = copy.deepcopy(usual(entry))
        del schema["definitions"]["VpcCni"]["properties"]["warmWindowsIPTarget"]
        return schema

    monkeypatch.setattr(offered, "schema_of", other)
    outcome = prove("linux", "addon-schema")
    assert outcome.verdict == "disproved"
    assert "warmWindowsIPTarget" in outcome.reason


def test_roles_that_nobody_shares_prove_nothing(prove: Prove) -> None:
    assert prove("alone", "role-shared-by-clusters").verdict == "not run"


def test_disproved_by_an_add_on_that_reverts_edits(bed: Testbed, monkeypatch: pytest.MonkeyPatch, prove: Prove) -> None:
    admin, edit = bed.clusters["linux"].admin, LiveKubernetes.set_config_map

    def reverted(self: LiveKubernetes, data: Any) -> None:
        edit(self, data)
        admin.patch("configmaps", "amazon-vpc-cni", {"data": {"branch-eni-cooldown": "60"}}, "kube-system")

    monkeypatch.setattr(LiveKubernetes, "set_config_map", reverted)
    assert prove("linux", "addon-leaves-edits").verdict == "disproved"


def test_disproved_by_values_that_are_merged(bed: Testbed, monkeypatch: pytest.MonkeyPatch, prove: Prove) -> None:
    cluster = bed.clusters["linux"]

    def merging(usual: Hook, eks: EksCluster, addon: AppliedAddon) -> Sequence[str]:
        state = eks.addons["vpc-cni"]
        if "branchENICooldown" not in state.configuration_values and len(calls) < 2:
            state.configuration_values = '{"env": {"WARM_ENI_TARGET": "2"}, "branchENICooldown": 60}'
        calls.append(addon)
        return usual(eks, addon)

    calls: list[AppliedAddon] = []
    hook_before(bed, monkeypatch, merging)
    before = state(bed, cluster)
    assert prove("linux", "addon-values-replace").verdict == "disproved"
    assert state(bed, cluster)[0] == before[0]


def test_disproved_by_a_conflict(bed: Testbed, monkeypatch: pytest.MonkeyPatch, prove: Prove) -> None:
    refused: list[AppliedAddon] = []

    def conflicting(usual: Hook, eks: EksCluster, addon: AppliedAddon) -> Sequence[str]:
        if refused:
            return usual(eks, addon)
        refused.append(addon)
        return (".data.enable-windows-ipam",)

    hook_before(bed, monkeypatch, conflicting)
    outcome = prove("linux", "addon-adopts-live-value")
    assert outcome.verdict == "disproved"
    assert "ConfigurationConflict" in outcome.reason


def test_disproved_by_a_restart_of_aws_node(bed: Testbed, monkeypatch: pytest.MonkeyPatch, prove: Prove) -> None:
    cluster = bed.clusters["linux"]
    annotations = {"spec": {"template": {"metadata": {"annotations": {"restarted": "1"}}}}}

    def restarting(usual: Hook, eks: EksCluster, addon: AppliedAddon) -> Sequence[str]:
        cluster.admin.patch("daemonsets", "aws-node", annotations, "kube-system", api="apps/v1")
        return usual(eks, addon)

    hook_before(bed, monkeypatch, restarting)
    outcome = prove("linux", "addon-adopts-live-value")
    assert outcome.verdict == "disproved"
    assert "aws-node" in outcome.reason


def test_disproved_by_an_add_on_that_overwrites(bed: Testbed, monkeypatch: pytest.MonkeyPatch, prove: Prove) -> None:
    cluster = bed.clusters["linux"]

    def overwriting(_usual: Hook, _eks: EksCluster, addon: AppliedAddon) -> Sequence[str]:
        cluster.admin.patch("configmaps", "amazon-vpc-cni", {"data": dict(addon.desired)}, "kube-system")
        return ()

    before = state(bed, cluster)
    hook_before(bed, monkeypatch, overwriting)
    assert prove("linux", "addon-preserve-keeps-edits").verdict == "disproved"
    assert state(bed, cluster) == before


@pytest.mark.parametrize("probe", ["dry-run-shows-admission", "controller-acts-in-seconds"])
def test_disproved_by_admission_that_does_not_follow(
    bed: Testbed, monkeypatch: pytest.MonkeyPatch, prove: Prove, probe: str
) -> None:
    monkeypatch.setattr(PodWebhooks, "patch_of", lambda self, pod: [])
    monkeypatch.setattr(admission, "REACTION_SECONDS", 1.0)
    before = state(bed, bed.clusters["linux"])
    assert prove("linux", probe).verdict == "disproved"
    assert state(bed, bed.clusters["linux"]) == before


def test_disproved_by_an_annotated_pod_that_is_admitted(
    bed: Testbed, monkeypatch: pytest.MonkeyPatch, prove: Prove
) -> None:
    monkeypatch.setattr(PodWebhooks, "refusal_of", lambda self, request: "")
    before = state(bed, bed.clusters["linux"])
    assert prove("linux", "annotated-pod-is-refused").verdict == "disproved"
    assert state(bed, bed.clusters["linux"]) == before


def test_disproved_by_a_controller_that_ignores_the_deployment(
    bed: Testbed, monkeypatch: pytest.MonkeyPatch, prove: Prove
) -> None:
    monkeypatch.setattr(
        VpcResourceController, "windows_ipam", property(lambda self: self._setting("enable-windows-ipam"))
    )
    monkeypatch.setattr("tests.live.probes.legacy_deployment_blocks.REACTION_SECONDS", 1.0)
    before = state(bed, bed.clusters["linux"])
    assert prove("linux", "legacy-deployment-blocks").verdict == "disproved"
    assert state(bed, bed.clusters["linux"]) == before


# Putting back


def test_an_update_that_fails_in_the_middle_is_put_back(
    bed: Testbed, monkeypatch: pytest.MonkeyPatch, prove: Prove
) -> None:
    before = state(bed, bed.clusters["linux"])
    bed.aws.fail_next("eks", "DescribeUpdate", "ServerException", "try later")
    outcome = prove("linux", "addon-preserve-keeps-edits")
    assert outcome.verdict == "not run"
    assert "try later" in outcome.reason
    assert state(bed, bed.clusters["linux"]) == before


def test_what_can_not_be_put_back_is_told(bed: Testbed, monkeypatch: pytest.MonkeyPatch) -> None:
    edit = LiveKubernetes.set_config_map
    edits: list[Any] = []

    def first_only(self: LiveKubernetes, data: Any) -> None:
        edits.append(data)
        if len(edits) > 1:
            raise OSError("the network is down")
        edit(self, data)

    monkeypatch.setattr(LiveKubernetes, "set_config_map", first_only)
    result = attempt(bed, "linux", "addon-leaves-edits", monkeypatch)
    bed.clusters["linux"].admin.patch(
        "configmaps", "amazon-vpc-cni", {"data": {"branch-eni-cooldown": "60"}}, "kube-system"
    )
    assert result.outcome.verdict == "not run"
    assert "the network is down" in result.left
    assert "'branch-eni-cooldown': '60'" in result.left
