# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""No key of the legacy webhook and no token is printed at -vvvv, returned, cached or left in a file by the roles that
install, renew, remove and migrate legacy support."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.certificate_state import rfc3339
from tests.integration.conftest import require_real_control_plane
from tests.integration.security.loud_run import FACTS, LOG, VARIABLES, LoudRun, play_of, run_loudly
from tests.integration.security.webhook_pairs import WebhookPairs
from tests.support.access import OPERATOR, new_role, session_of, token_of
from tests.support.fleets import NO_WINDOWS_POLICY, NODES
from tests.support.planted_secrets import PRINTED, planted_key, planted_text
from tests.testbed.cluster import TestbedCluster
from tests.testbed.legacy_objects import secret
from tests.testbed.specs import ClusterSpec, LegacySpec
from tests.testbed.testbed import Testbed

pytestmark = pytest.mark.thorough

AT_ONCE = 366
OLD: dict[str, Any] = {"version": "1.21", "platform_version": "eks.1", "controller": False, "nodes": NODES}
FLEET = (
    ClusterSpec("bare", **OLD),
    ClusterSpec("serving", legacy=LegacySpec("B", strategy="RollingUpdate"), **OLD),
    ClusterSpec("modern", legacy="B", policies=NO_WINDOWS_POLICY, nodes=NODES),
)


@pytest.fixture(scope="module")
def fleet() -> Iterator[Testbed]:
    require_real_control_plane()
    with Testbed(FLEET, control_plane="real") as testbed:
        yield testbed


def run_and_search(
    fleet: Testbed,
    cluster: TestbedCluster,
    role: str,
    home: Path,
    *,
    keys: int,
    secret_writes: set[str],
    by_token: bool,
    status: int = 0,
    **variables: Any,
) -> LoudRun:
    """Run a role, and search all that it leaves for every secret that was in its reach.

    Args:
        home: Where its files are to be.
        keys: How many private keys the webhook has had when it ends.
        secret_writes: Verbs by which it changes Secrets.
        by_token: Whether Kubernetes is reached with the token of the environment, else with one of the AWS keys.
        status: What it is to end with.
    """
    home.mkdir()
    arn, _session = new_role(fleet, home.name, cluster)
    planted = {"K8S_AUTH_API_KEY": token_of(fleet, cluster, arn), "K8S_AUTH_PASSWORD": "planted-password"}
    if by_token:
        variables["eks_windows_host"] = cluster.endpoint
    variables |= {"eks_windows_cluster_name": cluster.name, "eks_windows_region": cluster.spec.region}
    fleet.forget_requests()
    with WebhookPairs(cluster) as pairs:
        run = run_loudly(play_of(role, home), home, {**fleet.environment, **planted}, variables)
    assert run.returncode == status, run.printed[-3000:]
    writes = [request for request in cluster.requests() if request.write]
    assert {request.user for request in writes} == {session_of(arn, "awx") if by_token else OPERATOR}
    assert {request.verb for request in writes if "secrets" in request.path.split("/")} == secret_writes
    assert_search_finds(run, cluster, pairs.seen)

    assert len(pairs.seen) == keys
    secrets = [planted_key(f"key {number} of the webhook", key) for number, key in enumerate(pairs.seen)]
    secrets += [planted_text(name, value) for name, value in planted.items()]
    secrets.append(planted_text("AWS_SECRET_ACCESS_KEY", fleet.environment["AWS_SECRET_ACCESS_KEY"]))
    assert run.left.leaks(secrets) == []
    return run


def assert_search_finds(run: LoudRun, cluster: TestbedCluster, pairs: Mapping[str, str]) -> None:
    """What is public of the same pairs is found wherever the role tells of it, and so are a module's options and code:
    it is there that keys and tokens would be."""
    certificates = [x509.load_pem_x509_certificate(base64.b64decode(encoded)) for encoded in pairs.values()]
    ends = [rfc3339(certificate.not_valid_after_utc).encode() for certificate in certificates]
    assert {place.split("/")[0] for place in run.left.places(*ends)} >= {PRINTED, LOG, FACTS, VARIABLES}
    assert [place for place in run.left.places(cluster.endpoint.encode()) if place.endswith("/AnsiballZ_k8s.py")]
    assert [place for place in run.left.places(b"class K8sService") if "/AnsiballZ_k8s.py!" in place]


def test_installation_and_removal(fleet: Testbed, tmp_path: Path) -> None:
    cluster = fleet.clusters["bare"]
    # The pair of an earlier installation is of no use, and is replaced.
    for manifest in secret(LegacySpec("B", key_matches=False), cluster.kubernetes.authority):
        cluster.admin.create(manifest)
    run_and_search(
        fleet,
        cluster,
        "legacy_install",
        tmp_path / "installation",
        keys=2,
        secret_writes={"create", "patch", "delete"},
        by_token=True,
    )
    assert cluster.injects_address()
    run_and_search(
        fleet,
        cluster,
        "legacy_remove",
        tmp_path / "removal",
        keys=1,
        secret_writes={"delete"},
        by_token=False,
    )


def test_renewal(fleet: Testbed, tmp_path: Path) -> None:
    run_and_search(
        fleet,
        fleet.clusters["serving"],
        "cert_renew",
        tmp_path / "renewal",
        keys=2,
        secret_writes={"create", "patch", "delete"},
        by_token=True,
        eks_windows_renewal_days=AT_ONCE,
    )


# The modules are those of a renewal, run once more with the previous pair.
@pytest.mark.newest_client
def test_renewal_that_is_taken_back(fleet: Testbed, tmp_path: Path) -> None:
    cluster = fleet.clusters["serving"]
    assert cluster.stand_ins is not None
    cluster.stand_ins.legacy_webhook.fail_next_start("crash")
    try:
        run = run_and_search(
            fleet,
            cluster,
            "cert_renew",
            tmp_path / "taken-back",
            keys=2,
            secret_writes={"create", "patch", "delete"},
            by_token=False,
            status=2,
            eks_windows_renewal_days=AT_ONCE,
            eks_windows_wait_timeout=15,
        )
    finally:
        cluster.stand_ins.legacy_webhook.heal()
    assert "Its previous certificate is back, and the webhook was restarted with it." in run.printed
    assert cluster.injects_address()


# The modules are those of enable and of a removal, which the oldest releases run in tests of their own.
@pytest.mark.newest_client
def test_migration(fleet: Testbed, tmp_path: Path) -> None:
    run_and_search(
        fleet,
        fleet.clusters["modern"],
        "enable",
        tmp_path / "migration",
        keys=1,
        secret_writes={"delete"},
        by_token=True,
        eks_windows_remove_legacy=True,
    )
