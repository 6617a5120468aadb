# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an update of the managed vpc-cni add-on does inside the cluster, by who owns what there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from tests.testbed import Testbed
from tests.testbed.addon_objects import ROLE_ANNOTATION
from tests.testbed.cluster import TestbedCluster

# The testbed itself never runs with another client's releases.
pytestmark = pytest.mark.newest_client

VERSION = "v1.19.0-eksbuild.1"
KEY = "enable-windows-ipam"
ON = '{"enableWindowsIpam": "true"}'
OFF = '{"enableWindowsIpam": "false"}'


class ManagedCluster:
    """Cluster ``addon`` with clients of its partition."""

    def __init__(self, testbed: Testbed) -> None:
        self.cluster: TestbedCluster = testbed.clusters["addon"]
        keys = testbed.aws.credentials(partition=self.cluster.eks.partition)
        self._eks: Any = boto3.client(
            "eks",
            region_name=self.cluster.spec.region,
            endpoint_url=testbed.environment["AWS_ENDPOINT_URL_EKS"],
            aws_access_key_id=keys.access_key,
            aws_secret_access_key=keys.secret_key,
        )
        self._aws = testbed.aws

    def reset(self) -> None:
        """As EKS installs the add-on, but for variables that the chart does not render."""
        self._aws.add_addon(self.cluster.eks, "vpc-cni", VERSION)
        assert self.update("{}", resolveConflicts="OVERWRITE") == "Successful"

    def update(self, values: str, **parameters: Any) -> str:
        """Update the add-on; the status that the update ends with."""
        target = {"clusterName": self.cluster.name, "addonName": "vpc-cni", "configurationValues": values}
        update = self._eks.update_addon(**{"resolveConflicts": "PRESERVE", **target, **parameters})["update"]
        while update["status"] == "InProgress":
            time.sleep(0.05)
            update = self._eks.describe_update(name=self.cluster.name, addonName="vpc-cni", updateId=update["id"])[
                "update"
            ]
        return str(update["status"])

    def set_key(self, value: str) -> None:
        """As a person does."""
        self.cluster.admin.patch(
            "configmaps", "amazon-vpc-cni", {"data": {KEY: value}}, "kube-system", query={"fieldManager": "kubectl"}
        )

    def set_env(self, name: str, value: str) -> None:
        """As ``kubectl set env`` does."""
        patch = [{"name": name, "value": value}]
        containers = [
            {**each, "env": [*[env for env in each["env"] if env["name"] != name], *patch]} if "env" in each else each
            for each in self.template["spec"]["containers"]
        ]
        body = {"spec": {"template": {"spec": {"containers": containers}}}}
        self.cluster.admin.patch("daemonsets", "aws-node", body, "kube-system", query={"fieldManager": "kubectl"})

    @property
    def key(self) -> str:
        return (self.cluster.config_map() or {})[KEY]

    @property
    def template(self) -> dict[str, Any]:
        found: dict[str, Any] = self.cluster.admin.get("daemonsets", "aws-node", "kube-system")["spec"]["template"]
        return found

    @property
    def env(self) -> dict[str, str]:
        return {each["name"]: each["value"] for each in self.template["spec"]["containers"][0]["env"]}

    @property
    def role(self) -> str:
        account = self.cluster.admin.get("serviceaccounts", "aws-node", "kube-system")
        return str((account["metadata"].get("annotations") or {}).get(ROLE_ANNOTATION, ""))


@pytest.fixture
def managed(testbed: Testbed) -> Iterator[ManagedCluster]:
    managed = ManagedCluster(testbed)
    managed.reset()
    yield managed
    managed.reset()


def test_windows_ipam_leaves_the_pods_of_aws_node_alone(managed: ManagedCluster) -> None:
    before = managed.template
    assert managed.update(ON) == "Successful"
    assert managed.key == "true"
    assert managed.template == before
    assert before["spec"]["serviceAccountName"] == "aws-node"


def test_role_that_is_left_out_is_gone_from_the_service_account(testbed: Testbed, managed: ManagedCluster) -> None:
    role = testbed.aws.add_role(f"cni-{time.monotonic_ns()}", partition="aws-cn")
    assert managed.role == ""
    assert managed.update(ON, serviceAccountRoleArn=role) == "Successful"
    assert managed.role == role
    assert managed.update(ON) == "Successful"
    assert managed.role == ""


def test_what_a_person_made_of_aws_node_is_kept_or_overwritten(managed: ManagedCluster) -> None:
    original = managed.template
    managed.set_env("ENABLE_POD_ENI", "true")
    managed.set_env("WARM_IP_TARGET", "7")
    changed = managed.template
    assert managed.update(ON) == "Successful"
    assert managed.template == changed
    assert managed.update(OFF, resolveConflicts="NONE") == "Failed"
    assert (managed.key, managed.template) == ("true", changed)
    assert managed.update(ON, resolveConflicts="OVERWRITE") == "Successful"
    assert (managed.env["ENABLE_POD_ENI"], managed.env["WARM_IP_TARGET"]) == ("false", "7")
    assert managed.template != original


def test_version_and_environment_of_the_addon_reach_the_pods(managed: ManagedCluster) -> None:
    assert managed.update('{"env": {"WARM_ENI_TARGET": "2"}}', addonVersion="v1.20.4-eksbuild.1") == "Successful"
    assert managed.env["WARM_ENI_TARGET"] == "2"
    assert managed.template["spec"]["containers"][0]["image"].endswith("/amazon-k8s-cni:v1.20.4")


def test_true_of_a_person_outlives_the_false_of_the_addon(managed: ManagedCluster) -> None:
    managed.set_key("true")
    assert managed.update(ON) == "Successful"
    assert managed.update(OFF) == "Successful"
    assert managed.key == "true"
    assert managed.update(OFF, resolveConflicts="OVERWRITE") == "Successful"
    assert managed.key == "false"


def test_true_of_the_addon_ends_with_it(managed: ManagedCluster) -> None:
    assert managed.update(ON) == "Successful"
    assert managed.key == "true"
    assert managed.update(OFF) == "Successful"
    assert managed.key == "false"


def test_what_a_person_turned_off_is_on_again_only_when_overwritten(managed: ManagedCluster) -> None:
    assert managed.update(ON) == "Successful"
    managed.set_key("false")
    assert managed.update(ON) == "Successful"
    assert managed.key == "false"
    assert managed.update(ON, resolveConflicts="OVERWRITE") == "Successful"
    # What EKS took back is its own, so that it may change it without overwriting anybody's.
    assert managed.update(OFF) == "Successful"
    assert managed.key == "false"


def test_version_without_a_config_map_leaves_the_one_that_is_there(managed: ManagedCluster) -> None:
    before = managed.cluster.config_map()
    assert managed.update("{}", addonVersion="v1.13.4-eksbuild.1") == "Successful"
    assert managed.cluster.config_map() == before
    assert managed.template["spec"]["containers"][0]["image"].endswith("/amazon-k8s-cni:v1.13.4")
