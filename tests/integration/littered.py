# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Emulated clusters that between them have all that makes an examination ask for more than it usually does."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import boto3
import pytest

from tests.integration.permissions.identities import cni_role_arn
from tests.testbed.legacy_objects import legacy_objects, service
from tests.testbed.pki import Authority
from tests.testbed.specs import AddonSpec, ClusterSpec, FargateProfileSpec, LegacySpec, LegacyVariant, NodeSpec
from tests.testbed.testbed import Testbed

EXAMINED = ("littered", "clean")
"""The one that asks for most comes first."""

POLICY = {
    "apiVersion": "vpcresources.k8s.aws/v1beta1",
    "kind": "SecurityGroupPolicy",
    "metadata": {"name": "some", "namespace": "default"},
    "spec": {"serviceAccountSelector": {"matchLabels": {"app": "some"}}, "securityGroups": {"groupIds": ["sg-1"]}},
}
NODE_CLASSES = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "ec2nodeclasses.karpenter.k8s.aws"},
    "spec": {
        "group": "karpenter.k8s.aws",
        "names": {
            "kind": "EC2NodeClass",
            "listKind": "EC2NodeClassList",
            "plural": "ec2nodeclasses",
            "singular": "ec2nodeclass",
        },
        "scope": "Cluster",
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
            }
        ],
    },
}
AUTHORITY = Authority("cluster")


def legacy(variant: LegacyVariant, **spec: Any) -> tuple[dict[str, Any], ...]:
    """All of legacy support, as a way of installing it left it, but for what the spec says."""
    found = legacy_objects(LegacySpec(variant, **spec), AUTHORITY)
    return (*found.first, *found.configurations)


CLEAN = ClusterSpec(
    "clean",
    policies=("AmazonEKSVPCResourceController",),
    nodes=(NodeSpec(),),
    addon=AddonSpec(service_account_role_arn=cni_role_arn()),
    fargate_profiles=(FargateProfileSpec("dns", ({"namespace": "kube-system"},)),),
    objects=(NODE_CLASSES,),
)
FLEET = (
    CLEAN,
    replace(
        CLEAN,
        name="littered",
        addon=AddonSpec(configuration_values='{"enableWindowsIpam": "true"}', service_account_role_arn=cni_role_arn()),
        # What eksctl left has another webhook's Secret, and only its Service and its Deployment are its own.
        objects=(NODE_CLASSES, POLICY, *legacy("B"), *legacy("F"), *service(LegacySpec("D"))),
    ),
)

WINDOWS_POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "windows", "namespace": "default"},
    "spec": {
        "nodeSelector": {"kubernetes.io/os": "windows"},
        "containers": [{"name": "c", "image": "example/image:1"}],
    },
}
OF_A_CLASS = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "of-a-class", "namespace": "default"},
    "spec": {
        "replicas": 0,
        "selector": {"matchLabels": {"app": "of-a-class"}},
        "template": {
            "metadata": {"labels": {"app": "of-a-class"}},
            "spec": {"runtimeClassName": "windows-2022", "containers": WINDOWS_POD["spec"]["containers"]},
        },
    },
}
RUNTIME_CLASS = {
    "apiVersion": "node.k8s.io/v1",
    "kind": "RuntimeClass",
    "metadata": {"name": "windows-2022"},
    "handler": "runhcs-wcow-process",
    "scheduling": {"nodeSelector": {"kubernetes.io/os": "windows"}},
}
OWN_WINDOWS_NODE = NodeSpec(
    os="windows",
    instance_type="c8ib.large",
    labels={"eks.amazonaws.com/nodegroup": ""},
    role_name="own-windows-node",
)
"""One that no managed node group made, whose role nothing lets into the cluster, and of a type that EC2 has and the
controller's list does not."""

IN_USE = ClusterSpec(
    "in-use",
    nodes=(NodeSpec(), NodeSpec(os="windows"), OWN_WINDOWS_NODE),
    config_map={"enable-windows-ipam": "true"},
    fargate_profiles=(FargateProfileSpec("dns", ({"namespace": "kube-system"},)),),
    objects=(POLICY, WINDOWS_POD, RUNTIME_CLASS, OF_A_CLASS),
)
"""One on which Windows runs. It is none of :data:`FLEET`."""

PREFIXES = ClusterSpec(
    "prefixes",
    nodes=(NodeSpec(), NodeSpec("nearly-full", os="windows")),
    config_map={"enable-windows-ipam": "true", "enable-windows-prefix-delegation": "true"},
    objects=tuple(
        {
            **WINDOWS_POD,
            "metadata": {"name": f"windows-{number}", "namespace": "default"},
            "spec": {**WINDOWS_POD["spec"], "nodeName": "nearly-full"},
        }
        for number in range(9)
    ),
)
"""One whose Windows node, which advertises no addresses, would be full without prefix delegation. It is none of
:data:`FLEET`."""


@contextmanager
def littered_testbed(*more: ClusterSpec) -> Iterator[Testbed]:
    """These clusters and some more, without controllers; their roles have policies whose documents have to be read."""
    with Testbed((*FLEET, *more), stand_ins=False) as testbed:
        own = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "ec2:DescribeInstances", "Resource": "*"}],
        }
        iam = client(testbed, "iam")
        arn = iam.create_policy(PolicyName="own", PolicyDocument=json.dumps(own))["Policy"]["Arn"]
        for name in EXAMINED:
            role = testbed.clusters[name].eks.role_name
            iam.attach_role_policy(RoleName=role, PolicyArn=arn)
            iam.put_role_policy(RoleName=role, PolicyName="inline", PolicyDocument=json.dumps(own))
        testbed.forget_requests()
        yield testbed


def client(testbed: Testbed, service_name: str, region: str = "us-east-1") -> Any:
    """boto3's client of a service of the testbed, as its administrator."""
    keys = testbed.aws.credentials()
    return boto3.client(
        service_name,
        region_name=region,
        endpoint_url=testbed.aws.endpoint(service_name),
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
    )


def become_client(testbed: Testbed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give this process the environment of a client of the testbed."""
    wanted = testbed.client_environment(os.environ)
    for variable in set(os.environ) - set(wanted):
        monkeypatch.delenv(variable)
    for variable, value in wanted.items():
        monkeypatch.setenv(variable, value)
