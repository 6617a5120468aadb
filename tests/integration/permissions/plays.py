# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One play over many hosts, each a cluster and an identity of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.playbook import PlaybookRun, run_playbook
from tests.testbed.cluster import TestbedCluster
from tests.testbed.testbed import Testbed

FORKS = "6"
PLAY_SECONDS = 1200
"""What a play over some thirty clusters may take on a busy machine."""


@dataclass(frozen=True)
class State:
    """What roles change: the policy, the live switch, and the add-on's configured one; None where there is none."""

    policy: bool
    live: str | None
    configured: str | None


def state(cluster: TestbedCluster) -> State:
    """The state of a cluster."""
    addon = cluster.eks.addons.get("vpc-cni")
    return State(
        cluster.policy_attached(),
        (cluster.config_map() or {}).get("enable-windows-ipam"),
        json.loads(addon.configuration_values or "{}").get("enableWindowsIpam") if addon else None,
    )


def run_play(bed: Testbed, playbook: str, roles: Mapping[str, str], folder: Path, **variables: Any) -> PlaybookRun:
    """Run a playbook for the clusters named, each by the role whose ARN is given for it."""
    hosts = {
        name: {
            "eks_windows_cluster_name": name,
            "eks_windows_region": bed.clusters[name].eks.region,
            "eks_windows_assume_role_arn": role,
        }
        for name, role in roles.items()
    }
    inventory = folder / f"{playbook}.json"
    inventory.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    environment = {**bed.environment, "ANSIBLE_FORKS": FORKS}
    return run_playbook(
        f"cloudops.eks_windows.{playbook}",
        environment,
        inventory=inventory,
        variables=variables,
        timeout=PLAY_SECONDS,
    )


def said(run: PlaybookRun, host: str) -> str:
    """All that tasks said on a host, loops and warnings included."""
    results = [task.result for task in run.of(host)]
    results += [item for result in results for item in result.get("results", ())]
    return "\n".join("\n".join([str(result.get("msg", "")), *result.get("warnings", ())]) for result in results)
