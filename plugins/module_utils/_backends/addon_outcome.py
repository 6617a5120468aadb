# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What a managed add-on's state means to an update of its configuration: pure, and in words for the user."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.managed_addon import (
    AddonDescription,
    AddonIssue,
    AddonUpdate,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.addon_configuration import (
    ConfigurationUnreadableError,
    SchemaProblem,
    parse_configuration,
    places_of,
    same,
)

UPDATABLE = frozenset({"ACTIVE", "DEGRADED", "UPDATE_FAILED"})
"""Statuses in which EKS takes an update."""

REFUSALS = {
    "CREATE_FAILED": "Mend what is named, delete the add-on with its objects preserved, and create it again",
    "DELETE_FAILED": "Delete it, or create it again, before it is configured",
    "DELETING": "Create it again before it is configured",
}


def refusal(label: str, found: AddonDescription) -> EksWindowsError | None:
    """Why an add-on that EKS is not at work on can't be updated; None where it can."""
    if found.status in UPDATABLE:
        return None
    remedy = REFUSALS.get(found.status, "Look at it in EKS, and run this again when it is ACTIVE")
    return EksWindowsError(f"{_capital(label)} is {_with_issues(found)}, so it was not updated", remedy)


def warnings_of(label: str, found: AddonDescription) -> list[str]:
    """What the user has to know of an add-on that is updated though it is not well."""
    return [] if found.status == "ACTIVE" else [f"{_capital(label)} was {_with_issues(found)}"]


def schema_failure(
    label: str, version: str, schema: Mapping[str, Any], problems: Iterable[SchemaProblem]
) -> EksWindowsError:
    """What a version's schema holds against the configuration to be, and what to do about each key."""
    listed, remedies = [], []
    for problem in problems:
        listed.append(str(problem))
        key = problem.path.rpartition(".")[2]
        places = places_of(schema, key) if problem.unknown_key else ()
        if places:
            remedies.append(f"Give {' or '.join(places)} instead of {problem.path}, which null removes")
        elif problem.unknown_key:
            remedies.append(f"Update the add-on to a version that has {problem.path}, or leave that out")
        else:
            remedies.append(f"Give what version {version} takes for {problem.path or 'the configuration'}")
    return EksWindowsError(
        f"The configuration of {label} would not be one that its version {version} takes: {'; '.join(listed)}",
        remedy=f"The add-on was not changed. {'. '.join(remedies)}",
    )


def failure(
    label: str,
    before: AddonDescription,
    after: AddonDescription,
    wanted: Mapping[str, Any],
    update: AddonUpdate | None,
) -> EksWindowsError | None:
    """What is wrong after an update; None where it did what it was made for.

    Args:
        label: The add-on's name in sentences.
        before: What the update was made from.
        after: What came of it.
        wanted: The configuration's values as they should be.
        update: The update as it ended; None where EKS did not tell of it.
    """
    name = f"Update {update.id} of {label}" if update else f"An update of {label}"
    if update and update.status != "Successful":
        errors = f": {_listed(update.errors)}" if update.errors else ""
        return EksWindowsError(
            f"{name} ended as {update.status}{errors}. The add-on is {_with_issues(after)}",
            remedy="Mend what is named and run it again",
        )
    if after.status != "ACTIVE" and not (after.status == "DEGRADED" == before.status):
        return EksWindowsError(
            f"After its update {label}, which was {before.status}, is {_with_issues(after)}",
            remedy="Mend what is named and run it again",
        )
    if found := differences(before, after, wanted):
        return EksWindowsError(
            f"{name} did not leave what it should: {'; '.join(found)}",
            remedy="Find out who else changes the add-on, set back what is named, and run it again",
        )
    return None


def differences(before: AddonDescription, after: AddonDescription, wanted: Mapping[str, Any]) -> list[str]:
    """What of an add-on is not as an update of its configuration alone has to leave it."""
    kept = (
        ("version", before.version, after.version),
        ("service account role", before.service_account_role_arn, after.service_account_role_arn),
        (
            "pod identity associations",
            ", ".join(before.pod_identity_associations),
            ", ".join(after.pod_identity_associations),
        ),
    )
    found = [f"{what} was {old or 'none'} and is {new or 'none'}" for what, old, new in kept if old != new]
    values = _values_of(after)
    if not same(values, wanted):
        found.append(f"configuration should be {json.dumps(wanted)} and is {json.dumps(values)}")
    return found


def addon_told(found: AddonDescription) -> dict[str, Any]:
    """An add-on as the module returns it."""
    return {
        "name": found.name,
        "arn": found.arn,
        "version": found.version,
        "status": found.status,
        "configuration_values": _values_of(found),
        "service_account_role_arn": found.service_account_role_arn,
        "pod_identity_associations": list(found.pod_identity_associations),
        "health_issues": [_issue_told(issue) for issue in found.issues],
    }


def update_told(update: AddonUpdate) -> dict[str, Any]:
    """An update as the module returns it."""
    return {"id": update.id, "status": update.status, "errors": [_issue_told(error) for error in update.errors]}


def _values_of(found: AddonDescription) -> Any:
    """The configuration's values, its text where that can't be read."""
    try:
        return parse_configuration(found.configuration)
    except ConfigurationUnreadableError:
        return found.configuration


def _issue_told(issue: AddonIssue) -> dict[str, Any]:
    return {"code": issue.code, "message": issue.message, "resource_ids": list(issue.resource_ids)}


def _with_issues(found: AddonDescription) -> str:
    return f"{found.status} ({_listed(found.issues)})" if found.issues else f"{found.status} (no health issues told)"


def _listed(issues: Iterable[AddonIssue]) -> str:
    return "; ".join(map(str, issues))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
