# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A whole testbed: AWS, clusters, and how a client reaches them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from tests.testbed.aws import AppliedAddon, AwsServer, EksCluster
from tests.testbed.cluster import TestbedCluster
from tests.testbed.folders import temporary_folder
from tests.testbed.inventory import InventoryHost, write_inventory
from tests.testbed.kubernetes.types import KubernetesServer
from tests.testbed.specs import ClusterSpec

ControlPlane = Literal["emulated", "real"]

AT_ONCE = 5


class Testbed:
    """AWS and clusters on loopback, for as long as the ``with`` block lasts.

    Args:
        specs: The clusters. A spec's account and region decide where it is; names are unique.
        control_plane: ``emulated`` for Kubernetes in this process, ``real`` for etcd, kube-apiserver and
            kube-controller-manager.
        stand_ins: Whether controllers, webhooks and kubelets run. Without them, which suits fleets of hundreds,
            pods of emulated clusters run at once and no node gets addresses.
        progress: Called with one line when a cluster is ready.

    Raises:
        ControlPlaneMissingError: There are no programs for real control planes.
    """

    __test__ = False

    def __init__(
        self,
        specs: Sequence[ClusterSpec],
        control_plane: ControlPlane = "emulated",
        stand_ins: bool = True,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        names = [spec.name for spec in specs]
        if len(set(names)) != len(names):
            raise ValueError("two clusters of a testbed have the same name")
        self._specs = list(specs)
        self._control_plane = control_plane
        self._stand_ins = stand_ins
        self._progress = progress or (lambda line: None)
        self._stack = ExitStack()
        self._folder: Path | None = None
        self.aws = AwsServer(region=specs[0].region if specs else "us-east-1")
        self.clusters: dict[str, TestbedCluster] = {}

    @property
    def folder(self) -> Path:
        """Where the testbed's files are, which go with it."""
        if self._folder is None:
            raise RuntimeError("the testbed is not started")
        return self._folder

    @property
    def inventory(self) -> Path:
        """An Ansible inventory with a host for each cluster."""
        return self.folder / "inventory.yml"

    @property
    def environment(self) -> dict[str, str]:
        """What a client process needs; :meth:`client_environment` takes away besides what would lead it elsewhere."""
        return self.aws.environment

    def client_environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """A whole environment for a client process, from that of this one: no variable of the host's leads it to
        another AWS or Kubernetes."""
        clean = self.aws.client_environment(base)
        return {
            name: value for name, value in clean.items() if name != "KUBECONFIG" and not name.startswith("K8S_AUTH_")
        }

    def start(self) -> Self:
        """Start everything; what had been started is stopped again when something fails."""
        with ExitStack() as stack:
            self._folder = temporary_folder()
            stack.callback(shutil.rmtree, self._folder, ignore_errors=True)
            stack.enter_context(self.aws)
            self.aws.on_addon_applied = self._addon_applied
            self._start_clusters(stack)
            self._write_inventory()
            self.forget_requests()
            self._stack = stack.pop_all()
        return self

    def _start_clusters(self, stack: ExitStack) -> None:
        self.clusters = {
            spec.name: TestbedCluster(spec, self.aws, self._kubernetes(spec), self.folder, self._stand_ins)
            for spec in self._specs
        }
        stack.callback(self._stop_clusters)
        if self._control_plane == "real":
            self._progress(self._real_version())
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="cluster-start") as pool:
            for cluster in pool.map(_started, self.clusters.values()):
                self._progress(f"cluster {cluster.name} is ready at {cluster.endpoint}")

    def _real_version(self) -> str:
        from tests.testbed.kubernetes.real.binaries import find_binaries

        line = f"real control planes are Kubernetes {find_binaries().version}, whatever version EKS tells"
        if all(spec.beta_apis for spec in self._specs):
            return line
        return f"{line}; without its beta APIs it lacks what later releases lack, which does not make it one of them"

    def _stop_clusters(self) -> None:
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="cluster-stop") as pool:
            list(pool.map(TestbedCluster.stop, self.clusters.values()))

    def _kubernetes(self, spec: ClusterSpec) -> KubernetesServer:
        if self._control_plane == "real":
            from tests.testbed.kubernetes.real.binaries import find_binaries
            from tests.testbed.kubernetes.real.server import RealKubernetes

            return RealKubernetes(binaries=find_binaries(), beta_apis=spec.beta_apis)
        from tests.testbed.kubernetes.emulator import EmulatedKubernetes

        return EmulatedKubernetes(
            version=spec.version,
            beta_apis=spec.beta_apis and int(spec.version.split(".")[1]) < 22,
            run_pods=not self._stand_ins,
            app_serving=not self._stand_ins,
        )

    def _addon_applied(self, cluster: EksCluster, addon: AppliedAddon) -> Sequence[str]:
        for candidate in self.clusters.values():
            if candidate.eks.arn == cluster.arn:
                return candidate.addon_applied(addon)
        return ()

    def _write_inventory(self) -> None:
        write_inventory(self.inventory, (self._host(cluster) for cluster in self.clusters.values()))

    def _host(self, cluster: TestbedCluster) -> InventoryHost:
        account, partition = cluster.eks.account, cluster.eks.partition
        own = (account, partition) == (self.aws.account, self.aws.partition)
        return InventoryHost(cluster.name, cluster.spec.region, "" if own else f"{account}-{partition}")

    def forget_requests(self) -> None:
        """Forget what AWS and the clusters were asked so far."""
        self.aws.forget_requests()
        for cluster in self.clusters.values():
            cluster.forget_requests()

    def stop(self) -> None:
        """Stop everything and remove the testbed's files."""
        self._stack.close()
        self._folder = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # What went wrong inside the block matters more than what AWS complains about at the end.
        if kind is not None:
            self.aws.forget_problems()
        self.stop()


def _started(cluster: TestbedCluster) -> TestbedCluster:
    cluster.start()
    return cluster
