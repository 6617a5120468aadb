# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""EKS managed add-ons."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from tests.testbed.aws import addon_catalogue, addon_configuration
from tests.testbed.aws.addon_configuration import parse_values
from tests.testbed.aws.addon_updates import render, start
from tests.testbed.aws.eks_state import (
    AddonIssue,
    AddonState,
    EksCluster,
    EksContext,
    EksOperation,
    Update,
    now,
)
from tests.testbed.aws.errors import AwsError
from tests.testbed.aws.paging import page
from tests.testbed.aws.updates import describe_update

_BUSY = ("CREATING", "UPDATING", "DELETING")


def _cluster(context: EksContext, parameters: Mapping[str, Any]) -> EksCluster:
    return context.clusters[str(parameters["clusterName"])]


def _addon(cluster: EksCluster, name: str) -> AddonState:
    addon = cluster.addons.get(name)
    if addon is None:
        raise AwsError(
            "ResourceNotFoundException",
            f"No addon: {name} found in cluster: {cluster.name}",
            404,
            {"clusterName": cluster.name, "addonName": name},
        )
    return addon


def _check_idle(cluster: EksCluster, addon: AddonState) -> None:
    if addon.status in _BUSY:
        raise AwsError(
            "ResourceInUseException",
            f"Addon {addon.name} cannot be updated as it is currently in {addon.status} state",
            409,
            {"clusterName": cluster.name, "addonName": addon.name},
        )


def _describe(cluster: EksCluster, addon: AddonState) -> dict[str, Any]:
    result: dict[str, Any] = {
        "addonName": addon.name,
        "clusterName": cluster.name,
        "status": addon.status,
        "addonVersion": addon.version,
        "addonArn": addon.arn,
        "createdAt": addon.created_at,
        "modifiedAt": addon.modified_at,
        "tags": addon.tags,
        "health": {
            "issues": [
                {"code": issue.code, "message": issue.message, "resourceIds": list(issue.resource_ids)}
                for issue in addon.issues
            ]
        },
    }
    if addon.configuration_values:
        result["configurationValues"] = addon.configuration_values
    if addon.service_account_role_arn:
        result["serviceAccountRoleArn"] = addon.service_account_role_arn
    if addon.pod_identity_associations:
        result["podIdentityAssociations"] = list(addon.pod_identity_associations)
    return result


def new_addon(
    cluster: EksCluster,
    name: str,
    version: str,
    configuration_values: str = "",
    service_account_role_arn: str = "",
    pod_identity_associations: tuple[str, ...] = (),
    status: str = "ACTIVE",
    issues: tuple[AddonIssue, ...] = (),
    tags: Mapping[str, str] | None = None,
) -> AddonState:
    """Put a managed add-on into a cluster, as if it had been there before."""
    values = parse_values(name, version, configuration_values)
    addon = AddonState(
        name=name,
        version=version,
        arn=cluster.child_arn("addon", name),
        status=status,
        configuration_values=configuration_values,
        service_account_role_arn=service_account_role_arn,
        pod_identity_associations=pod_identity_associations,
        issues=issues,
        tags=dict(tags or {}),
    )
    addon.rendered, addon.rendered_aws_node = render(name, version, values)
    cluster.addons[name] = addon
    return addon


def _check_role(context: EksContext, addon: str, role_arn: str) -> None:
    if role_arn and not context.principal_id(role_arn):
        raise AwsError("InvalidParameterException", f"Role {role_arn} does not exist", 400, {"addonName": addon})


def _associations(cluster: EksCluster, parameters: Mapping[str, Any]) -> tuple[str, ...] | None:
    """ARNs of the associations asked for: none for an empty list; None, for no change, where nothing was said."""
    wanted = parameters.get("podIdentityAssociations")
    if wanted is None:
        return None
    prefix = f"arn:{cluster.partition}:eks:{cluster.region}:{cluster.account}:podidentityassociation/{cluster.name}"
    return tuple(f"{prefix}/a-{secrets.token_hex(9)[:17]}" for _ in wanted)


def _create(context: EksContext, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    cluster, name = _cluster(context, parameters), str(parameters["addonName"])
    if name in cluster.addons:
        raise AwsError(
            "ResourceInUseException", "Addon already exists.", 409, {"clusterName": cluster.name, "addonName": name}
        )
    version = str(parameters.get("addonVersion") or addon_catalogue.default_version(name, cluster.version).version)
    role = str(parameters.get("serviceAccountRoleArn") or "")
    _check_role(context, name, role)
    addon = new_addon(
        cluster,
        name,
        version,
        str(parameters.get("configurationValues") or ""),
        role,
        _associations(cluster, parameters) or (),
        "CREATING",
        (),
        parameters.get("tags"),
    )
    addon.rendered, addon.rendered_aws_node = {}, {}
    resolve = str(parameters.get("resolveConflicts") or "NONE")
    start(context, cluster, addon, "create", resolve, Update("AddonUpdate", (), addon=name, status="InProgress"))
    return {"addon": _describe(cluster, addon)}


def _update(context: EksContext, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    cluster = _cluster(context, parameters)
    addon = _addon(cluster, str(parameters["addonName"]))
    _check_idle(cluster, addon)
    version = str(parameters.get("addonVersion") or addon.version)
    given = parameters.get("configurationValues")
    values = addon.configuration_values if given is None else ("" if str(given).strip() == "{}" else str(given))
    parse_values(addon.name, version, values)
    role = str(parameters.get("serviceAccountRoleArn") or "")
    _check_role(context, addon.name, role)
    addon.version, addon.configuration_values, addon.status = version, values, "UPDATING"
    # A role that is left out is not kept: the add-on falls back to the node role.
    addon.service_account_role_arn = role
    associations = _associations(cluster, parameters)
    if associations is not None:
        addon.pod_identity_associations = associations
    addon.modified_at = now()
    resolve = str(parameters.get("resolveConflicts") or "NONE")
    sent = {
        "AddonVersion": parameters.get("addonVersion"),
        "ServiceAccountRoleArn": role,
        "ResolveConflicts": parameters.get("resolveConflicts"),
        "ConfigurationValues": given,
    }
    update = Update("AddonUpdate", tuple((key, str(value)) for key, value in sent.items() if value), addon=addon.name)
    start(context, cluster, addon, "update", resolve, update)
    return {"update": describe_update(update)}


def _delete(context: EksContext, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    cluster = _cluster(context, parameters)
    addon = _addon(cluster, str(parameters["addonName"]))
    _check_idle(cluster, addon)
    addon.status = "DELETING"
    resolve = "PRESERVE" if parameters.get("preserve") else "NONE"
    start(context, cluster, addon, "delete", resolve, Update("AddonUpdate", (), addon=addon.name))
    return {"addon": _describe(cluster, addon)}


def _describe_addon(context: EksContext, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    cluster = _cluster(context, parameters)
    return {"addon": _describe(cluster, _addon(cluster, str(parameters["addonName"])))}


def _list(context: EksContext, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    names, token = page(sorted(_cluster(context, parameters).addons), parameters)
    return {"addons": names, **token}


OPERATIONS: Mapping[str, EksOperation] = {
    "CreateAddon": _create,
    "UpdateAddon": _update,
    "DeleteAddon": _delete,
    "DescribeAddon": _describe_addon,
    "ListAddons": _list,
    **addon_configuration.OPERATIONS,
}
