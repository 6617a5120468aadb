# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An update whose configuration says what the live ConfigMap says meets no conflict, and hurts nothing else."""

from __future__ import annotations

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import parse_bool
from tests.live.addon import Addon, describe, describe_active, update
from tests.live.admission import IPAM_KEY
from tests.live.cluster import LiveCluster
from tests.live.cooldown import with_option
from tests.live.probe import Change, NotRunError, Outcome, Probe, disproved, proved
from tests.live.restoring import addon_kept, config_map_kept

OPTION = "enableWindowsIpam"


def live_value(cluster: LiveCluster) -> str:
    """The live switch as the add-on's configuration spells it.

    Raises:
        NotRunError: It is not there.
    """
    value = (cluster.kubernetes.config_map() or {}).get(IPAM_KEY)
    if value is None:
        raise NotRunError(f"ConfigMap kube-system/amazon-vpc-cni has no {IPAM_KEY}")
    return "true" if parse_bool(value) else "false"


def changes(cluster: LiveCluster) -> Change:
    """Of the add-on's configuration; the live value stays."""
    addon, live = describe_active(cluster), live_value(cluster)
    return Change(
        f"add-on vpc-cni {addon.version}: its configuration gets {OPTION} {live!r}, which is its live value",
        f"the configuration becomes {addon.text or '{}'} again, and {IPAM_KEY} {live!r} where it is not",
    )


def run(cluster: LiveCluster) -> Outcome:
    """Update, and compare the live value, aws-node and what belongs to the add-on."""
    addon, live = describe_active(cluster), live_value(cluster)
    template = cluster.kubernetes.aws_node_template()
    with config_map_kept(cluster, [IPAM_KEY]), addon_kept(cluster, addon):
        ended = update(cluster, addon, with_option(addon, **{OPTION: live}))
        after, template_after, live_after = (
            describe(cluster),
            cluster.kubernetes.aws_node_template(),
            live_value(cluster),
        )
    problems = [] if ended.status == "Successful" else [f"the update ended {ended.status}: {ended.errors}"]
    problems += [f"{IPAM_KEY} became {live_after}"] if live_after != live else []
    problems += ["the pod template of aws-node changed"] if template_after != template else []
    problems += _lost(addon, after)
    if problems:
        return disproved("; ".join(problems))
    return proved(f"the update with {OPTION} {live!r} succeeded; {IPAM_KEY}, aws-node, role and associations stayed")


def _lost(before: Addon, after: Addon) -> list[str]:
    found = []
    if after.role_arn != before.role_arn:
        found.append(f"the service account role became {after.role_arn or 'none'}")
    if after.pod_identity_associations != before.pod_identity_associations:
        found.append("the pod identity associations changed")
    return found


PROBE = Probe("addon-adopts-live-value", "An add-on takes over a live value without conflict or restart", run, changes)
