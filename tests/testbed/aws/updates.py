# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""EKS updates of clusters and add-ons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.testbed.aws.eks_state import EksContext, EksOperation, Update
from tests.testbed.aws.errors import AwsError
from tests.testbed.aws.paging import page


def describe_update(update: Update) -> dict[str, Any]:
    """An update as DescribeUpdate answers it."""
    return {
        "id": update.id,
        "status": update.status,
        "type": update.type,
        "params": [{"type": key, "value": value} for key, value in update.parameters],
        "createdAt": update.created_at,
        "errors": [
            {"errorCode": error.code, "errorMessage": error.message, "resourceIds": list(error.resource_ids)}
            for error in update.errors
        ],
    }


def _describe(context: EksContext, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    cluster = context.clusters[str(parameters["name"])]
    update = cluster.updates.get(str(parameters["updateId"]))
    addon, nodegroup = parameters.get("addonName") or "", parameters.get("nodegroupName") or ""
    if update is None or update.addon != addon or update.nodegroup != nodegroup:
        raise AwsError("ResourceNotFoundException", f"No update found for ID: {parameters['updateId']}", 404)
    return {"update": describe_update(update)}


def _list_updates(context: EksContext, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    cluster = context.clusters[str(parameters["name"])]
    addon, nodegroup = parameters.get("addonName") or "", parameters.get("nodegroupName") or ""
    ids = [u.id for u in cluster.updates.values() if (u.addon, u.nodegroup) == (addon, nodegroup)]
    ids, token = page(ids, parameters)
    return {"updateIds": ids, **token}


OPERATIONS: Mapping[str, EksOperation] = {"DescribeUpdate": _describe, "ListUpdates": _list_updates}
