# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CustomResourceDefinitions that EKS and Karpenter install, as far as clusters here need them: any content passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tests.testbed.kubernetes.admin import Json


def _definition(
    group: str, version: str, kind: str, plural: str, namespaced: bool, short_names: tuple[str, ...] = ()
) -> Json:
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced" if namespaced else "Cluster",
            "names": {
                "kind": kind,
                "listKind": f"{kind}List",
                "plural": plural,
                "singular": kind.lower(),
                **({"shortNames": list(short_names)} if short_names else {}),
            },
            "versions": [{"name": version, "served": True, "storage": True, "schema": schema}],
        },
    }


SECURITY_GROUP_POLICY = _definition(
    "vpcresources.k8s.aws", "v1beta1", "SecurityGroupPolicy", "securitygrouppolicies", True, ("sgp",)
)
CNI_NODE = _definition("vpcresources.k8s.aws", "v1alpha1", "CNINode", "cninodes", False, ("cnd",))
ENI_CONFIG = _definition("crd.k8s.amazonaws.com", "v1alpha1", "ENIConfig", "eniconfigs", False)
EC2_NODE_CLASS = _definition("karpenter.k8s.aws", "v1", "EC2NodeClass", "ec2nodeclasses", False, ("ec2nc", "ec2ncs"))

CERTIFICATE = _definition("cert-manager.io", "v1", "Certificate", "certificates", True, ("cert", "certs"))

EKS_DEFINITIONS = (SECURITY_GROUP_POLICY, CNI_NODE, ENI_CONFIG)
"""What the CNI and the VPC resource controller bring."""

DEFINITIONS = (*EKS_DEFINITIONS, EC2_NODE_CLASS, CERTIFICATE)
"""All of them."""


def definitions_of(manifests: Iterable[Mapping[str, Any]]) -> list[Json]:
    """The definitions of :data:`DEFINITIONS` that these objects need, each once."""
    needed = {(str(each["apiVersion"]).partition("/")[0], each["kind"]) for each in manifests}
    return [each for each in DEFINITIONS if (each["spec"]["group"], each["spec"]["names"]["kind"]) in needed]
