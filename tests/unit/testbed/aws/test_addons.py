# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Managed add-ons, with what hurts about them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.testbed.aws import AddonIssue, AppliedAddon, AwsServer, EksCluster, merge_aws_node, merge_config_map

ENABLED = json.dumps({"enableWindowsIpam": "true"})


class LiveConfigMap:
    """Stands for the cluster's ConfigMap amazon-vpc-cni."""

    def __init__(self, data: dict[str, str] | None) -> None:
        self.data = data
        self.applied: list[AppliedAddon] = []

    def apply(self, cluster: EksCluster, addon: AppliedAddon) -> Sequence[str]:
        self.applied.append(addon)
        result = merge_config_map(self.data, addon)
        self.data = result.data
        return result.conflicts


def wait(eks: Any, status: str = "ACTIVE") -> dict[str, Any]:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        addon: dict[str, Any] = eks.describe_addon(clusterName="ready", addonName="vpc-cni")["addon"]
        if addon["status"] not in ("CREATING", "UPDATING"):
            assert addon["status"] == status, addon
            return addon
        time.sleep(0.05)
    raise AssertionError("the add-on did not settle")


def test_describe_and_list(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    eks = client("eks")
    with pytest.raises(ClientError, match="No addon: vpc-cni found in cluster: ready"):
        eks.describe_addon(clusterName="ready", addonName="vpc-cni")
    role = aws.add_role("cni")
    aws.add_addon(
        cluster,
        configuration_values=ENABLED,
        service_account_role_arn=role,
        status="DEGRADED",
        issues=[AddonIssue("ConfigurationConflict", "in conflict", ("kube-system/amazon-vpc-cni",))],
    )
    assert eks.list_addons(clusterName="ready")["addons"] == ["vpc-cni"]
    addon = eks.describe_addon(clusterName="ready", addonName="vpc-cni")["addon"]
    assert (addon["status"], addon["configurationValues"], addon["serviceAccountRoleArn"]) == (
        "DEGRADED",
        ENABLED,
        role,
    )
    assert addon["health"]["issues"] == [
        {"code": "ConfigurationConflict", "message": "in conflict", "resourceIds": ["kube-system/amazon-vpc-cni"]}
    ]
    aws.set_addon_status(cluster, "vpc-cni", "ACTIVE")
    assert wait(eks)["health"]["issues"] == []


def test_an_update_is_seen_as_updating_then_written_then_active(
    aws: AwsServer, client: Any, cluster: EksCluster
) -> None:
    written, go_on = threading.Event(), threading.Event()

    def hook(_: EksCluster, __: AppliedAddon) -> Sequence[str]:
        written.set()
        go_on.wait(10)
        return ()

    aws.add_addon(cluster)
    aws.on_addon_applied = hook
    aws.addon_seconds = 0
    eks = client("eks")
    update = eks.update_addon(clusterName="ready", addonName="vpc-cni", configurationValues=ENABLED)["update"]
    assert (update["status"], update["type"]) == ("InProgress", "AddonUpdate")
    assert written.wait(10)
    assert eks.describe_addon(clusterName="ready", addonName="vpc-cni")["addon"]["status"] == "UPDATING"
    with pytest.raises(ClientError) as caught:
        eks.update_addon(clusterName="ready", addonName="vpc-cni", configurationValues="{}")
    assert caught.value.response["Error"]["Code"] == "ResourceInUseException"
    go_on.set()
    wait(eks)
    told = eks.describe_update(name="ready", addonName="vpc-cni", updateId=update["id"])["update"]
    assert told["status"] == "Successful"
    assert {"type": "ConfigurationValues", "value": ENABLED} in told["params"]
    assert eks.list_updates(name="ready", addonName="vpc-cni")["updateIds"] == [update["id"]]
    assert eks.list_updates(name="ready")["updateIds"] == []


def test_left_out_values_are_kept_and_empty_ones_reset(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    aws.add_addon(cluster, "vpc-cni", "v1.16.0-eksbuild.1", configuration_values=ENABLED)
    eks = client("eks")
    eks.update_addon(clusterName="ready", addonName="vpc-cni", addonVersion="v1.19.0-eksbuild.1")
    addon = wait(eks)
    assert (addon["addonVersion"], addon["configurationValues"]) == ("v1.19.0-eksbuild.1", ENABLED)
    eks.update_addon(clusterName="ready", addonName="vpc-cni", configurationValues="{}")
    assert "configurationValues" not in wait(eks)


def test_a_document_replaces_the_old_one(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    aws.add_addon(cluster, configuration_values='{"env": {"WARM_ENI_TARGET": "1"}}')
    eks = client("eks")
    eks.update_addon(clusterName="ready", addonName="vpc-cni", configurationValues=ENABLED)
    assert json.loads(wait(eks)["configurationValues"]) == {"enableWindowsIpam": "true"}


def test_a_role_that_is_left_out_is_lost(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    role = aws.add_role("cni")
    aws.add_addon(cluster, service_account_role_arn=role)
    eks = client("eks")
    eks.update_addon(clusterName="ready", addonName="vpc-cni", serviceAccountRoleArn=role, configurationValues=ENABLED)
    assert wait(eks)["serviceAccountRoleArn"] == role
    eks.update_addon(clusterName="ready", addonName="vpc-cni", configurationValues=ENABLED)
    assert "serviceAccountRoleArn" not in wait(eks)


def test_pod_identity_associations_are_kept_unless_a_list_is_sent(
    aws: AwsServer, client: Any, cluster: EksCluster
) -> None:
    arn = "arn:aws:eks:us-east-1:111122223333:podidentityassociation/ready/a-0123456789abcdef0"
    aws.add_addon(cluster, pod_identity_associations=[arn])
    eks = client("eks")
    target = {"clusterName": "ready", "addonName": "vpc-cni"}
    assert wait(eks)["podIdentityAssociations"] == [arn]
    eks.update_addon(**target, configurationValues=ENABLED)
    assert wait(eks)["podIdentityAssociations"] == [arn]
    role = aws.add_role("cni")
    eks.update_addon(**target, podIdentityAssociations=[{"serviceAccount": "aws-node", "roleArn": role}])
    (other,) = wait(eks)["podIdentityAssociations"]
    assert other.startswith(arn.rpartition("/")[0])
    assert other != arn
    eks.update_addon(**target, podIdentityAssociations=[])
    assert "podIdentityAssociations" not in wait(eks)


def test_version_before_1_14_knows_nothing_of_windows(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    version = "v1.13.4-eksbuild.1"
    addon = aws.add_addon(cluster, "vpc-cni", version, configuration_values='{"env": {"WARM_ENI_TARGET": "2"}}')
    assert addon.rendered == {}
    eks = client("eks")
    schema = eks.describe_addon_configuration(addonName="vpc-cni", addonVersion=version)["configurationSchema"]
    assert "WARM_ENI_TARGET" in schema
    assert "Windows" not in schema
    with pytest.raises(ClientError, match="'enableWindowsIpam' was unexpected"):
        eks.update_addon(clusterName="ready", addonName="vpc-cni", configurationValues=ENABLED)
    config_map = LiveConfigMap({"enable-windows-ipam": "true"})
    aws.on_addon_applied = config_map.apply
    eks.update_addon(clusterName="ready", addonName="vpc-cni", resolveConflicts="OVERWRITE")
    wait(eks)
    assert config_map.data == {"enable-windows-ipam": "true"}
    config_map.data = None
    eks.update_addon(clusterName="ready", addonName="vpc-cni", resolveConflicts="OVERWRITE")
    wait(eks)
    assert config_map.data is None


@pytest.mark.parametrize(("resolve", "status"), [("OVERWRITE", "false"), ("PRESERVE", "true"), ("NONE", None)])
def test_field_of_aws_node_that_a_person_changed(resolve: str, status: str | None) -> None:
    field = 'env[name="ENABLE_POD_ENI"].value'
    applied = AppliedAddon("vpc-cni", "v", "update", resolve, {}, {}, {field: "false"}, {field: "false"})
    result = merge_aws_node({field: "true", "image": "x"}, applied)
    if status is None:
        assert result.conflicts == (
            f'DaemonSet.apps aws-node - .spec.template.spec.containers[name="aws-node"].{field}',
        )
    assert result.fields == {field: status or "true", "image": "x"}


@pytest.mark.parametrize(
    ("resolve", "live", "data", "status"),
    [
        ("OVERWRITE", "true", "false", "ACTIVE"),
        ("PRESERVE", "true", "true", "ACTIVE"),
        ("NONE", "true", "true", "UPDATE_FAILED"),
        ("NONE", "false", "false", "ACTIVE"),
    ],
)
def test_what_an_update_makes_of_a_value_that_somebody_changed(
    aws: AwsServer, client: Any, cluster: EksCluster, resolve: str, live: str, data: str, status: str
) -> None:
    addon = aws.add_addon(cluster)
    config_map = LiveConfigMap({**addon.rendered, "enable-windows-ipam": live, "own": "kept"})
    aws.on_addon_applied = config_map.apply
    eks = client("eks")
    update = eks.update_addon(
        clusterName="ready", addonName="vpc-cni", addonVersion="v1.20.4-eksbuild.1", resolveConflicts=resolve
    )["update"]
    answer = wait(eks, status)
    assert config_map.data is not None
    assert (config_map.data["enable-windows-ipam"], config_map.data["own"]) == (data, "kept")
    told = eks.describe_update(name="ready", addonName="vpc-cni", updateId=update["id"])["update"]
    if status == "UPDATE_FAILED":
        (issue,) = answer["health"]["issues"]
        assert issue["code"] == told["errors"][0]["errorCode"] == "ConfigurationConflict"
        assert ".data.enable-windows-ipam" in issue["message"]
        assert told["status"] == "Failed"


def test_the_desired_value_is_no_conflict(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    addon = aws.add_addon(cluster)
    config_map = LiveConfigMap({**addon.rendered, "enable-windows-ipam": "true"})
    aws.on_addon_applied = config_map.apply
    eks = client("eks")
    eks.update_addon(
        clusterName="ready",
        addonName="vpc-cni",
        configurationValues="enableWindowsIpam: 'true'",
        resolveConflicts="NONE",
    )
    wait(eks)
    assert config_map.data is not None
    assert config_map.data["enable-windows-ipam"] == "true"


def test_preserve_leaves_what_another_manager_owns() -> None:
    applied = AppliedAddon(
        "vpc-cni", "v", "update", "PRESERVE", {"enable-windows-ipam": "false"}, {"enable-windows-ipam": "true"}
    )
    live = {"enable-windows-ipam": "true"}
    assert merge_config_map(live, applied).data == {"enable-windows-ipam": "false"}
    assert merge_config_map(live, applied, foreign=["enable-windows-ipam"]).data == live


def test_create_and_delete(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    config_map = LiveConfigMap({"enable-windows-ipam": "true"})
    aws.on_addon_applied = config_map.apply
    eks = client("eks")
    assert eks.create_addon(clusterName="ready", addonName="vpc-cni")["addon"]["status"] == "CREATING"
    assert wait(eks, "CREATE_FAILED")["addonVersion"] == "v1.20.4-eksbuild.1"
    eks.delete_addon(clusterName="ready", addonName="vpc-cni", preserve=True)
    deadline = time.monotonic() + 10
    while eks.list_addons(clusterName="ready")["addons"] and time.monotonic() < deadline:
        time.sleep(0.05)
    assert config_map.data == {"enable-windows-ipam": "true"}
    eks.create_addon(
        clusterName="ready", addonName="vpc-cni", addonVersion="v1.15.1-eksbuild.1", resolveConflicts="OVERWRITE"
    )
    assert wait(eks)["health"]["issues"] == []
    assert config_map.data == {"enable-windows-ipam": "false", "enable-network-policy-controller": "false"}
    with pytest.raises(ClientError, match="Addon already exists"):
        eks.create_addon(clusterName="ready", addonName="vpc-cni")


def test_a_hook_that_fails_fails_the_addon(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    def hook(_: EksCluster, __: AppliedAddon) -> Sequence[str]:
        raise OSError("connection refused")

    aws.on_addon_applied = hook
    aws.add_addon(cluster)
    eks = client("eks")
    eks.update_addon(clusterName="ready", addonName="vpc-cni", configurationValues=ENABLED)
    (issue,) = wait(eks, "UPDATE_FAILED")["health"]["issues"]
    assert (issue["code"], issue["message"]) == (
        "ClusterUnreachable",
        "The cluster could not be reached: connection refused",
    )


@pytest.mark.parametrize(
    ("values", "part"),
    [
        ('{"enableWindowsIpam": true}', "True is not of type 'string'"),
        ('{"env": {"enableWindowsIpam": "true"}}', "'enableWindowsIpam' was unexpected"),
        ('{"enableWindowsPrefixDelegation": "true"}', "'enableWindowsPrefixDelegation' was unexpected"),
        ("[]", "not an object"),
        ("{", "neither JSON nor YAML"),
    ],
)
def test_values_are_checked_against_the_schema(
    aws: AwsServer, client: Any, cluster: EksCluster, values: str, part: str
) -> None:
    aws.add_addon(cluster, "vpc-cni", "v1.15.1-eksbuild.1")
    with pytest.raises(ClientError, match="ConfigurationValue provided in request is not supported") as caught:
        client("eks").update_addon(clusterName="ready", addonName="vpc-cni", configurationValues=values)
    assert caught.value.response["Error"]["Code"] == "InvalidParameterException"
    assert part in caught.value.response["Error"]["Message"]


def test_the_schema_knows_prefix_delegation_from_1_16_on(client: Any) -> None:
    eks = client("eks")

    def properties(version: str) -> dict[str, Any]:
        answer = eks.describe_addon_configuration(addonName="vpc-cni", addonVersion=version)
        schema = json.loads(answer["configurationSchema"])
        assert schema["$ref"] == "#/definitions/VpcCni"
        assert schema["definitions"]["VpcCni"]["additionalProperties"] is False
        found: dict[str, Any] = schema["definitions"]["VpcCni"]["properties"]
        return found

    old, new = properties("v1.15.1-eksbuild.1"), properties("v1.16.0-eksbuild.1")
    assert old["enableWindowsIpam"] == new["enableWindowsIpam"] == {"format": "boolean", "type": "string"}
    assert set(new) - set(old) == {
        "enableWindowsPrefixDelegation",
        "warmWindowsPrefixTarget",
        "warmWindowsIPTarget",
        "minimumWindowsIPTarget",
        "branchENICooldown",
    }
    with pytest.raises(ClientError, match="not supported"):
        properties("v0.0.1-eksbuild.1")


def test_versions_on_offer(client: Any) -> None:
    eks = client("eks")
    (addon,) = eks.describe_addon_versions(addonName="vpc-cni", kubernetesVersion="1.31")["addons"]
    first = addon["addonVersions"][0]
    assert first["addonVersion"] == "v1.20.4-eksbuild.1"
    assert first["compatibilities"] == [{"clusterVersion": "1.31", "platformVersions": ["*"], "defaultVersion": True}]
    assert {addon["addonName"] for addon in eks.describe_addon_versions()["addons"]} == {
        "vpc-cni",
        "coredns",
        "kube-proxy",
    }
