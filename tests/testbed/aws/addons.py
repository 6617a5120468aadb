# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""EKS managed add-ons."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml
from jsonschema import Draft7Validator

from tests.testbed.aws import addon_catalogue
from tests.testbed.aws.eks_state import (
    AddonIssue,
    AddonState,
    AppliedAddon,
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


def parse_values(addon: str, version: str, text: str) -> dict[str, Any]:
    """Configuration values, JSON or YAML, checked against the version's schema.

    Raises:
        AwsError: InvalidParameterException as EKS answers.
    """
    try:
        values = yaml.safe_load(text) if text.strip() else {}
    except yaml.YAMLError as error:
        raise _unsupported(addon, f"the value is neither JSON nor YAML: {error}") from None
    if not isinstance(values, dict):
        raise _unsupported(addon, "the value is not an object")
    schema = addon_catalogue.schema_of(addon_catalogue.find_version(addon, version))
    errors = [
        f"$.{'.'.join(map(str, error.path))}: {error.message}" for error in Draft7Validator(schema).iter_errors(values)
    ]
    if errors:
        raise _unsupported(addon, f"Json schema validation failed with error: [{', '.join(sorted(errors))}]")
    return values


def _unsupported(addon: str, reason: str) -> AwsError:
    message = f"ConfigurationValue provided in request is not supported: {reason}"
    return AwsError("InvalidParameterException", message, 400, {"addonName": addon})


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
        issues=issues,
        tags=dict(tags or {}),
        rendered=addon_catalogue.render_config_map(name, version, values),
    )
    cluster.addons[name] = addon
    return addon


def _apply(context: EksContext, cluster: EksCluster, addon: AddonState, update: Update, applied: AppliedAddon) -> None:
    """Write the add-on into the cluster and settle its status; runs after the request was answered."""
    hook = context.settings.on_addon_applied
    try:
        conflicts = tuple(hook(cluster, applied)) if hook else ()
    except Exception as error:  # noqa: BLE001 whatever the test's hook raises, the add-on has to say it
        failure = AddonIssue("ClusterUnreachable", f"The cluster could not be reached: {error}")
    else:
        text = (
            f"Apply failed with {len(conflicts)} conflicts: conflicts found for ConfigMap amazon-vpc-cni kube-system: "
        )
        failure = AddonIssue("ConfigurationConflict", text + ", ".join(conflicts)) if conflicts else AddonIssue("", "")
    with context.lock:
        addon.modified_at = now()
        if failure.code:
            addon.status = {"create": "CREATE_FAILED", "update": "UPDATE_FAILED"}.get(applied.action, "DELETE_FAILED")
            addon.issues = (failure,)
            update.status, update.errors = "Failed", (failure,)
            return
        update.status = "Successful"
        if applied.action == "delete":
            cluster.addons.pop(addon.name, None)
            return
        addon.rendered = dict(applied.desired)
        addon.status, addon.issues = "ACTIVE", ()


def _start(
    context: EksContext, cluster: EksCluster, addon: AddonState, action: str, resolve: str, update: Update
) -> None:
    values = parse_values(addon.name, addon.version, addon.configuration_values)
    desired = addon_catalogue.render_config_map(addon.name, addon.version, values)
    applied = AppliedAddon(addon.name, addon.version, action, resolve, desired, dict(addon.rendered))
    cluster.updates[update.id] = update
    context.later(context.settings.addon_seconds, lambda: _apply(context, cluster, addon, update, applied))


def _check_role(context: EksContext, addon: str, role_arn: str) -> None:
    if role_arn and not context.principal_id(role_arn):
        raise AwsError("InvalidParameterException", f"Role {role_arn} does not exist", 400, {"addonName": addon})


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
        "CREATING",
        (),
        parameters.get("tags"),
    )
    addon.rendered = {}
    resolve = str(parameters.get("resolveConflicts") or "NONE")
    _start(context, cluster, addon, "create", resolve, Update("AddonUpdate", (), addon=name, status="InProgress"))
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
    addon.modified_at = now()
    resolve = str(parameters.get("resolveConflicts") or "NONE")
    sent = {
        "AddonVersion": parameters.get("addonVersion"),
        "ServiceAccountRoleArn": role,
        "ResolveConflicts": parameters.get("resolveConflicts"),
        "ConfigurationValues": given,
    }
    update = Update("AddonUpdate", tuple((key, str(value)) for key, value in sent.items() if value), addon=addon.name)
    _start(context, cluster, addon, "update", resolve, update)
    return {"update": describe_update(update)}


def _delete(context: EksContext, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    cluster = _cluster(context, parameters)
    addon = _addon(cluster, str(parameters["addonName"]))
    _check_idle(cluster, addon)
    addon.status = "DELETING"
    resolve = "PRESERVE" if parameters.get("preserve") else "NONE"
    _start(context, cluster, addon, "delete", resolve, Update("AddonUpdate", (), addon=addon.name))
    return {"addon": _describe(cluster, addon)}


def _describe_addon(context: EksContext, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    cluster = _cluster(context, parameters)
    return {"addon": _describe(cluster, _addon(cluster, str(parameters["addonName"])))}


def _list(context: EksContext, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    names, token = page(sorted(_cluster(context, parameters).addons), parameters)
    return {"addons": names, **token}


def _describe_configuration(context: EksContext, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    entry = addon_catalogue.find_version(str(parameters["addonName"]), str(parameters["addonVersion"]))
    return {
        "addonName": entry.addon,
        "addonVersion": entry.version,
        "configurationSchema": json.dumps(addon_catalogue.schema_of(entry), sort_keys=True),
    }


def _describe_versions(context: EksContext, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    wanted, cluster_version = parameters.get("addonName"), parameters.get("kubernetesVersion")
    addons: dict[str, dict[str, Any]] = {}
    for entry in addon_catalogue.CATALOGUE:
        if wanted not in (None, entry.addon) or (cluster_version and cluster_version not in entry.clusters):
            continue
        addon = addons.setdefault(
            entry.addon,
            {
                "addonName": entry.addon,
                "type": "networking",
                "publisher": "eks",
                "owner": "aws",
                "defaultNamespace": "kube-system",
                "addonVersions": [],
            },
        )
        addon["addonVersions"].append(
            {
                "addonVersion": entry.version,
                "architecture": ["amd64", "arm64"],
                "computeTypes": ["ec2"],
                "compatibilities": [
                    {
                        "clusterVersion": version,
                        "platformVersions": ["*"],
                        "defaultVersion": version in entry.default_for,
                    }
                    for version in entry.clusters
                    if cluster_version in (None, version)
                ],
                "requiresConfiguration": False,
                "requiresIamPermissions": entry.addon == "vpc-cni",
            }
        )
    rows, token = page(list(addons.values()), parameters)
    return {"addons": rows, **token}


OPERATIONS: Mapping[str, EksOperation] = {
    "CreateAddon": _create,
    "UpdateAddon": _update,
    "DeleteAddon": _delete,
    "DescribeAddon": _describe_addon,
    "ListAddons": _list,
    "DescribeAddonConfiguration": _describe_configuration,
    "DescribeAddonVersions": _describe_versions,
}
