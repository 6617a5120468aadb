# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from botocore.exceptions import EndpointConnectionError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.attempt import (
    aws_attempt,
    kubernetes_attempt,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    NotAdmitted,
    Unknown,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.permissions import (
    needed_resource,
    needed_verb,
)


def raising(error: Exception):
    def read() -> None:
        raise error

    return read


def test_what_was_read() -> None:
    assert aws_attempt("eks:DescribeAddon", lambda: 1) == 1
    assert kubernetes_attempt(lambda: 1) == 1


def test_a_refused_call_is_the_source(aws) -> None:
    unknown = aws_attempt("iam:ListAttachedRolePolicies", raising(aws.refusal("AccessDenied", "GetPolicy")))
    assert unknown == Unknown(
        "iam:GetPolicy",
        "An error occurred (AccessDenied) when calling the GetPolicy operation: AccessDenied said",
        "Give the caller iam:GetPolicy",
    )


def test_an_unreachable_service(aws) -> None:
    error = EndpointConnectionError(endpoint_url="https://eks.eu-central-1.amazonaws.com/")
    unknown = aws_attempt("eks:DescribeAddon", raising(error))
    assert isinstance(unknown, Unknown)
    assert (unknown.source, "https://eks.eu-central-1.amazonaws.com/" in unknown.reason) == ("eks:DescribeAddon", True)
    assert "network" in unknown.remedy


def test_a_failure_with_its_own_remedy() -> None:
    assert aws_attempt("eks:DescribeAddon", raising(EksWindowsError("no", "do"))) == Unknown(
        "eks:DescribeAddon", "no", "do"
    )


@pytest.mark.parametrize(
    ("status", "message", "remedy"),
    [
        (401, "Unauthorized", "access entry or an aws-auth mapping"),
        (401, "Unauthorized", "given by option or K8S_AUTH_API_KEY may have expired or be another cluster's"),
        (403, "forbidden", "Allow the identity to list nodes in the whole cluster"),
        (0, "[SSL: CERTIFICATE_VERIFY_FAILED]", "intercepts TLS"),
        (0, "https://cluster did not answer", "Make https://cluster reachable"),
        (503, "etcd is down", "Try again"),
    ],
)
def test_what_kubernetes_refuses(status: int, message: str, remedy: str) -> None:
    error = KubernetesError("GET", "/api/v1/nodes", status, "", message, "https://cluster")
    unknown = kubernetes_attempt(raising(error))
    assert isinstance(unknown, Unknown)
    assert (unknown.source, unknown.reason) == ("GET /api/v1/nodes", message)
    assert remedy in unknown.remedy


def test_other_errors_are_not_swallowed() -> None:
    for attempt in (kubernetes_attempt, lambda read: aws_attempt("eks:X", read)):
        with pytest.raises(ZeroDivisionError):
            attempt(lambda: 1 / 0)


@pytest.mark.parametrize(
    ("method", "path", "verb", "resource"),
    [
        ("GET", "/api/v1/nodes", "list", "nodes in the whole cluster"),
        ("GET", "/api/v1/namespaces/a/pods", "list", "pods in namespace a"),
        ("GET", "/api/v1/namespaces/a", "get", "namespaces a in the whole cluster"),
        ("POST", "/api/v1/namespaces/a/pods", "create", "pods in namespace a"),
        (
            "GET",
            "/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node",
            "get",
            "daemonsets.apps aws-node in namespace kube-system",
        ),
        (
            "GET",
            "/apis/vpcresources.k8s.aws/v1beta1/securitygrouppolicies",
            "list",
            "securitygrouppolicies.vpcresources.k8s.aws in the whole cluster",
        ),
        ("GET", "/apis/karpenter.k8s.aws", "get", "the non-resource URL /apis/karpenter.k8s.aws"),
    ],
)
def test_permission_of_a_path(method: str, path: str, verb: str, resource: str) -> None:
    assert (needed_verb(method, path), needed_resource(path)) == (verb, resource)


POD = 'pods is forbidden: User "jane" cannot create resource "pods" in API group "" in the namespace "a"'


@pytest.mark.parametrize(
    ("status", "message", "remedy"),
    [
        (403, POD, "Allow the identity to create pods in namespace a"),
        (404, 'namespaces "a" not found', "(role variable eks_windows_probe_namespace): a does not"),
        (403, 'pods "p" is forbidden: exceeded quota: small', "quota, pod security and admission webhooks"),
        (403, 'pods "p" is forbidden: violates PodSecurity "restricted:latest"', "a refuses it"),
        (400, 'admission webhook "w" denied the request', "Name by probe_namespace (role variable"),
        (503, "etcd is down", "Try again"),
    ],
)
def test_what_is_made_of_a_probe_that_is_refused(status: int, message: str, remedy: str) -> None:
    error = KubernetesError("POST", "/api/v1/namespaces/a/pods", status, "", message, "https://cluster")
    unknown = kubernetes_attempt(raising(error))
    assert isinstance(unknown, Unknown)
    assert isinstance(unknown, NotAdmitted) is ("probe_namespace" in unknown.remedy)
    assert remedy in unknown.remedy
    assert ("Allow the identity" in unknown.remedy) is (message == POD)
