# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the testbed knows of a cluster beyond moto: add-ons, access entries, updates."""

from __future__ import annotations

import datetime
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.testbed.aws.principals import Principal


def now() -> datetime.datetime:
    """The current time, UTC, to the second as EKS writes it."""
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)


@dataclass(frozen=True)
class AddonIssue:
    """One entry of an add-on's health; ``code`` is one of EKS's AddonIssueCode."""

    code: str
    message: str
    resource_ids: tuple[str, ...] = ()


@dataclass
class AddonState:
    """A managed add-on. ``configuration_values`` is the text as given, empty where none was; ``rendered`` is the
    ConfigMap data that EKS last wrote for it, ``rendered_aws_node`` the fields of aws-node's container."""

    name: str
    version: str
    arn: str
    status: str = "ACTIVE"
    configuration_values: str = ""
    service_account_role_arn: str = ""
    pod_identity_associations: tuple[str, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)
    issues: tuple[AddonIssue, ...] = ()
    created_at: datetime.datetime = field(default_factory=now)
    modified_at: datetime.datetime = field(default_factory=now)
    rendered: dict[str, str] = field(default_factory=dict)
    rendered_aws_node: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class AppliedAddon:
    """What EKS is about to write into the cluster for an add-on.

    Attributes:
        action: ``create``, ``update`` or ``delete``.
        resolve_conflicts: ``NONE``, ``OVERWRITE`` or ``PRESERVE``. On delete ``PRESERVE`` leaves all objects in place.
        desired: Data of ConfigMap kube-system/amazon-vpc-cni that the chart renders; empty where it has none, and for
            other add-ons.
        previous: The data that EKS wrote the last time, empty at first.
        aws_node: Fields of DaemonSet aws-node's container that the chart renders, see vpc_cni_chart.py; empty for other
            add-ons.
        previous_aws_node: Those that EKS wrote the last time, empty at first.
        service_account_role_arn: What EKS annotates the service account with; empty for no annotation, which leaves
            the pods with the node role.
    """

    name: str
    version: str
    action: str
    resolve_conflicts: str
    desired: Mapping[str, str]
    previous: Mapping[str, str]
    aws_node: Mapping[str, str] = field(default_factory=dict)
    previous_aws_node: Mapping[str, str] = field(default_factory=dict)
    service_account_role_arn: str = ""


@dataclass(frozen=True)
class AssociatedPolicy:
    """An access policy of an entry. ``scope`` is ``cluster`` or ``namespace``."""

    arn: str
    scope: str
    namespaces: tuple[str, ...]
    associated_at: datetime.datetime
    modified_at: datetime.datetime


@dataclass
class AccessEntry:
    """An access entry. ``principal_id`` is the unique id of the principal when the entry was made: a principal that
    was deleted and made anew under the same ARN is another one."""

    principal_arn: str
    arn: str
    type: str
    username: str
    groups: tuple[str, ...]
    principal_id: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    policies: dict[str, AssociatedPolicy] = field(default_factory=dict)
    created_at: datetime.datetime = field(default_factory=now)
    modified_at: datetime.datetime = field(default_factory=now)


@dataclass
class Update:
    """An update of a cluster or of one of its add-ons (``addon``)."""

    type: str
    parameters: tuple[tuple[str, str], ...]
    addon: str = ""
    nodegroup: str = ""
    status: str = "InProgress"
    errors: tuple[AddonIssue, ...] = ()
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created_at: datetime.datetime = field(default_factory=now)


@dataclass
class EksCluster:
    """A cluster of the testbed, with what moto does not keep of it.

    Attributes:
        role_arn: The cluster role.
        creator: Principal that created the cluster: the administrator that no ConfigMap and, without access
            entries, no API shows.
    """

    name: str
    arn: str
    region: str
    account: str
    partition: str
    role_arn: str
    version: str
    authentication_mode: str
    creator: str
    addons: dict[str, AddonState] = field(default_factory=dict)
    access_entries: dict[str, AccessEntry] = field(default_factory=dict)
    updates: dict[str, Update] = field(default_factory=dict)

    @property
    def role_name(self) -> str:
        """The cluster role's name without its path."""
        return self.role_arn.rpartition("/")[2]

    def child_arn(self, kind: str, *parts: str) -> str:
        """ARN of something that belongs to the cluster, ``arn:..:addon/<cluster>/<part>/<uuid>``."""
        path = "/".join((self.name, *parts, str(uuid.uuid4())))
        return f"arn:{self.partition}:eks:{self.region}:{self.account}:{kind}/{path}"


@dataclass(frozen=True)
class UpdatePlan:
    """How an update of an add-on goes that a test planned.

    Attributes:
        seconds: How long it stays InProgress; None for ``EksSettings.addon_seconds``.
        error: What it fails with, None for whatever comes of it.
        written: Whether EKS writes the add-on into the cluster before it fails.
    """

    seconds: float | None = None
    error: AddonIssue | None = None
    written: bool = False


AddonHook = Callable[[EksCluster, AppliedAddon], Sequence[str]]


@dataclass
class EksSettings:
    """What a test may set for all clusters of one server.

    Attributes:
        addon_seconds: How long an add-on stays CREATING, UPDATING or DELETING.
        on_addon_applied: Called, outside of any request, when EKS writes an add-on into its cluster; returns the
            conflicts that it met (see ``merge_config_map``), which fail the update.
        update_plans: How the next updates of add-ons go, one each.
        cluster_versions: Rows of DescribeClusterVersions, in the API's own names.
    """

    addon_seconds: float = 0.2
    on_addon_applied: AddonHook | None = None
    update_plans: list[UpdatePlan] = field(default_factory=list)
    cluster_versions: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class EksContext:
    """What an EKS operation works with: the clusters of the caller's account and region, who calls, the settings.

    ``principal_id`` gives the unique id of an IAM ARN, empty where nothing of that name exists.
    """

    clusters: Mapping[str, EksCluster]
    caller: Principal
    region: str
    settings: EksSettings
    lock: threading.RLock
    later: Callable[[float, Callable[[], None]], None]
    principal_id: Callable[[str], str]


EksOperation = Callable[[EksContext, Mapping[str, Any]], Mapping[str, Any]]
