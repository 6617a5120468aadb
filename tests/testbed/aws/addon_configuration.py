# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What EKS offers as add-ons and how these may be configured."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml
from jsonschema import Draft7Validator

from tests.testbed.aws import addon_catalogue
from tests.testbed.aws.eks_state import EksContext, EksOperation
from tests.testbed.aws.errors import AwsError
from tests.testbed.aws.paging import page


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
    "DescribeAddonConfiguration": _describe_configuration,
    "DescribeAddonVersions": _describe_versions,
}
