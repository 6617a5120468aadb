# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""(a) The documented procedure: a person's shell with the AWS CLI and kubectl, one cluster after another.

The ten reads are those that the page "Enabling Windows support for your EKS cluster" asks for by its considerations,
its prerequisites, and the sections on enabling, on legacy support and on its certificate. Each kubectl starts
``aws eks get-token``, as the kubeconfig that ``aws eks update-kubeconfig`` writes has it. Writing that kubeconfig is
left out of the measurement, since a person has it already.
"""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

import yaml

from tests.benchmark.tools import Tools
from tests.benchmark.way import Run, Way
from tests.support.playbook import clean_environment
from tests.testbed import Testbed

READS = """
aws eks describe-cluster --name "$cluster" --region "$region" \\
    --query 'cluster.[version,platformVersion,roleArn,kubernetesNetworkConfig.ipFamily]' --output text
aws iam list-attached-role-policies --role-name "$role" --output text
kubectl --context "$cluster" get nodes -L kubernetes.io/os -L kubernetes.io/arch -L node.kubernetes.io/instance-type
kubectl --context "$cluster" get configmap amazon-vpc-cni -n kube-system -o yaml
kubectl --context "$cluster" get daemonset aws-node -n kube-system -o yaml
kubectl --context "$cluster" get deployment vpc-resource-controller -n kube-system --ignore-not-found
kubectl --context "$cluster" get deployment vpc-admission-webhook -n kube-system --ignore-not-found
kubectl --context "$cluster" get mutatingwebhookconfigurations
kubectl --context "$cluster" get secret vpc-admission-webhook-certs -n kube-system --ignore-not-found -o yaml
kubectl --context "$cluster" get clusterrolebinding eks:kube-proxy-windows --ignore-not-found
"""


def read_count() -> int:
    """How many reads of one cluster the procedure makes."""
    return sum(line.startswith(("aws ", "kubectl ")) for line in READS.splitlines())


def script(clusters: Sequence[tuple[str, str, str]]) -> str:
    """The shell script for clusters, each of a name, a region and the name of its cluster role."""
    calls = "\n".join(f"look {shlex.join(cluster)}" for cluster in clusters)
    return f"set -eu\nlook() {{\ncluster=$1 region=$2 role=$3\n{READS.strip()}\n}}\n{calls}\n"


def procedure(tools: Tools) -> Way:
    """The way, with these tools."""

    def prepare(testbed: Testbed, names: Sequence[str], folder: Path) -> Run:
        programs = folder / "bin"
        programs.mkdir()
        (programs / "aws").symlink_to(tools.aws)
        (programs / "kubectl").symlink_to(tools.kubectl)
        environment = clean_environment(folder, testbed.environment)
        environment["PATH"] = f"{programs}:{environment['PATH']}"
        clusters = [testbed.clusters[name] for name in names]
        for cluster in clusters:
            _update_kubeconfig(cluster.name, cluster.spec.region, environment, folder)
        _sign_for_aws(folder / ".kube" / "config")
        file = folder / "procedure.sh"
        file.write_text(
            script([(each.name, each.spec.region, each.eks.role_name) for each in clusters]), encoding="utf-8"
        )
        return Run(["/bin/sh", str(file)], environment)

    return Way("a", "documented procedure, AWS CLI and kubectl", prepare)


def _update_kubeconfig(name: str, region: str, environment: dict[str, str], folder: Path) -> None:
    command = ["aws", "eks", "update-kubeconfig", "--name", name, "--region", region, "--alias", name]
    subprocess.run(command, env=environment, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def _sign_for_aws(kubeconfig: Path) -> None:
    """Let tokens be signed for AWS's own host, which alone clusters take, and not for the testbed's STS."""
    document = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
    for user in document["users"]:
        user["user"]["exec"]["env"] = [{"name": "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "value": "true"}]
    kubeconfig.write_text(yaml.safe_dump(document), encoding="utf-8")
