# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError, ReadTimeoutError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.managed_addon import (
    AddonDescription,
    AddonInUseError,
    AddonIssue,
    AddonUpdate,
    ManagedAddon,
)

ROLE = "arn:aws:iam::111122223333:role/vpc-cni"
DESCRIBED = AddonDescription("vpc-cni", "arn", "v1", "ACTIVE", "{}", ROLE, ("arn:a",))


class FakeConnection:
    """Answers each call by ``answer``, or raises it."""

    region = "eu-central-1"

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def call(self, service: str, operation: str, **parameters: Any) -> Any:
        assert service == "eks"
        self.calls.append((operation, parameters))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def refusal(code: str, message: str, operation: str, retries: int = 0, status: int = 400) -> ClientError:
    metadata: Any = {"RetryAttempts": retries, "HTTPStatusCode": status}
    return ClientError({"Error": {"Code": code, "Message": message}, "ResponseMetadata": metadata}, operation)


def addon(answer: Any) -> tuple[ManagedAddon, FakeConnection]:
    connection: Any = FakeConnection(answer)
    return ManagedAddon(connection, "c", "vpc-cni"), connection


def failure_of(method: str, answer: Any, *arguments: Any) -> EksWindowsError:
    managed, _connection = addon(answer)
    with pytest.raises(EksWindowsError) as caught:
        getattr(managed, method)(*arguments)
    return caught.value


def test_describe() -> None:
    managed, connection = addon(
        {
            "addon": {
                "addonArn": "arn:addon",
                "addonVersion": "v1",
                "status": "DEGRADED",
                "configurationValues": "a: b",
                "serviceAccountRoleArn": ROLE,
                "podIdentityAssociations": ["arn:b", "arn:a"],
                "health": {"issues": [{"code": "X", "message": "is ill", "resourceIds": ["r"]}, {"code": "Y"}]},
            }
        }
    )
    issues = (AddonIssue("X", "is ill", ("r",)), AddonIssue("Y", ""))
    assert managed.describe() == AddonDescription(
        "vpc-cni", "arn:addon", "v1", "DEGRADED", "a: b", ROLE, ("arn:a", "arn:b"), issues
    )
    assert connection.calls == [("describe_addon", {"clusterName": "c", "addonName": "vpc-cni"})]
    assert [str(issue) for issue in issues] == ["X: is ill (r)", "Y: "]


def test_describe_what_eks_tells_little_of() -> None:
    assert addon({"addon": {"status": "ACTIVE"}})[0].describe() == AddonDescription("vpc-cni", "", "", "ACTIVE")
    assert "EKS tells nothing of it" in str(failure_of("describe", {}))


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        ("No addon: vpc-cni found in cluster: c", "EKS does not manage it there"),
        ("No cluster found for name: addon.", "Check the cluster's name"),
    ],
)
def test_describe_what_is_not_there(message: str, remedy: str) -> None:
    error = failure_of("describe", refusal("ResourceNotFoundException", message, "DescribeAddon"))
    assert "add-on vpc-cni of cluster c in region eu-central-1" in str(error)
    assert message in str(error)
    assert error.remedy.startswith(remedy)


@pytest.mark.parametrize(
    ("method", "arguments", "permission"),
    [
        ("describe", (), "eks:DescribeAddon"),
        ("schema", ("v1",), "eks:DescribeAddonConfiguration"),
        ("update", (DESCRIBED, "{}"), "eks:UpdateAddon"),
        ("describe_update", ("u",), "eks:DescribeUpdate"),
    ],
)
def test_a_permission_that_is_missing_is_named(method: str, arguments: tuple[Any, ...], permission: str) -> None:
    error = failure_of(method, refusal("AccessDeniedException", "not authorized", method), *arguments)
    assert error.remedy == f"Give the caller {permission}"
    assert "add-on vpc-cni of cluster c" in str(error)


def test_passing_the_role_is_a_permission_of_its_own() -> None:
    message = f"User: arn:aws:iam::111122223333:user/u is not authorized to perform: iam:PassRole on resource: {ROLE}"
    error = failure_of("update", refusal("AccessDeniedException", message, "UpdateAddon"), DESCRIBED, "{}")
    assert error.remedy == f"Give the caller iam:PassRole on {ROLE}"


def test_schema() -> None:
    managed, connection = addon({"configurationSchema": '{"type": "object"}'})
    assert managed.schema("v1") == {"type": "object"}
    assert connection.calls == [("describe_addon_configuration", {"addonName": "vpc-cni", "addonVersion": "v1"})]


@pytest.mark.parametrize("answer", [{}, {"configurationSchema": ""}, {"configurationSchema": "[]"}])
def test_a_version_without_schema(answer: dict[str, str]) -> None:
    error = failure_of("schema", answer, "v1")
    assert "add-on vpc-cni of cluster c, version v1: EKS has none" in str(error)


def test_a_version_that_is_no_longer_offered() -> None:
    answer = refusal("InvalidParameterException", "Addon version is not supported", "DescribeAddonConfiguration")
    assert "Update add-on vpc-cni of cluster c to a version" in failure_of("schema", answer, "v1").remedy


@pytest.mark.parametrize("role", [ROLE, ""])
def test_update_sends_what_would_be_lost_and_nothing_that_stays(role: str) -> None:
    managed, connection = addon({"update": {"id": "u", "status": "InProgress"}})
    described = AddonDescription("vpc-cni", "arn", "v1", "ACTIVE", "{}", role, ("arn:a",))
    assert managed.update(described, "a: b") == AddonUpdate("u", "InProgress")
    sent = {
        "clusterName": "c",
        "addonName": "vpc-cni",
        "addonVersion": "v1",
        "configurationValues": "a: b",
        "resolveConflicts": "PRESERVE",
    }
    assert connection.calls == [("update_addon", {**sent, "serviceAccountRoleArn": role} if role else sent)]


@pytest.mark.parametrize("retries", [0, 1])
def test_update_of_what_is_in_use(retries: int) -> None:
    error = failure_of("update", refusal("ResourceInUseException", "UPDATING", "UpdateAddon", retries), DESCRIBED, "{}")
    assert isinstance(error, AddonInUseError)
    assert error.after_retry is (retries > 0)


def test_update_that_eks_refuses() -> None:
    answer = refusal("InvalidParameterException", "ConfigurationValue is not supported", "UpdateAddon")
    error = failure_of("update", answer, DESCRIBED, "{}")
    assert "ConfigurationValue is not supported" in str(error)
    assert error.remedy.startswith("The add-on was not changed")


@pytest.mark.parametrize(
    ("answer", "unknown"),
    [
        (refusal("ServerException", "oh", "UpdateAddon", status=500), True),
        (ReadTimeoutError(endpoint_url="https://example.com"), True),
        (NoCredentialsError(), False),
        (refusal("ExpiredTokenException", "oh", "UpdateAddon"), False),
        (refusal("ResourceNotFoundException", "No addon: vpc-cni found in cluster: c", "UpdateAddon"), False),
    ],
)
def test_update_whose_fate_is_not_known(answer: Exception, unknown: bool) -> None:
    error = failure_of("update", answer, DESCRIBED, "{}")
    assert ("Whether EKS took the update is not known" in error.remedy) is unknown


def test_update_of_which_eks_tells_nothing() -> None:
    assert "EKS tells of no update" in str(failure_of("update", {}, DESCRIBED, "{}"))
    assert "EKS tells nothing of it" in str(failure_of("describe_update", {}, "u"))


def test_describe_update() -> None:
    errors = [{"errorCode": "ConfigurationConflict", "errorMessage": "conflicts", "resourceIds": ["cm"]}]
    managed, connection = addon({"update": {"id": "u", "status": "Failed", "errors": errors}})
    assert managed.describe_update("u") == AddonUpdate(
        "u", "Failed", (AddonIssue("ConfigurationConflict", "conflicts", ("cm",)),)
    )
    assert connection.calls == [("describe_update", {"name": "c", "addonName": "vpc-cni", "updateId": "u"})]
