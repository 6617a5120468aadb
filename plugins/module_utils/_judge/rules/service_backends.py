# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on Services over Windows pods."""

from __future__ import annotations

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.windows_builds import (
    FEW_BACKENDS,
    MANY_BACKENDS,
    MOST_BACKENDS,
    windows_build,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    Rule,
    Verdict,
    failed,
    known,
    not_applicable,
    passed,
    rule,
    unknown,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Node

RULES: list[Rule] = []

HEADLESS = ("None", "")


@rule(
    RULES,
    id="workloads.service_backends",
    severity="error",
    title="No Service over Windows pods has more backends than Windows can balance load over",
    evidence="Each Service over Windows pods that has too many backends, with its type and their number, and a node of "
    "an old build.",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html",
    remedy=f"Split the Service, or replace Windows nodes whose build is older than {MANY_BACKENDS} by ones of a newer "
    "AMI.",
)
def service_backends(subject: Subject) -> Verdict:
    """Each load-balanced Service with a Windows pod behind it has at most 1024 backends, and at most 64 where the build
    of a Windows node is older than 17763.2746: kube-proxy makes Windows balance its load on every Windows node. The
    limits are the user guide's. Services without a cluster IP are not balanced by it, and backends that are not ready
    don't count.

    It is unknown where a node does not tell its build and more than 64 backends stand behind a Service.
    """
    nodes = known(subject.windows_nodes)
    if not nodes:
        return not_applicable("There is no Windows node")
    services = {each.ref: each for each in known(subject.observation.services)}
    found = [
        (services[each.service], each)
        for each in known(subject.observation.service_backends)
        if each.windows_backends and each.service in services and services[each.service].cluster_ip not in HEADLESS
    ]
    if not found:
        return not_applicable("No load-balanced Service has Windows pods behind it")
    old = [node for node in nodes if (build := windows_build(node.kernel_version)) and build < MANY_BACKENDS]
    limit = FEW_BACKENDS if old else MOST_BACKENDS
    found.sort(key=lambda pair: -pair[1].backends)
    evidence = [
        Evidence(str(service.ref), f"{service.type}, {seen.backends} backends, {seen.windows_backends} on Windows")
        for service, seen in found
    ]
    above = sum(1 for _service, seen in found if seen.backends > limit)
    if above:
        return failed(
            f"Services over Windows pods with more than {limit} backends: {above} of {len(found)}",
            [*evidence[:above], *map(_build, old[:1])],
        )
    untold = [node for node in nodes if windows_build(node.kernel_version) is None]
    if untold and not old and found[0][1].backends > FEW_BACKENDS:
        return unknown(
            f"Whether {found[0][1].backends} backends are too many is not known: a Windows node tells no build",
            [evidence[0], *map(_build, untold)],
            remedy=f"Look up the builds of these nodes: before {MANY_BACKENDS} a Service may have {FEW_BACKENDS}.",
        )
    most = found[0][1].backends
    return passed(f"No Service over Windows pods has more than {limit} backends (the most: {most})", *evidence)


def _build(node: Node) -> Evidence:
    return Evidence(f"Node {node.name}", f"build {node.kernel_version or 'not told'}")
