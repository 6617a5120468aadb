# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The add-on versions that the testbed's EKS offers, and their schemas.

Of the schema of 1.15.1 the AWS CLI's example for describe-addon-configuration is the source for what concerns
Windows: enableWindowsIpam at the top, a string of format boolean, and nothing additional allowed. Its other keys are
plausible ones, not read from there. The official schema of 1.16 and later was not to be read anywhere: ours adds the
values of the chart of that version, the whole numbers as integers, as public configurations pass them. Of 1.13 and
older only what the chart says is known: it has no value for Windows.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.testbed.aws.errors import AwsError

_BOOLEAN = {"format": "boolean", "type": "string"}
_INTEGER = {"format": "integer", "type": "string"}
_STRING = {"type": "string"}

_ENV: dict[str, Any] = {
    "ADDITIONAL_ENI_TAGS": _STRING,
    "ANNOTATE_POD_IP": _BOOLEAN,
    "AWS_EC2_ENDPOINT": _STRING,
    "AWS_EXTERNAL_SERVICE_CIDRS": _STRING,
    "AWS_MANAGE_ENIS_NON_SCHEDULABLE": _BOOLEAN,
    "AWS_VPC_CNI_NODE_PORT_SUPPORT": _BOOLEAN,
    "AWS_VPC_ENI_MTU": _INTEGER,
    "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": _BOOLEAN,
    "AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS": _STRING,
    "AWS_VPC_K8S_CNI_EXTERNALSNAT": _BOOLEAN,
    "AWS_VPC_K8S_CNI_LOGLEVEL": _STRING,
    "AWS_VPC_K8S_CNI_LOG_FILE": _STRING,
    "AWS_VPC_K8S_CNI_RANDOMIZESNAT": _STRING,
    "AWS_VPC_K8S_CNI_VETHPREFIX": _STRING,
    "AWS_VPC_K8S_PLUGIN_LOG_FILE": _STRING,
    "AWS_VPC_K8S_PLUGIN_LOG_LEVEL": _STRING,
    "CLUSTER_ENDPOINT": _STRING,
    "DISABLE_INTROSPECTION": _BOOLEAN,
    "DISABLE_LEAKED_ENI_CLEANUP": _BOOLEAN,
    "DISABLE_METRICS": _BOOLEAN,
    "DISABLE_NETWORK_RESOURCE_PROVISIONING": _BOOLEAN,
    "DISABLE_POD_V6": _BOOLEAN,
    "ENABLE_BANDWIDTH_PLUGIN": _BOOLEAN,
    "ENABLE_POD_ENI": _BOOLEAN,
    "ENABLE_PREFIX_DELEGATION": _BOOLEAN,
    "ENABLE_V4_EGRESS": _BOOLEAN,
    "ENABLE_V6_EGRESS": _BOOLEAN,
    "ENI_CONFIG_ANNOTATION_DEF": _STRING,
    "ENI_CONFIG_LABEL_DEF": _STRING,
    "INTROSPECTION_BIND_ADDRESS": _STRING,
    "IP_COOLDOWN_PERIOD": _INTEGER,
    "MAX_ENI": _INTEGER,
    "MINIMUM_IP_TARGET": _INTEGER,
    "POD_SECURITY_GROUP_ENFORCING_MODE": _STRING,
    "WARM_ENI_TARGET": _INTEGER,
    "WARM_IP_TARGET": _INTEGER,
    "WARM_PREFIX_TARGET": _INTEGER,
}


def _closed(title: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"additionalProperties": False, "properties": dict(properties), "title": title, "type": "object"}


def _vpc_cni_schema(windows_ipam: bool = True, windows_prefix_delegation: bool = True) -> dict[str, Any]:
    resources = {"$ref": "#/definitions/Resources"}
    properties: dict[str, Any] = {
        "affinity": {"type": ["object", "null"]},
        "eniConfig": {"$ref": "#/definitions/EniConfig"},
        "env": {"$ref": "#/definitions/Env"},
        "init": {"$ref": "#/definitions/Init"},
        "livenessProbeTimeoutSeconds": {"type": "integer"},
        "nodeAgent": {"$ref": "#/definitions/NodeAgent"},
        "nodeSelector": {"type": ["object", "null"]},
        "podAnnotations": {"type": ["object", "null"]},
        "podLabels": {"type": ["object", "null"]},
        "readinessProbeTimeoutSeconds": {"type": "integer"},
        "resources": resources,
        "tolerations": {"items": {"type": "object"}, "type": "array"},
    }
    if windows_ipam:
        properties["enableNetworkPolicy"] = _BOOLEAN
        properties["enableWindowsIpam"] = _BOOLEAN
    if windows_prefix_delegation:
        properties["enableWindowsPrefixDelegation"] = _BOOLEAN
        for name in ("warmWindowsPrefixTarget", "warmWindowsIPTarget", "minimumWindowsIPTarget", "branchENICooldown"):
            properties[name] = {"type": "integer"}
    limits = _closed("Limits", {"cpu": _STRING, "memory": _STRING})
    subnet = _closed("Subnet", {"id": _STRING, "securityGroups": {"items": _STRING, "type": "array"}})
    subnet["required"] = ["id"]
    eni_config = _closed(
        "EniConfig",
        {
            "create": {"type": "boolean"},
            "region": _STRING,
            "subnets": {"additionalProperties": subnet, "minProperties": 1, "type": "object"},
        },
    )
    eni_config["required"] = ["create", "region", "subnets"]
    init_env = _closed("InitEnv", {"DISABLE_TCP_EARLY_DEMUX": _BOOLEAN, "ENABLE_V6_EGRESS": _BOOLEAN})
    return {
        "$ref": "#/definitions/VpcCni",
        "$schema": "http://json-schema.org/draft-06/schema#",
        "definitions": {
            "EniConfig": eni_config,
            "Env": _closed("Env", _ENV),
            "Init": _closed("Init", {"env": init_env}),
            "Limits": limits,
            "NodeAgent": _closed(
                "NodeAgent",
                {
                    "enableCloudWatchLogs": _BOOLEAN,
                    "enablePolicyEventLogs": _BOOLEAN,
                    "healthProbeBindAddr": _STRING,
                    "metricsBindAddr": _STRING,
                    "resources": resources,
                },
            ),
            "Resources": _closed(
                "Resources", {"limits": {"$ref": "#/definitions/Limits"}, "requests": {"$ref": "#/definitions/Limits"}}
            ),
            "VpcCni": _closed("VpcCni", properties),
        },
        "description": "vpc-cni",
    }


def _plain_schema(title: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"$schema": "http://json-schema.org/draft-06/schema#", **_closed(title, properties)}


@dataclass(frozen=True)
class AddonVersion:
    """A version on offer, for the Kubernetes versions ``clusters``, of which it is the default for ``default_for``."""

    addon: str
    version: str
    clusters: tuple[str, ...]
    default_for: tuple[str, ...]
    schema: Mapping[str, Any]


_ALL = tuple(f"1.{minor}" for minor in range(23, 36))
_RECENT = tuple(f"1.{minor}" for minor in range(29, 36))
_COREDNS = _plain_schema("coredns", {"replicaCount": {"type": "integer"}, "computeType": _STRING})
_KUBE_PROXY = _plain_schema("kube-proxy", {"mode": {"enum": ["iptables", "ipvs"], "type": "string"}})

CATALOGUE: tuple[AddonVersion, ...] = (
    AddonVersion("vpc-cni", "v1.20.4-eksbuild.1", _RECENT, _RECENT, _vpc_cni_schema()),
    AddonVersion("vpc-cni", "v1.19.0-eksbuild.1", _ALL, (), _vpc_cni_schema()),
    AddonVersion("vpc-cni", "v1.16.0-eksbuild.1", _ALL, (), _vpc_cni_schema()),
    AddonVersion("vpc-cni", "v1.15.1-eksbuild.1", _ALL, _ALL[:6], _vpc_cni_schema(True, False)),
    AddonVersion("vpc-cni", "v1.13.4-eksbuild.1", _ALL, (), _vpc_cni_schema(False, False)),
    AddonVersion("coredns", "v1.11.4-eksbuild.2", _ALL, _ALL, _COREDNS),
    AddonVersion("kube-proxy", "v1.31.3-eksbuild.2", _ALL, _ALL, _KUBE_PROXY),
)


def find_version(addon: str, version: str) -> AddonVersion:
    """A version on offer.

    Raises:
        AwsError: ResourceNotFoundException for an unknown add-on, InvalidParameterException for its version.
    """
    known = [entry for entry in CATALOGUE if entry.addon == addon]
    if not known:
        raise AwsError("ResourceNotFoundException", f"Addon {addon} specified is not supported", 404)
    for entry in known:
        if entry.version == version:
            return entry
    raise AwsError(
        "InvalidParameterException",
        f"Addon version specified is not supported: {addon} {version}",
        400,
        {"addonName": addon},
    )


def default_version(addon: str, cluster_version: str) -> AddonVersion:
    """The version that EKS installs when none is named."""
    for entry in CATALOGUE:
        if entry.addon == addon and cluster_version in entry.default_for:
            return entry
    return find_version(addon, "")


def schema_of(entry: AddonVersion) -> dict[str, Any]:
    """A copy of the configuration schema."""
    return copy.deepcopy(dict(entry.schema))
