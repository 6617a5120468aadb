# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What AWS tells of a cluster. Sources: the service models of EKS and IAM in botocore 1.43."""

from __future__ import annotations

import base64
import contextlib
import difflib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import unquote

# The backends' requirements say so before anything here runs.
with contextlib.suppress(ImportError):
    from botocore.exceptions import BotoCoreError, ClientError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws_errors import (
    aws_failure,
    is_hopeless,
    is_not_found,
    words_of,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.cluster import Cluster
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.policies import (
    CLUSTER_POLICY,
    GRANTS,
    VPC_RESOURCE_CONTROLLER,
    managed_policy_arn,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.attempt import aws_unknown
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Addon,
    AddonIssue,
    ClusterRole,
    ClusterVersion,
    FargateProfile,
    FargateSelector,
    Known,
    Policy,
    Unknown,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.reading import concurrently

NEAR_NAMES = 5

THREADS = 4
"""Fargate profiles described at a time."""


def describe_cluster(aws: AwsConnection, name: str) -> Known[dict[str, Any]]:
    """DescribeCluster's own answer, Unknown where it is forbidden or fails at AWS's end.

    Raises:
        EksWindowsError: There is no such cluster, AWS can't be reached, or doesn't know the caller.
    """
    try:
        answer = aws.call("eks", "describe_cluster", name=name).get("cluster")
    except (BotoCoreError, ClientError) as error:
        if is_not_found(error):
            raise _no_such_cluster(aws, name) from error
        if is_hopeless(error):
            raise aws_failure(f"Could not describe cluster {name} in region {aws.region}", error) from error
        return aws_unknown("eks:DescribeCluster", error)
    if not isinstance(answer, dict):
        return Unknown(
            "eks:DescribeCluster", "the answer tells of no cluster", "Check endpoint_url and AWS_ENDPOINT_URL_EKS"
        )
    return answer


def existing_cluster(aws: AwsConnection, name: str) -> Cluster:
    """The cluster, for those who can't do without it.

    Raises:
        EksWindowsError: There is no such cluster, or it can't be described.
    """
    answer = describe_cluster(aws, name)
    if isinstance(answer, Unknown):
        raise EksWindowsError(
            f"Could not describe cluster {name} in region {aws.region}: {answer.reason}", remedy=answer.remedy
        )
    cluster = cluster_of(answer)
    return replace(cluster, name=cluster.name or name, region=cluster.region or aws.region)


def _no_such_cluster(aws: AwsConnection, name: str) -> EksWindowsError:
    """The failure, with who asked where, and the names that come near."""
    who, near = "", "Check the name, the region and the account"
    with contextlib.suppress(BotoCoreError, ClientError, EksWindowsError):
        identity = aws.call("sts", "get_caller_identity")
        who = f" of account {identity['Account']}, asked as {identity['Arn']}"
    with contextlib.suppress(BotoCoreError, ClientError):
        names = aws.pages("eks", "list_clusters", "clusters")
        similar = difflib.get_close_matches(name, names, n=NEAR_NAMES, cutoff=0.5) or sorted(names)[:NEAR_NAMES]
        near += f". The region has: {', '.join(similar)}" if similar else ". The region has no cluster"
    return EksWindowsError(f"There is no cluster {name} in region {aws.region}{who}", remedy=near)


def cluster_of(answer: Mapping[str, Any]) -> Cluster:
    """The cluster in DescribeCluster's answer; fields that are not there, or not what they should be, are empty."""
    arn = str(answer.get("arn") or "")
    _arn, partition, _service, region, account, *_rest = [*arn.split(":"), "", "", "", "", ""]
    network = _mapping(answer.get("kubernetesNetworkConfig"))
    return Cluster(
        name=str(answer.get("name") or ""),
        arn=arn,
        region=region,
        account=account,
        partition=partition,
        version=str(answer.get("version") or ""),
        platform_version=str(answer.get("platformVersion") or ""),
        status=str(answer.get("status") or ""),
        endpoint=str(answer.get("endpoint") or ""),
        certificate_authority=_decoded(_mapping(answer.get("certificateAuthority")).get("data")),
        role_arn=str(answer.get("roleArn") or ""),
        ip_family=str(network.get("ipFamily") or ""),
        service_ipv4_cidr=str(network.get("serviceIpv4Cidr") or ""),
        authentication_mode=str(_mapping(answer.get("accessConfig")).get("authenticationMode") or ""),
        subnet_ids=_texts(_mapping(answer.get("resourcesVpcConfig")).get("subnetIds")),
        outpost_arns=_texts(_mapping(answer.get("outpostConfig")).get("outpostArns")),
        auto_mode=bool(_mapping(answer.get("computeConfig")).get("enabled")),
        token_id=token_id_of(answer),
    )


def token_id_of(answer: Mapping[str, Any]) -> str:
    """What the token is made for: the name, for a local cluster on Outposts the id."""
    return str((answer.get("id") if answer.get("outpostConfig") else "") or answer.get("name") or "")


def cluster_version(aws: AwsConnection, version: str) -> ClusterVersion | None:
    """The row of DescribeClusterVersions, None where EKS does not list the version."""
    rows = aws.pages("eks", "describe_cluster_versions", "clusterVersions", includeAll=True)
    found = [row for row in rows if row.get("clusterVersion") == version]
    # The type tells Outposts' rows, which some regions list beside the cloud's.
    row = next((row for row in found if row.get("clusterType") in (None, "eks")), found[0] if found else None)
    if row is None:
        return None
    # Older releases of botocore know only the field that EKS has since deprecated, in its own spelling.
    status = str(row.get("versionStatus") or row.get("status") or "").upper().replace("-", "_")
    return ClusterVersion(
        version=version,
        version_status=status,
        default_platform_version=str(row.get("defaultPlatformVersion") or ""),
        end_of_standard_support=_date(row.get("endOfStandardSupportDate")),
        end_of_extended_support=_date(row.get("endOfExtendedSupportDate")),
    )


def managed_addon(aws: AwsConnection, cluster_name: str, name: str) -> Addon | None:
    """A managed add-on, None where EKS doesn't manage it."""
    try:
        answer = aws.call("eks", "describe_addon", clusterName=cluster_name, addonName=name)["addon"]
    except ClientError as error:
        if is_not_found(error):
            return None
        raise
    return Addon(
        name=name,
        version=str(answer.get("addonVersion") or ""),
        status=str(answer.get("status") or ""),
        configuration_values=str(answer.get("configurationValues") or ""),
        service_account_role_arn=str(answer.get("serviceAccountRoleArn") or ""),
        issues=tuple(
            AddonIssue(
                code=str(issue.get("code") or ""),
                message=str(issue.get("message") or ""),
                resource_ids=tuple(issue.get("resourceIds") or ()),
            )
            for issue in (answer.get("health") or {}).get("issues") or ()
        ),
    )


def cluster_role(aws: AwsConnection, role_arn: str, partition: str) -> ClusterRole:
    """The role's policies; documents only where the AWS managed ones alone don't do.

    Raises:
        ClientError: AWS refuses.
        BotoCoreError: AWS isn't reached.
        EksWindowsError: There is no such role.
    """
    name = role_arn.rsplit("/", 1)[-1]
    if not name:
        raise EksWindowsError("EKS does not tell the cluster's role", remedy="Look at aws eks describe-cluster")
    attached = tuple(
        Policy(name=policy["PolicyName"], arn=policy["PolicyArn"]) for policy in _attached(aws, name, role_arn)
    )
    arns = {policy.arn for policy in attached}
    if {managed_policy_arn(partition, needed) for needed in (VPC_RESOURCE_CONTROLLER, CLUSTER_POLICY)} <= arns:
        return ClusterRole(arn=role_arn, name=name, attached=attached)
    unread: list[Unknown] = []
    read = tuple(_with_document(aws, policy, partition, unread) for policy in attached)
    inline = _inline_policies(aws, name, unread)
    return ClusterRole(
        arn=role_arn,
        name=name,
        attached=read,
        inline=inline,
        complete=not unread,
        unread=unread[0] if unread else None,
    )


def _attached(aws: AwsConnection, name: str, role_arn: str) -> list[dict[str, Any]]:
    try:
        return aws.pages("iam", "list_attached_role_policies", "AttachedPolicies", RoleName=name)
    except ClientError as error:
        if not is_not_found(error):
            raise
        raise EksWindowsError(
            words_of(error),
            remedy=f"Check whether {role_arn}, which the cluster runs as, was deleted, and create it again by that "
            "name, with the cluster's trust policy and managed policies",
        ) from error


def _with_document(aws: AwsConnection, policy: Policy, partition: str, unread: list[Unknown]) -> Policy:
    """The policy with its document, as it is where its ARN says enough or it can't be read."""
    if policy.name in GRANTS and policy.arn == managed_policy_arn(partition, policy.name):
        return policy
    source = "iam:GetPolicy"
    try:
        version = aws.call("iam", "get_policy", PolicyArn=policy.arn)["Policy"]["DefaultVersionId"]
        source = "iam:GetPolicyVersion"
        answer = aws.call("iam", "get_policy_version", PolicyArn=policy.arn, VersionId=version)
    except (BotoCoreError, ClientError) as error:
        unread.append(aws_unknown(source, error))
        return policy
    document = policy_document(answer["PolicyVersion"].get("Document"))
    if document is None:
        unread.append(_no_document(source, policy.name))
        return policy
    return Policy(name=policy.name, arn=policy.arn, document=document)


def policy_document(value: Any) -> dict[str, Any] | None:
    """The document of a policy, also where it is still the URL-encoded JSON that IAM sends; None where it is none."""
    if isinstance(value, str):
        for text in (value, unquote(value)):
            with contextlib.suppress(ValueError, RecursionError):
                value = json.loads(text)
                break
    return value if isinstance(value, dict) else None


def _no_document(source: str, name: str) -> Unknown:
    return Unknown(source, f"the document of policy {name} is no JSON object", f"Look at policy {name} in IAM")


def _inline_policies(aws: AwsConnection, role_name: str, unread: list[Unknown]) -> tuple[Policy, ...]:
    source = "iam:ListRolePolicies"
    policies: list[Policy] = []
    try:
        for name in aws.pages("iam", "list_role_policies", "PolicyNames", RoleName=role_name):
            source = "iam:GetRolePolicy"
            answer = aws.call("iam", "get_role_policy", RoleName=role_name, PolicyName=name)
            document = policy_document(answer.get("PolicyDocument"))
            if document is None:
                unread.append(_no_document(source, name))
            else:
                policies.append(Policy(name=name, arn="", document=document))
    except (BotoCoreError, ClientError) as error:
        unread.append(aws_unknown(source, error))
    return tuple(policies)


def fargate_profiles(aws: AwsConnection, cluster_name: str) -> tuple[FargateProfile, ...]:
    """All Fargate profiles of the cluster: one call, and one for each.

    Raises:
        ClientError: AWS refuses one of them.
        BotoCoreError: AWS isn't reached.
    """
    names = aws.pages("eks", "list_fargate_profiles", "fargateProfileNames", clusterName=cluster_name)
    found = concurrently(lambda name: _fargate_profile(aws, cluster_name, name), names, THREADS)
    return tuple(profile for profile in found if profile is not None)


def _fargate_profile(aws: AwsConnection, cluster_name: str, name: str) -> FargateProfile | None:
    """The profile, None where it was deleted meanwhile."""
    try:
        answer = aws.call("eks", "describe_fargate_profile", clusterName=cluster_name, fargateProfileName=name)
    except ClientError as error:
        if is_not_found(error):
            return None
        raise
    profile = answer["fargateProfile"]
    return FargateProfile(
        name=name,
        status=str(profile.get("status") or ""),
        selectors=tuple(
            FargateSelector(namespace=str(selector.get("namespace") or ""), labels=dict(selector.get("labels") or {}))
            for selector in profile.get("selectors") or ()
        ),
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, (list, tuple)) else ()


def _decoded(data: Any) -> str:
    try:
        return base64.b64decode(data).decode("ascii", "replace")
    except (TypeError, ValueError):
        return ""


def _date(value: Any) -> str:
    return value.date().isoformat() if isinstance(value, datetime) else str(value or "")
