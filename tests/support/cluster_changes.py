# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What somebody changes in a cluster of the testbed for a while: each is undone when its block ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, TypeAlias

from tests.support.clusters import live_data, set_config_map
from tests.testbed.cluster import TestbedCluster
from tests.testbed.kubernetes.admin import ApiError, Json, path_of, plural_of
from tests.testbed.testbed import Testbed

Options: TypeAlias = Mapping[str, Any]
Change: TypeAlias = Callable[[Testbed, TestbedCluster], AbstractContextManager[Options | None]]
"""What a change gives are further options of the module, where it is one of them that is wrong."""

SYSTEM = "kube-system"
PATIENCE = 10.0


def make(cluster: TestbedCluster, manifest: Mapping[str, Any]) -> None:
    """Create an object. A pod waits for the service account of its new namespace."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            cluster.admin.create(manifest)
            return
        except ApiError as error:
            if error.status != 403 or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def remove(cluster: TestbedCluster, manifest: Mapping[str, Any]) -> None:
    """Delete an object at once."""
    metadata = manifest["metadata"]
    path = path_of(plural_of(manifest["kind"]), metadata["name"], metadata.get("namespace", ""), manifest["apiVersion"])
    cluster.admin.call("DELETE", path, {"gracePeriodSeconds": 0, "propagationPolicy": "Background"})


def made(*manifests: Mapping[str, Any]) -> Change:
    """Objects are created, in this order."""

    @contextmanager
    def change(_bed: Testbed, cluster: TestbedCluster) -> Iterator[None]:
        with ExitStack() as stack:
            for manifest in manifests:
                make(cluster, manifest)
                stack.callback(remove, cluster, manifest)
            yield

    return change


def config_map(data: Mapping[str, str] | None, immutable: bool = False) -> Change:
    """ConfigMap amazon-vpc-cni has this data; None for no ConfigMap, an empty mapping for one without data."""

    @contextmanager
    def change(_bed: Testbed, cluster: TestbedCluster) -> Iterator[None]:
        original = live_data(cluster)
        set_config_map(cluster, data)
        if immutable:
            cluster.admin.patch("configmaps", "amazon-vpc-cni", {"immutable": True}, SYSTEM)
        try:
            yield
        finally:
            set_config_map(cluster, original)

    return change


def aws_node(variable: str, value: str) -> Change:
    """``kubectl set env daemonset aws-node``."""

    @contextmanager
    def change(_bed: Testbed, cluster: TestbedCluster) -> Iterator[None]:
        original = cluster.admin.get("daemonsets", "aws-node", SYSTEM)["spec"]["template"]["spec"]["containers"]
        entry = {"name": "aws-node", "env": [{"name": variable, "value": value}]}
        cluster.admin.patch("daemonsets", "aws-node", _template([entry]), SYSTEM, kind="strategic")
        try:
            yield
        finally:
            cluster.admin.patch("daemonsets", "aws-node", _template(original), SYSTEM)

    return change


def _template(containers: list[Json]) -> Json:
    return {"spec": {"template": {"spec": {"containers": containers}}}}


def told(version: str, platform_version: str) -> Change:
    """What EKS says of the cluster's versions."""

    @contextmanager
    def change(bed: Testbed, cluster: TestbedCluster) -> Iterator[None]:
        bed.aws.change_cluster(cluster.eks, version=version, platformVersion=platform_version)
        try:
            yield
        finally:
            spec = cluster.spec
            bed.aws.change_cluster(cluster.eks, version=spec.version, platformVersion=spec.platform_version)

    return change


def both(first: Change, second: Change) -> Change:
    """One change, and another beside it, whose options count."""

    @contextmanager
    def change(bed: Testbed, cluster: TestbedCluster) -> Iterator[Options | None]:
        with first(bed, cluster), second(bed, cluster) as options:
            yield options

    return change
