# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""(b) A playbook of upstream modules alone: the six reads of a cluster that have one.

There is none for EKS itself, so that the cluster role's name is a variable, and kubeconfigs lie ready with a token
each. That is less than a person would pay, whose kubeconfig starts ``aws eks get-token`` in every task.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmark.way import Run, Way
from tests.support.playbook import ANSIBLE_PLAYBOOK, clean_environment
from tests.testbed import Testbed
from tests.testbed.kubeconfig import kubeconfig
from tests.testbed.tokens import eks_token

SYSTEM = "kube-system"


def _objects(title: str, /, **arguments: str) -> dict[str, Any]:
    return {"name": title, "kubernetes.core.k8s_info": {"kubeconfig": "{{ cluster_kubeconfig }}", **arguments}}


TASKS: tuple[dict[str, Any], ...] = (
    {
        "name": "Read the policies of the cluster role",
        "amazon.aws.iam_role_info": {"name": "{{ cluster_role }}", "region": "{{ eks_windows_region }}"},
    },
    _objects("Read the nodes", kind="Node"),
    _objects("Read the ConfigMap", kind="ConfigMap", name="amazon-vpc-cni", namespace=SYSTEM),
    _objects("Read the CNI", api_version="apps/v1", kind="DaemonSet", name="aws-node", namespace=SYSTEM),
    _objects("Read the Deployments", api_version="apps/v1", kind="Deployment", namespace=SYSTEM),
    _objects("Read the webhooks", api_version="admissionregistration.k8s.io/v1", kind="MutatingWebhookConfiguration"),
)


def prepare(testbed: Testbed, names: Sequence[str], folder: Path) -> Run:
    """The run of the playbook."""
    hosts: dict[str, dict[str, str]] = {}
    for name in names:
        cluster = testbed.clusters[name]
        token = eks_token(name, cluster.spec.region, testbed.aws.credentials())
        file = folder / f"{name}.kubeconfig"
        file.write_text(
            json.dumps(kubeconfig(cluster.endpoint, cluster.certificate_authority, token)), encoding="utf-8"
        )
        hosts[name] = {"cluster_role": cluster.eks.role_name, "cluster_kubeconfig": str(file)}
    variables = folder / "variables.json"
    variables.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    playbook = folder / "upstream.json"
    play = {"name": "Look at clusters", "hosts": "all", "gather_facts": False, "tasks": list(TASKS)}
    playbook.write_text(json.dumps([play]), encoding="utf-8")
    inventories = ["-i", str(testbed.inventory), "-i", str(variables)]
    command = [ANSIBLE_PLAYBOOK, str(playbook), *inventories, "-l", ",".join(names)]
    return Run(command, clean_environment(folder, testbed.environment))


UPSTREAM = Way("b", f"playbook of upstream modules, {len(TASKS)} read tasks", prepare)
