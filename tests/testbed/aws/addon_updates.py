# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happens after the answer to a request that changes an add-on: EKS writes it into the cluster, or fails to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.testbed.aws import vpc_cni_chart
from tests.testbed.aws.addon_configuration import parse_values
from tests.testbed.aws.eks_state import (
    AddonIssue,
    AddonState,
    AppliedAddon,
    EksCluster,
    EksContext,
    Update,
    UpdatePlan,
    now,
)

_FAILED = {"create": "CREATE_FAILED", "update": "UPDATE_FAILED"}


def render(name: str, version: str, values: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """The data of ConfigMap amazon-vpc-cni and the fields of aws-node's container; nothing for other add-ons."""
    if name != "vpc-cni":
        return {}, {}
    return vpc_cni_chart.render_config_map(version, values), vpc_cni_chart.render_aws_node(version, values)


def start(
    context: EksContext, cluster: EksCluster, addon: AddonState, action: str, resolve: str, update: Update
) -> None:
    """Begin what ``update`` stands for; it ends after the time that is set, as the next plan for one says.

    Args:
        action: ``create``, ``update`` or ``delete``.
        resolve: ``NONE``, ``OVERWRITE`` or ``PRESERVE``.
    """
    values = parse_values(addon.name, addon.version, addon.configuration_values)
    desired, aws_node = render(addon.name, addon.version, values)
    applied = AppliedAddon(
        addon.name,
        addon.version,
        action,
        resolve,
        desired,
        dict(addon.rendered),
        aws_node,
        dict(addon.rendered_aws_node),
        addon.service_account_role_arn,
    )
    plans = context.settings.update_plans
    plan = plans.pop(0) if plans and action == "update" else UpdatePlan()
    seconds = context.settings.addon_seconds if plan.seconds is None else plan.seconds
    cluster.updates[update.id] = update
    context.later(seconds, lambda: _finish(context, cluster, addon, update, applied, plan))


def _finish(
    context: EksContext,
    cluster: EksCluster,
    addon: AddonState,
    update: Update,
    applied: AppliedAddon,
    plan: UpdatePlan,
) -> None:
    # A test that puts another add-on in this one's place has no more use for its update.
    if cluster.addons.get(addon.name) is not addon:
        return
    failure = plan.error if plan.error and not plan.written else _write(context, cluster, applied) or plan.error
    with context.lock:
        addon.modified_at = now()
        if failure:
            addon.status = _FAILED.get(applied.action, "DELETE_FAILED")
            addon.issues = (failure,)
            update.status, update.errors = "Failed", (failure,)
            return
        update.status = "Successful"
        if applied.action == "delete":
            cluster.addons.pop(addon.name, None)
            return
        addon.rendered, addon.rendered_aws_node = dict(applied.desired), dict(applied.aws_node)
        addon.status, addon.issues = "ACTIVE", ()


def _write(context: EksContext, cluster: EksCluster, applied: AppliedAddon) -> AddonIssue | None:
    hook = context.settings.on_addon_applied
    try:
        conflicts = tuple(hook(cluster, applied)) if hook else ()
    except Exception as error:  # noqa: BLE001 whatever the test's hook raises, the add-on has to say it
        return AddonIssue("ClusterUnreachable", f"The cluster could not be reached: {error}")
    if not conflicts:
        return None
    text = "Conflicts found when trying to apply. Will not continue due to resolve conflicts mode. Conflicts:"
    return AddonIssue("ConfigurationConflict", "\n".join((text, *conflicts)))
