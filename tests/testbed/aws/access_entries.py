# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""EKS access entries and their access policies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.testbed.aws.eks_state import AccessEntry, AssociatedPolicy, EksCluster, EksContext, EksOperation, now
from tests.testbed.aws.errors import AwsError
from tests.testbed.aws.paging import page

# Facts section 9. Only STANDARD takes groups, a user name, policies, and principals of other accounts.
TYPES = ("STANDARD", "FARGATE_LINUX", "EC2_LINUX", "EC2_WINDOWS", "EC2", "HYBRID_LINUX", "HYPERPOD_LINUX")
ACCESS_POLICIES = (
    "AmazonEKSAdminPolicy",
    "AmazonEKSAdminViewPolicy",
    "AmazonEKSClusterAdminPolicy",
    "AmazonEKSEditPolicy",
    "AmazonEKSViewPolicy",
)
_PRINCIPAL = re.compile(r"^arn:(?P<partition>[a-z-]+):iam::(?P<account>\d{12}):(?P<kind>role|user)/.+$")


def cluster_for_entries(context: EksContext, parameters: Mapping[str, Any]) -> EksCluster:
    """The cluster, if it reads access entries at all."""
    cluster = context.clusters[str(parameters["clusterName"])]
    if "API" not in cluster.authentication_mode:
        raise AwsError(
            "InvalidRequestException",
            "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this "
            "operation.",
        )
    return cluster


def _entry(cluster: EksCluster, parameters: Mapping[str, Any]) -> AccessEntry:
    arn = str(parameters["principalArn"])
    entry = cluster.access_entries.get(arn)
    if entry is None:
        raise AwsError(
            "ResourceNotFoundException",
            f"The specified principalArn could not be found. You can view your available access entries with "
            f"'list-access-entries': {arn}",
            404,
        )
    return entry


def _describe(cluster: EksCluster, entry: AccessEntry) -> dict[str, Any]:
    return {
        "clusterName": cluster.name,
        "principalArn": entry.principal_arn,
        "kubernetesGroups": list(entry.groups),
        "accessEntryArn": entry.arn,
        "createdAt": entry.created_at,
        "modifiedAt": entry.modified_at,
        "tags": entry.tags,
        "username": entry.username,
        "type": entry.type,
    }


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message)


def _check_groups(groups: list[str]) -> None:
    for group in groups:
        if re.match(r"^(system:|eks:|aws:|amazon:|iam:)", group):
            raise _invalid(f"The kubernetes group name {group} is invalid, it cannot start with system:")


def default_username(principal_arn: str, entry_type: str) -> str:
    """The user name that EKS gives an entry without one."""
    match = _PRINCIPAL.match(principal_arn)
    if match is None:
        raise _invalid("The principalArn parameter format is not valid")
    if entry_type != "STANDARD":
        return "system:node:{{SessionName}}" if entry_type == "FARGATE_LINUX" else "system:node:{{EC2PrivateDNSName}}"
    if match["kind"] == "user":
        return principal_arn
    name = principal_arn.rpartition("/")[2]
    return f"arn:{match['partition']}:sts::{match['account']}:assumed-role/{name}/{{{{SessionName}}}}"


def _principal(cluster: EksCluster, arn: str) -> re.Match[str]:
    match = _PRINCIPAL.match(arn)
    if match is None or match["partition"] != cluster.partition:
        raise _invalid("The principalArn parameter format is not valid")
    return match


def new_entry(
    cluster: EksCluster,
    principal_arn: str,
    entry_type: str = "STANDARD",
    groups: tuple[str, ...] = (),
    username: str = "",
    principal_id: str = "",
    tags: Mapping[str, str] | None = None,
) -> AccessEntry:
    """Make an entry; the rules of the API hold.

    Raises:
        AwsError: As CreateAccessEntry answers.
    """
    match = _principal(cluster, principal_arn)
    if entry_type.upper() not in TYPES or entry_type != entry_type.upper():
        raise _invalid(f"The type {entry_type} is not supported, it must be one of {', '.join(TYPES)}")
    if entry_type != "STANDARD":
        if groups or username:
            raise _invalid(f"groups and username cannot be given for an entry of type {entry_type}")
        if match["account"] != cluster.account or match["kind"] != "role":
            raise _invalid(f"An entry of type {entry_type} must name a role of the cluster's account")
        # The groups that EKS gives to node types are not documented; these are those of the aws-auth ConfigMap.
        windows = ("eks:kube-proxy-windows",) if entry_type == "EC2_WINDOWS" else ()
        groups = ("system:nodes", *windows)
    else:
        _check_groups(list(groups))
    if principal_arn in cluster.access_entries:
        raise AwsError(
            "ResourceInUseException", "The specified access entry resource is already in use on this cluster.", 409
        )
    entry = AccessEntry(
        principal_arn=principal_arn,
        arn=cluster.child_arn("access-entry", match["kind"], match["account"], principal_arn.rpartition("/")[2]),
        type=entry_type,
        username=username or default_username(principal_arn, entry_type),
        groups=groups,
        principal_id=principal_id,
        tags=dict(tags or {}),
    )
    cluster.access_entries[principal_arn] = entry
    return entry


def associate(
    cluster: EksCluster, entry: AccessEntry, policy_arn: str, scope: str, namespaces: tuple[str, ...]
) -> AssociatedPolicy:
    """Give an entry an access policy, or another scope of one that it has."""
    prefix = f"arn:{cluster.partition}:eks::aws:cluster-access-policy/"
    if not policy_arn.startswith(prefix) or policy_arn[len(prefix) :] not in ACCESS_POLICIES:
        raise _invalid("The policyArn parameter format is not valid")
    if entry.type != "STANDARD":
        raise AwsError("InvalidRequestException", f"An access policy cannot be associated with type {entry.type}")
    if (scope == "namespace") != bool(namespaces):
        raise _invalid("Namespaces must be given for the scope namespace, and for no other")
    known = entry.policies.get(policy_arn)
    policy = AssociatedPolicy(policy_arn, scope, namespaces, known.associated_at if known else now(), now())
    entry.policies[policy_arn] = policy
    return policy


def _create(context: EksContext, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    cluster = cluster_for_entries(context, parameters)
    arn = str(parameters["principalArn"])
    principal_id = context.principal_id(arn)
    if _principal(cluster, arn)["account"] == cluster.account and not principal_id:
        raise _invalid(f"The specified principalArn is invalid: invalid principal. ({arn})")
    entry = new_entry(
        cluster,
        arn,
        str(parameters.get("type") or "STANDARD"),
        tuple(parameters.get("kubernetesGroups") or ()),
        str(parameters.get("username") or ""),
        principal_id,
        parameters.get("tags"),
    )
    return {"accessEntry": _describe(cluster, entry)}


def _describe_entry(context: EksContext, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    cluster = cluster_for_entries(context, parameters)
    return {"accessEntry": _describe(cluster, _entry(cluster, parameters))}


def _list(context: EksContext, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    cluster = cluster_for_entries(context, parameters)
    policy = parameters.get("associatedPolicyArn")
    arns = sorted(arn for arn, entry in cluster.access_entries.items() if not policy or policy in entry.policies)
    arns, token = page(arns, parameters)
    return {"accessEntries": arns, **token}


def _delete(context: EksContext, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    cluster = cluster_for_entries(context, parameters)
    del cluster.access_entries[_entry(cluster, parameters).principal_arn]
    return {}


def _update(context: EksContext, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    cluster = cluster_for_entries(context, parameters)
    entry = _entry(cluster, parameters)
    groups, username = parameters.get("kubernetesGroups"), parameters.get("username")
    if entry.type != "STANDARD" and (groups or username):
        raise AwsError(
            "InvalidRequestException", f"An entry of type {entry.type} has no groups and no user name to change"
        )
    if groups is not None:
        _check_groups(groups)
        entry.groups = tuple(groups)
    if username is not None:
        entry.username = username
    entry.modified_at = now()
    return {"accessEntry": _describe(cluster, entry)}


def _policy(policy: AssociatedPolicy) -> dict[str, Any]:
    return {
        "policyArn": policy.arn,
        "accessScope": {"type": policy.scope, "namespaces": list(policy.namespaces)},
        "associatedAt": policy.associated_at,
        "modifiedAt": policy.modified_at,
    }


def _associate(context: EksContext, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    cluster = cluster_for_entries(context, parameters)
    entry = _entry(cluster, parameters)
    scope = parameters["accessScope"]
    policy = associate(
        cluster,
        entry,
        str(parameters["policyArn"]),
        str(scope.get("type") or ""),
        tuple(scope.get("namespaces") or ()),
    )
    return {
        "clusterName": cluster.name,
        "principalArn": entry.principal_arn,
        "associatedAccessPolicy": _policy(policy),
    }


def _disassociate(context: EksContext, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    cluster = cluster_for_entries(context, parameters)
    entry = _entry(cluster, parameters)
    if entry.policies.pop(str(parameters["policyArn"]), None) is None:
        raise AwsError(
            "ResourceNotFoundException", "The specified policy is not associated with the access entry.", 404
        )
    return {}


def _list_associated(context: EksContext, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    cluster = cluster_for_entries(context, parameters)
    entry = _entry(cluster, parameters)
    policies, token = page([_policy(entry.policies[arn]) for arn in sorted(entry.policies)], parameters)
    return {
        "clusterName": cluster.name,
        "principalArn": entry.principal_arn,
        "associatedAccessPolicies": policies,
        **token,
    }


def _list_policies(context: EksContext, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    prefix = f"arn:{context.caller.partition}:eks::aws:cluster-access-policy/"
    policies, token = page([{"name": name, "arn": prefix + name} for name in ACCESS_POLICIES], parameters)
    return {"accessPolicies": policies, **token}


OPERATIONS: Mapping[str, EksOperation] = {
    "CreateAccessEntry": _create,
    "DescribeAccessEntry": _describe_entry,
    "ListAccessEntries": _list,
    "DeleteAccessEntry": _delete,
    "UpdateAccessEntry": _update,
    "AssociateAccessPolicy": _associate,
    "DisassociateAccessPolicy": _disassociate,
    "ListAssociatedAccessPolicies": _list_associated,
    "ListAccessPolicies": _list_policies,
}
