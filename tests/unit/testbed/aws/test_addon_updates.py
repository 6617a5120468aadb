# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Updates of add-ons that go as a test planned."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.testbed.aws import AddonIssue, AppliedAddon, AwsServer, EksCluster

ENABLED = '{"enableWindowsIpam": "true"}'
ADDON = {"clusterName": "ready", "addonName": "vpc-cni"}


class Written:
    """Stands for the cluster: what EKS wrote into it."""

    def __init__(self) -> None:
        self.data: list[str] = []

    def __call__(self, cluster: EksCluster, addon: AppliedAddon) -> Sequence[str]:
        self.data.append(addon.desired["enable-windows-ipam"])
        return ()


@pytest.fixture
def written(aws: AwsServer, cluster: EksCluster) -> Written:
    aws.add_addon(cluster)
    aws.addon_seconds = 0.05
    hook = Written()
    aws.on_addon_applied = hook
    return hook


def status(eks: Any) -> str:
    return str(eks.describe_addon(**ADDON)["addon"]["status"])


def finished(eks: Any, update_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        update: dict[str, Any] = eks.describe_update(name="ready", addonName="vpc-cni", updateId=update_id)["update"]
        if update["status"] != "InProgress":
            return update
        time.sleep(0.02)
    raise AssertionError("the update did not end")


@pytest.mark.parametrize(
    ("code", "is_written", "data"),
    [
        ("ConfigurationConflict", False, []),
        ("AdmissionRequestDenied", False, []),
        ("ClusterUnreachable", True, ["true"]),
    ],
)
def test_the_next_update_fails_and_only_that(
    aws: AwsServer, client: Any, written: Written, code: str, is_written: bool, data: list[str]
) -> None:
    eks = client("eks")
    aws.fail_next_update(code, "so it is", resource_ids=["amazon-vpc-cni"], written=is_written)
    started = eks.update_addon(**ADDON, configurationValues=ENABLED)["update"]
    assert started["status"] == "InProgress"
    update = finished(eks, started["id"])
    assert update["status"] == "Failed"
    assert update["errors"] == [{"errorCode": code, "errorMessage": "so it is", "resourceIds": ["amazon-vpc-cni"]}]
    addon = eks.describe_addon(**ADDON)["addon"]
    assert (addon["status"], addon["health"]["issues"][0]["code"]) == ("UPDATE_FAILED", code)
    assert written.data == data
    again = finished(eks, eks.update_addon(**ADDON, configurationValues=ENABLED)["update"]["id"])
    assert (again["status"], status(eks)) == ("Successful", "ACTIVE")
    assert eks.describe_addon(**ADDON)["addon"]["health"]["issues"] == []


def test_an_update_may_be_held(aws: AwsServer, client: Any, written: Written) -> None:
    eks = client("eks")
    aws.hold_next_update(0.5)
    began = time.monotonic()
    started = eks.update_addon(**ADDON, configurationValues=ENABLED)["update"]["id"]
    assert status(eks) == "UPDATING"
    assert finished(eks, started)["status"] == "Successful"
    assert time.monotonic() - began >= 0.5
    assert written.data == ["true"]


def test_somebody_elses_update(aws: AwsServer, client: Any, cluster: EksCluster, written: Written) -> None:
    role = aws.add_role("cni")
    aws.add_addon(cluster, service_account_role_arn=role)
    aws.fail_next_update("ConfigurationConflict", "for the one after")
    # Made before the update begins: it takes a while on a busy machine.
    eks = client("eks")
    aws.forget_requests()
    update = aws.start_update(cluster, seconds=2, configuration_values=ENABLED)
    assert aws.requests() == []
    assert status(eks) == "UPDATING"
    with pytest.raises(ClientError, match="currently in UPDATING state"):
        eks.update_addon(**ADDON)
    assert finished(eks, update.id)["status"] == "Successful"
    addon = eks.describe_addon(**ADDON)["addon"]
    assert (addon["status"], addon["configurationValues"], addon["serviceAccountRoleArn"]) == ("ACTIVE", ENABLED, role)
    assert written.data == ["true"]
    own = eks.update_addon(**ADDON, serviceAccountRoleArn=role)["update"]["id"]
    assert finished(eks, own)["status"] == "Failed"


def test_somebody_elses_update_may_fail(aws: AwsServer, client: Any, cluster: EksCluster, written: Written) -> None:
    update = aws.start_update(cluster, seconds=0, error=AddonIssue("AdmissionRequestDenied", "no"))
    eks = client("eks")
    assert finished(eks, update.id)["errors"][0]["errorCode"] == "AdmissionRequestDenied"
    assert (status(eks), written.data) == ("UPDATE_FAILED", [])


def test_plans_end_with_the_faults_and_updates_with_their_addon(
    aws: AwsServer, client: Any, cluster: EksCluster, written: Written
) -> None:
    eks = client("eks")
    aws.fail_next_update("ConfigurationConflict", "never", times=3)
    aws.clear_faults()
    assert finished(eks, eks.update_addon(**ADDON)["update"]["id"])["status"] == "Successful"
    aws.start_update(cluster, seconds=0.2, configuration_values=ENABLED)
    aws.add_addon(cluster)
    time.sleep(0.4)
    assert (status(eks), written.data) == ("ACTIVE", ["false"])
