# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From an AWS identity to a Kubernetes user: access entries, then the aws-auth ConfigMap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from tests.testbed.aws.authenticator import Identity
from tests.testbed.aws.eks_state import AccessEntry, EksCluster


@dataclass(frozen=True)
class KubernetesUser:
    """Whom the API server sees."""

    username: str
    groups: tuple[str, ...]


def kubernetes_user(
    identity: Identity, cluster: EksCluster, aws_auth: Mapping[str, str] | None = None
) -> KubernetesUser | None:
    """The Kubernetes user of an identity, None where the cluster does not know it.

    Args:
        aws_auth: Data of ConfigMap kube-system/aws-auth, None where there is none; read unless the authentication
            mode is ``API``.

    Access entries come first. EKS's own authorizer grants what access policies allow; here the policy for cluster
    administrators adds group ``system:masters``, any other group ``eks-access-policy:<name>``, followed by
    ``:<namespace>`` for each namespace of its scope, to be bound by whoever runs the API server. The creator of a
    cluster that reads no access entries is its hidden administrator.
    """
    if "API" in cluster.authentication_mode:
        for entry in cluster.access_entries.values():
            if _is_for(entry, identity):
                return _user(entry, identity)
    if cluster.authentication_mode != "API":
        if cluster.authentication_mode == "CONFIG_MAP" and identity.canonical_arn == cluster.creator:
            return KubernetesUser("kubernetes-admin", ("system:masters",))
        return _from_aws_auth(identity, aws_auth or {})
    return None


def _is_for(entry: AccessEntry, identity: Identity) -> bool:
    kind, _, path = entry.principal_arn.rpartition(":")[2].partition("/")
    without_path = f"{entry.principal_arn.rpartition(':')[0]}:{kind}/{path.rpartition('/')[2]}"
    same_name = identity.canonical_arn in (entry.principal_arn, without_path)
    return same_name and (not entry.principal_id or entry.principal_id == identity.user_id.partition(":")[0])


def _fill(template: str, identity: Identity) -> str:
    values = {
        "AccountID": identity.account,
        "SessionName": identity.session_name.replace("@", "-"),
        "SessionNameRaw": identity.session_name,
        "AccessKeyID": identity.access_key,
        "EC2PrivateDNSName": identity.session_name,
    }
    for name, value in values.items():
        template = template.replace(f"{{{{{name}}}}}", value)
    return template


def _user(entry: AccessEntry, identity: Identity) -> KubernetesUser:
    groups = list(entry.groups)
    for policy in entry.policies.values():
        name = policy.arn.rpartition("/")[2]
        if name == "AmazonEKSClusterAdminPolicy" and policy.scope == "cluster":
            groups.append("system:masters")
        elif policy.scope == "cluster":
            groups.append(f"eks-access-policy:{name}")
        else:
            groups.extend(f"eks-access-policy:{name}:{namespace}" for namespace in policy.namespaces)
    return KubernetesUser(_fill(entry.username, identity), tuple(groups))


def _rows(aws_auth: Mapping[str, str], key: str) -> list[dict[str, Any]]:
    # The authenticator of EKS, too, ignores a list that it cannot read.
    try:
        rows = yaml.safe_load(aws_auth.get(key) or "[]")
    except yaml.YAMLError:
        return []
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _from_aws_auth(identity: Identity, aws_auth: Mapping[str, str]) -> KubernetesUser | None:
    for key, member in (("mapRoles", "rolearn"), ("mapUsers", "userarn")):
        for row in _rows(aws_auth, key):
            # A role ARN with a path never matches here: the canonical ARN has none.
            if str(row.get(member, "")).lower() == identity.canonical_arn.lower():
                username = _fill(str(row.get("username") or identity.canonical_arn), identity)
                groups = tuple(_fill(str(group), identity) for group in row.get("groups") or ())
                return KubernetesUser(username, groups)
    accounts = yaml.safe_load(aws_auth.get("mapAccounts") or "[]")
    if isinstance(accounts, list) and identity.account in map(str, accounts):
        return KubernetesUser(identity.canonical_arn, ())
    return None
