# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The managed vpc-cni add-on: read, updated as the collection updates it, awaited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.addon_configuration import (
    parse_configuration,
)
from tests.live.cluster import LiveCluster
from tests.live.probe import NotRunError

BUSY = ("CREATING", "UPDATING", "DELETING")
UPDATE_SECONDS = 900.0


@dataclass(frozen=True)
class Addon:
    """The add-on as DescribeAddon tells it; ``text`` is its configuration as given, ``values`` the same parsed."""

    version: str
    status: str
    text: str
    values: Mapping[str, Any]
    role_arn: str
    pod_identity_associations: tuple[str, ...]


@dataclass(frozen=True)
class AddonUpdate:
    """How an update ended: ``Successful``, ``Failed`` or ``Cancelled``, with EKS's own words where it failed."""

    status: str
    errors: str


def describe(cluster: LiveCluster) -> Addon:
    """The add-on.

    Raises:
        NotRunError: vpc-cni is not a managed add-on of the cluster.
    """
    try:
        found = cluster.call("eks", "describe_addon", clusterName=cluster.name, addonName="vpc-cni")["addon"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            raise NotRunError("EKS does not manage the cluster's vpc-cni add-on") from error
        raise
    text = str(found.get("configurationValues") or "")
    return Addon(
        version=str(found["addonVersion"]),
        status=str(found["status"]),
        text=text,
        values=parse_configuration(text),
        role_arn=str(found.get("serviceAccountRoleArn") or ""),
        pod_identity_associations=tuple(sorted(found.get("podIdentityAssociations") or ())),
    )


def describe_active(cluster: LiveCluster) -> Addon:
    """The add-on.

    Raises:
        NotRunError: It is not managed, or not in status ACTIVE.
    """
    found = describe(cluster)
    if found.status != "ACTIVE":
        raise NotRunError(f"add-on vpc-cni is in status {found.status}")
    return found


def update(cluster: LiveCluster, addon: Addon, text: str) -> AddonUpdate:
    """Give the add-on this configuration by the request that the collection makes, and wait for its end.

    Raises:
        TimeoutError: The update goes on.
    """
    role = {"serviceAccountRoleArn": addon.role_arn} if addon.role_arn else {}
    started = cluster.call(
        "eks",
        "update_addon",
        clusterName=cluster.name,
        addonName="vpc-cni",
        addonVersion=addon.version,
        resolveConflicts="PRESERVE",
        configurationValues=text,
        **role,
    )["update"]
    ended = started

    def has_ended() -> bool:
        nonlocal ended
        ended = cluster.call("eks", "describe_update", name=cluster.name, addonName="vpc-cni", updateId=started["id"])[
            "update"
        ]
        return bool(ended["status"] != "InProgress")

    if not cluster.within(UPDATE_SECONDS, has_ended):
        raise TimeoutError(f"update {started['id']} of add-on vpc-cni goes on after {UPDATE_SECONDS:.0f} s")
    wait_until_idle(cluster)
    errors = "; ".join(f"{error.get('errorCode')}: {error.get('errorMessage')}" for error in ended.get("errors") or ())
    return AddonUpdate(str(ended["status"]), errors)


def wait_until_idle(cluster: LiveCluster) -> None:
    """Wait until nothing is under way with the add-on.

    Raises:
        TimeoutError: It goes on.
    """
    if not cluster.within(UPDATE_SECONDS, lambda: describe(cluster).status not in BUSY):
        raise TimeoutError(f"add-on vpc-cni is busy after {UPDATE_SECONDS:.0f} s")
