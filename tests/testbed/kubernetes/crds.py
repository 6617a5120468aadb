# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CustomResourceDefinitions that EKS installs, as far as clusters here need them."""

from __future__ import annotations

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

EKS_DEFINITIONS = (SECURITY_GROUP_POLICY, CNI_NODE, ENI_CONFIG)
"""What the CNI and the VPC resource controller bring."""
