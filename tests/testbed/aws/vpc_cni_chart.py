# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the chart of add-on vpc-cni renders from its values, as far as Windows support looks at it.

ConfigMap amazon-vpc-cni is part of the chart since v1.14.0, its keys for prefix delegation and targets since v1.16.0
(aws/amazon-vpc-cni-k8s, charts/aws-vpc-cni/templates/configmap.yaml). Of DaemonSet aws-node only the image and the
environment of its container of that name follow version and values; the environment's defaults are a selection.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

AWS_NODE_ENV: Mapping[str, str] = {
    "AWS_VPC_CNI_NODE_PORT_SUPPORT": "true",
    "AWS_VPC_ENI_MTU": "9001",
    "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "false",
    "AWS_VPC_K8S_CNI_EXTERNALSNAT": "false",
    "ENABLE_POD_ENI": "false",
    "ENABLE_PREFIX_DELEGATION": "false",
    "WARM_ENI_TARGET": "1",
}
_REGISTRY = "602401143452.dkr.ecr.us-east-1.amazonaws.com"


def _minor(version: str) -> int:
    match = re.match(r"v1\.(\d+)\.", version)
    if match is None:
        raise ValueError(f"no version of add-on vpc-cni: {version}")
    return int(match[1])


def render_config_map(version: str, values: Mapping[str, Any]) -> dict[str, str]:
    """The data of ConfigMap kube-system/amazon-vpc-cni, empty where the chart has no such ConfigMap."""
    minor = _minor(version)
    if minor < 14:
        return {}
    data = {
        "enable-network-policy-controller": str(values.get("enableNetworkPolicy", "false")),
        "enable-windows-ipam": str(values.get("enableWindowsIpam", "false")),
    }
    if minor >= 16:
        data["enable-windows-prefix-delegation"] = str(values.get("enableWindowsPrefixDelegation", "false"))
        data["warm-prefix-target"] = str(values.get("warmWindowsPrefixTarget", 0))
        data["warm-ip-target"] = str(values.get("warmWindowsIPTarget", 1))
        data["minimum-ip-target"] = str(values.get("minimumWindowsIPTarget", 3))
        data["branch-eni-cooldown"] = str(values.get("branchENICooldown", 60))
    return data


def image(version: str) -> str:
    """The image of aws-node, of an add-on's version (``v1.19.0-eksbuild.1``) or of the chart's."""
    return f"{_REGISTRY}/amazon-k8s-cni:{version.partition('-')[0]}"


def render_aws_node(version: str, values: Mapping[str, Any]) -> dict[str, str]:
    """The fields of DaemonSet aws-node's container of that name: ``image``, and by :func:`variable_field` its
    environment."""
    env = {**AWS_NODE_ENV, **(values.get("env") or {})}
    return {"image": image(version), **{variable_field(str(name)): str(value) for name, value in env.items()}}


def variable_field(name: str) -> str:
    """The field of an environment variable, as conflicts name it."""
    return f'env[name="{name}"].value'


def container_fields(container: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a container of Kubernetes' API, as :func:`render_aws_node` names them; values taken from elsewhere
    are left out."""
    env = {str(entry["name"]): str(entry["value"]) for entry in container.get("env", []) if "value" in entry}
    return {"image": str(container["image"]), **{variable_field(name): value for name, value in env.items()}}


def with_fields(container: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    """A container with these fields, and all else as it was."""
    env = [
        {"name": entry["name"], "value": fields.get(variable_field(str(entry["name"])), entry.get("value"))}
        if "valueFrom" not in entry
        else dict(entry)
        for entry in container.get("env", [])
    ]
    there = {str(entry["name"]) for entry in env}
    names = [field.split('"')[1] for field in fields if field != "image"]
    added = [{"name": name, "value": fields[variable_field(name)]} for name in names if name not in there]
    return {**container, "image": fields["image"], "env": env + added}
