# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command lines of a control plane, for every Kubernetes version from 1.20 on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.testbed.kubernetes.real.binaries import Binaries, command

SERVICE_CIDR = "172.20.0.0/16"

CONTROLLERS = (
    "csrapproving",
    "csrsigning",
    "deployment",
    "replicaset",
    "statefulset",
    "serviceaccount",
    "serviceaccount-token",
    "endpoint",
    "endpointslice",
    "namespace",
    "garbagecollector",
    "clusterrole-aggregation",
)
"""What the collection's work needs. No controller of nodes runs: the testbed's nodes have no kubelet to tell
that they live."""


@dataclass(frozen=True)
class Ports:
    """The ports of one control plane on 127.0.0.1."""

    etcd: int
    peer: int
    apiserver: int


def etcd_command(binaries: Binaries, folder: Path, ports: Ports) -> list[str]:
    """etcd with its data in ``folder``, as fast as throw-away data allows."""
    client, peer = f"http://127.0.0.1:{ports.etcd}", f"http://127.0.0.1:{ports.peer}"
    return command(
        binaries.etcd,
        [
            ("name", "testbed"),
            ("data-dir", str(folder / "etcd")),
            ("listen-client-urls", client),
            ("advertise-client-urls", client),
            ("listen-peer-urls", peer),
            ("initial-advertise-peer-urls", peer),
            ("initial-cluster", f"testbed={peer}"),
            ("heartbeat-interval", "50"),
            ("election-timeout", "250"),
            ("log-level", "error"),
        ],
        [("unsafe-no-fsync", "true"), ("logger", "zap")],
    )


def apiserver_command(binaries: Binaries, folder: Path, ports: Ports, beta_apis: bool) -> list[str]:
    """kube-apiserver with the files that ``RealKubernetes`` wrote into ``folder``."""
    optional = [
        ("profiling", "false"),
        ("enable-priority-and-fairness", "false"),
        ("max-requests-inflight", "200"),
        ("max-mutating-requests-inflight", "100"),
        ("default-watch-cache-size", "20"),
        ("etcd-compaction-interval", "0"),
        ("etcd-count-metric-poll-period", "0"),
        ("etcd-db-metric-poll-interval", "0"),
        ("authentication-token-webhook-version", "v1"),
        ("audit-log-mode", "blocking"),
        ("audit-log-format", "json"),
        ("anonymous-auth", "true"),
        # Webhooks behind a Service are called at its endpoints: no one forwards its cluster address here. The
        # connection to the pod goes through the proxy of egress.py.
        ("enable-aggregator-routing", "true"),
    ]
    if not beta_apis:
        optional.append(("runtime-config", "api/beta=false"))
    return command(
        binaries.apiserver,
        [
            ("bind-address", "127.0.0.1"),
            ("advertise-address", "127.0.0.1"),
            ("endpoint-reconciler-type", "none"),
            ("secure-port", str(ports.apiserver)),
            ("etcd-servers", f"http://127.0.0.1:{ports.etcd}"),
            ("tls-cert-file", str(folder / "apiserver.crt")),
            ("tls-private-key-file", str(folder / "apiserver.key")),
            ("client-ca-file", str(folder / "ca.crt")),
            ("token-auth-file", str(folder / "tokens.csv")),
            ("authentication-token-webhook-config-file", str(folder / "token-webhook.json")),
            ("authentication-token-webhook-cache-ttl", "0s"),
            ("authorization-mode", "RBAC"),
            ("egress-selector-config-file", str(folder / "egress.json")),
            ("audit-policy-file", str(folder / "audit-policy.json")),
            ("audit-log-path", str(folder / "audit.log")),
            ("service-account-issuer", "https://kubernetes.default.svc.cluster.local"),
            ("service-account-key-file", str(folder / "service-accounts.pub")),
            ("service-account-signing-key-file", str(folder / "service-accounts.key")),
            ("service-cluster-ip-range", SERVICE_CIDR),
            ("disable-admission-plugins", "TaintNodesByCondition"),
            ("allow-privileged", "true"),
        ],
        optional,
    )


def controller_manager_command(binaries: Binaries, folder: Path) -> list[str]:
    """kube-controller-manager with the files that ``RealKubernetes`` wrote into ``folder``."""
    assert binaries.controller_manager is not None
    return command(
        binaries.controller_manager,
        [
            ("kubeconfig", str(folder / "controller-manager.json")),
            ("controllers", ",".join(CONTROLLERS)),
            ("leader-elect", "false"),
            ("secure-port", "0"),
            ("cluster-signing-cert-file", str(folder / "ca.crt")),
            ("cluster-signing-key-file", str(folder / "ca.key")),
            ("service-account-private-key-file", str(folder / "service-accounts.key")),
            ("root-ca-file", str(folder / "ca.crt")),
            ("kube-api-qps", "200"),
            ("kube-api-burst", "400"),
        ],
        [
            # 1.20 still opens a second, unprotected port on all addresses unless it is told not to.
            ("port", "0"),
            ("profiling", "false"),
            ("controller-start-interval", "0s"),
            ("concurrent-gc-syncs", "4"),
        ],
    )
