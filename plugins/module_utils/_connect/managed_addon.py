# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""One managed add-on of one cluster, as EKS tells of it and takes updates of it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# The backends' requirements say so before anything here runs.
with contextlib.suppress(ImportError):
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws_errors import (
    aws_failure,
    error_code,
    is_access_denied,
    is_not_found,
    words_of,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError

REFUSED_CODES = frozenset({"InvalidParameterException", "InvalidRequestException"})
"""Codes that say that the request can't be carried out as it is."""

UNMANAGED_REMEDY = (
    "EKS does not manage it there: change what is installed where it was installed from, or make it a managed add-on "
    "by EKS CreateAddon"
)


class AddonInUseError(EksWindowsError):
    """EKS is at work on the add-on and takes no update.

    Attributes:
        after_retry: Whether an earlier try of the same request got no answer. Then that try may be the work it is at.
    """

    def __init__(self, message: str, remedy: str, after_retry: bool) -> None:
        super().__init__(message, remedy)
        self.after_retry = after_retry


@dataclass(frozen=True)
class AddonIssue:
    """A health issue of an add-on, or an error of an update."""

    code: str
    message: str
    resource_ids: tuple[str, ...] = ()

    def __str__(self) -> str:
        resources = f" ({', '.join(self.resource_ids)})" if self.resource_ids else ""
        return f"{self.code}: {' '.join(self.message.split())}{resources}"


@dataclass(frozen=True)
class AddonDescription:
    """A managed add-on by DescribeAddon.

    Attributes:
        version: For example ``v1.19.0-eksbuild.1``.
        status: ACTIVE, CREATING, UPDATING, DELETING, CREATE_FAILED, UPDATE_FAILED, DELETE_FAILED or DEGRADED.
        configuration: The text of its configuration values, JSON or YAML; empty where none were given.
        service_account_role_arn: Empty where it has none, by that the role of the nodes.
        pod_identity_associations: ARNs of the associations that it owns, sorted.
    """

    name: str
    arn: str
    version: str
    status: str
    configuration: str = ""
    service_account_role_arn: str = ""
    pod_identity_associations: tuple[str, ...] = ()
    issues: tuple[AddonIssue, ...] = ()


@dataclass(frozen=True)
class AddonUpdate:
    """An update of an add-on by DescribeUpdate. ``status``: InProgress, Successful, Failed or Cancelled."""

    id: str
    status: str
    errors: tuple[AddonIssue, ...] = ()


class ManagedAddon:
    """What is asked of EKS about one add-on. Each method makes one call and raises EksWindowsError."""

    def __init__(self, connection: AwsConnection, cluster_name: str, name: str) -> None:
        self._connection = connection
        self.cluster_name = cluster_name
        self.name = name

    def __str__(self) -> str:
        return f"add-on {self.name} of cluster {self.cluster_name}"

    def describe(self) -> AddonDescription:
        """The add-on as it is now."""
        what = f"Could not describe {self} in region {self._connection.region}"
        try:
            answer = self._connection.call(
                "eks", "describe_addon", clusterName=self.cluster_name, addonName=self.name
            ).get("addon")
        except (BotoCoreError, ClientError) as error:
            if is_not_found(error):
                absent = "no addon" in words_of(error).lower()
                remedy = UNMANAGED_REMEDY if absent else "Check the cluster's name, the account and the region"
                raise EksWindowsError(f"{what}: {words_of(error)}", remedy) from error
            raise aws_failure(what, error, "eks:DescribeAddon") from error
        if not isinstance(answer, dict):
            raise EksWindowsError(f"{what}: EKS tells nothing of it", "Check endpoint_url and AWS_ENDPOINT_URL_EKS")
        return AddonDescription(
            name=self.name,
            arn=_text(answer, "addonArn"),
            version=_text(answer, "addonVersion"),
            status=_text(answer, "status"),
            configuration=_text(answer, "configurationValues"),
            service_account_role_arn=_text(answer, "serviceAccountRoleArn"),
            pod_identity_associations=tuple(sorted(answer.get("podIdentityAssociations") or ())),
            issues=_issues((answer.get("health") or {}).get("issues"), "code", "message"),
        )

    def schema(self, version: str) -> dict[str, Any]:
        """The JSON schema of a version's configuration values."""
        what = f"Could not read the configuration schema of {self}, version {version}"
        try:
            text = self._connection.call(
                "eks", "describe_addon_configuration", addonName=self.name, addonVersion=version
            ).get("configurationSchema")
        except (BotoCoreError, ClientError) as error:
            if error_code(error) in REFUSED_CODES or is_not_found(error):
                remedy = f"Update {self} to a version that EKS still offers"
                raise EksWindowsError(f"{what}: {words_of(error)}", remedy) from error
            raise aws_failure(what, error, "eks:DescribeAddonConfiguration") from error
        try:
            schema = json.loads(text or "")
        except (TypeError, ValueError, RecursionError):
            schema = None
        if not isinstance(schema, dict):
            raise EksWindowsError(f"{what}: EKS has none", f"Update {self} to a version that can be configured")
        return schema

    def update(self, described: AddonDescription, configuration: str) -> AddonUpdate:
        """Start an update that changes the configuration alone.

        What is left out of UpdateAddon is not always kept: without the role the add-on falls back to the nodes' role.
        So version and role are sent as they were described, and pod identity associations are not: not sent, they
        stay. PRESERVE keeps what others have changed of the add-on's objects.

        Raises:
            AddonInUseError: EKS is at work on the add-on.
            EksWindowsError: Anything else.
        """
        role = described.service_account_role_arn
        what = f"Could not update {self}"
        try:
            answer = self._connection.call(
                "eks",
                "update_addon",
                clusterName=self.cluster_name,
                addonName=self.name,
                addonVersion=described.version,
                configurationValues=configuration,
                resolveConflicts="PRESERVE",
                **({"serviceAccountRoleArn": role} if role else {}),
            ).get("update")
        except (BotoCoreError, ClientError) as error:
            raise self._update_failure(what, error, role) from error
        if not isinstance(answer, dict) or not answer.get("id"):
            raise EksWindowsError(f"{what}: EKS tells of no update", "Check endpoint_url and AWS_ENDPOINT_URL_EKS")
        return _update(answer)

    def describe_update(self, update_id: str) -> AddonUpdate:
        """An update as it is now."""
        what = f"Could not describe update {update_id}, which is under way, of {self}"
        try:
            answer = self._connection.call(
                "eks", "describe_update", name=self.cluster_name, addonName=self.name, updateId=update_id
            ).get("update")
        except (BotoCoreError, ClientError) as error:
            raise aws_failure(what, error, "eks:DescribeUpdate") from error
        if not isinstance(answer, dict):
            raise EksWindowsError(f"{what}: EKS tells nothing of it", "Check endpoint_url and AWS_ENDPOINT_URL_EKS")
        return _update(answer)

    def _update_failure(self, what: str, error: Any, role: str) -> EksWindowsError:
        code, words = error_code(error), words_of(error)
        metadata = error.response.get("ResponseMetadata", {}) if isinstance(error, ClientError) else {}
        if code == "ResourceInUseException":
            return AddonInUseError(
                f"{what}: {words}", "Try again when EKS is done with it", metadata.get("RetryAttempts", 0) > 0
            )
        if code in REFUSED_CODES:
            return EksWindowsError(f"{what}: {words}", "The add-on was not changed. Mend what EKS names")
        if is_access_denied(error):
            permission = f"iam:PassRole on {role}" if "iam:PassRole" in words else "eks:UpdateAddon"
            return aws_failure(what, error, permission)
        failure = aws_failure(what, error)
        if isinstance(error, HTTPClientError) or metadata.get("HTTPStatusCode", 0) >= 500:
            failure.remedy = (
                f"{failure.remedy}. Whether EKS took the update is not known: the next run goes on from there"
            )
        return failure


def _text(answer: Mapping[str, Any], key: str) -> str:
    return str(answer.get(key) or "")


def _update(answer: Mapping[str, Any]) -> AddonUpdate:
    errors = _issues(answer.get("errors"), "errorCode", "errorMessage")
    return AddonUpdate(_text(answer, "id"), _text(answer, "status"), errors)


def _issues(found: Any, code: str, message: str) -> tuple[AddonIssue, ...]:
    return tuple(
        AddonIssue(_text(issue, code), _text(issue, message), tuple(issue.get("resourceIds") or ()))
        for issue in found or ()
    )
