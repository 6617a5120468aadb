# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The state of Windows support: who runs it, how it is set, and whether the setting has an effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import (
    ENABLE_WINDOWS_IPAM,
    ENABLE_WINDOWS_PREFIX_DELEGATION,
    parse_bool,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.policies import (
    VPC_RESOURCE_CONTROLLER,
    managed_policy_arn,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.addon_configuration import (
    ConfigurationUnreadableError,
    windows_ipam_value,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.iam_policies import partition_of
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.policy_use import POD_ENI
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.webhook_certificates import worst_webhook
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Known,
    LegacyReferences,
    Node,
    Unknown,
)

if TYPE_CHECKING:
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.certificate_state import CertificateState

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Support:
    """The return value ``support``. None is not known, except where an attribute says otherwise.

    Attributes:
        mode: ``control_plane`` where its controller acts on the setting; ``legacy`` where a legacy controller is there
            and the setting is off, or the version's control plane can't; ``mixed`` where a legacy controller is there
            and the setting is on; ``none`` or ``unknown``.
        live: Live value of enable-windows-ipam; None also where it is absent.
        effective: Whether the controller of the control plane acts on it. A legacy controller turns it off.
        owner: ``addon`` where EKS manages vpc-cni, ``config_map`` or ``unknown``.
        addon_value: The value in the add-on's configuration; None also where it is absent.
        prefix_delegation: Whether the controller acts on enable-windows-prefix-delegation.
        role_arn: ARN of the cluster's role.
        policy_attached: Whether AmazonEKSVPCResourceController is attached to it.
        legacy_variant: How legacy support was installed; None also where nothing of it is left.
        legacy_components: Its objects.
        legacy_certificate: What is to be said of the certificate of its webhook, of the worst where there are several;
            None also without a webhook.
        legacy_serves: Whether legacy support is what runs Windows pods: below the version table, whole, and its pods
            run.
        windows_nodes: Their number.
        linux_nodes: Their number, without Fargate's.
        security_groups_for_pods: Whether aws-node's ENABLE_POD_ENI is on.
    """

    mode: str
    live: str | None
    effective: bool | None
    owner: str
    addon_value: str | None
    prefix_delegation: bool | None
    role_arn: str | None
    policy_attached: bool | None
    legacy_variant: str | None
    legacy_components: tuple[str, ...]
    legacy_certificate: CertificateState | None
    legacy_serves: bool
    windows_nodes: int | None
    linux_nodes: int | None
    security_groups_for_pods: bool | None


def support(subject: Subject) -> Support:
    """The state of Windows support of an observation."""
    observation = subject.observation
    live = live_value(subject)
    effective = effective_ipam(subject)
    role = observation.cluster_role
    cluster = observation.cluster
    role_arn = None if isinstance(cluster, Unknown) else cluster.role_arn or None
    attached = None
    webhook = worst_webhook(subject)
    if not isinstance(role, Unknown):
        role_arn = role.arn
        wanted = managed_policy_arn(partition_of(role), VPC_RESOURCE_CONTROLLER)
        attached = any(policy.arn == wanted for policy in role.attached)
    return Support(
        mode=_mode(subject),
        live=None if isinstance(live, Unknown) else live,
        effective=effective,
        owner=owner(subject),
        addon_value=addon_value(subject),
        prefix_delegation=_prefix_delegation(subject, effective),
        role_arn=role_arn,
        policy_attached=attached,
        legacy_variant=subject.legacy.variant,
        legacy_components=tuple(str(found) for found in subject.legacy.components),
        legacy_certificate=webhook.state if webhook else None,
        legacy_serves=_legacy_serves(subject),
        windows_nodes=_count(subject.windows_nodes),
        linux_nodes=_count(subject.linux_nodes),
        security_groups_for_pods=_security_groups(subject),
    )


def live_value(subject: Subject) -> Known[str | None]:
    """The live value of enable-windows-ipam; None where the ConfigMap, its data or the key is absent."""
    data = subject.cni_data
    return data if isinstance(data, Unknown) else data.get(ENABLE_WINDOWS_IPAM)


def owner(subject: Subject) -> str:
    """Whose setting Windows IPAM is, as seen: ``addon``, ``config_map`` or ``unknown``."""
    addon = subject.observation.vpc_cni
    if isinstance(addon, Unknown):
        return UNKNOWN
    return "config_map" if addon is None else "addon"


def addon_value(subject: Subject) -> str | None:
    """The value in the managed add-on's configuration; None where there is none or it can't be read."""
    addon = subject.observation.vpc_cni
    if isinstance(addon, Unknown) or addon is None:
        return None
    try:
        return windows_ipam_value(addon.configuration_values)
    except ConfigurationUnreadableError:
        return None


def effective_ipam(subject: Subject) -> bool | None:
    """Whether the controller of the control plane holds Windows IPAM to be on; None where that is not known."""
    live = live_value(subject)
    deployments = subject.observation.legacy.deployments
    if subject.control_plane_supported is False or subject.legacy.blocking_controller:
        return False
    if not isinstance(live, Unknown) and not parse_bool(live):
        return False
    if subject.control_plane_supported is None or isinstance(live, Unknown) or isinstance(deployments, Unknown):
        return None
    return True


def effective_ipam_unread(subject: Subject) -> tuple[Unknown, ...]:
    """What could not be read, and would tell :func:`effective_ipam`."""
    observation = subject.observation
    parts = (observation.cni_config_map, observation.cluster, observation.legacy.deployments)
    return tuple(part for part in parts if isinstance(part, Unknown))


def _legacy_serves(subject: Subject) -> bool:
    references = subject.observation.legacy.references
    return (
        subject.control_plane_supported is False
        and subject.legacy.complete
        and isinstance(references, LegacyReferences)
        and all(deployment.ready for deployment in references.deployments)
    )


def _mode(subject: Subject) -> str:
    live = live_value(subject)
    if isinstance(subject.observation.legacy.deployments, Unknown):
        return UNKNOWN
    legacy = bool(subject.legacy.controllers)
    if subject.control_plane_supported is False:
        return "legacy" if legacy else "none"
    if isinstance(live, Unknown) or subject.control_plane_supported is None:
        return UNKNOWN
    if parse_bool(live):
        return "mixed" if legacy else "control_plane"
    return "legacy" if legacy else "none"


def _prefix_delegation(subject: Subject, effective: bool | None) -> bool | None:
    data = subject.cni_data
    if effective is False:
        return False
    if isinstance(data, Unknown):
        return None
    if not parse_bool(data.get(ENABLE_WINDOWS_PREFIX_DELEGATION)):
        return False
    return None if effective is None else subject.prefix_delegation_supported


def _security_groups(subject: Subject) -> bool | None:
    aws_node = subject.observation.aws_node
    if isinstance(aws_node, Unknown) or (aws_node is not None and not aws_node.is_resolved(POD_ENI)):
        return None
    return aws_node is not None and bool(parse_bool(aws_node.env.get(POD_ENI)))


def _count(nodes: Known[tuple[Node, ...]]) -> int | None:
    return None if isinstance(nodes, Unknown) else len(nodes)
