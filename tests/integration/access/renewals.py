# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Renews a webhook's certificate at once, by the module or by the role, and asks the servers who did it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.access import principals, users
from tests.support.playbook import PlaybookRun, run_tasks
from tests.support.roles import changed_steps, run_role
from tests.support.webhook_certificates import BACKUP, RENEWAL, RUNNING, bundle, given, secret, subject_of
from tests.testbed import Testbed
from tests.testbed.cluster import TestbedCluster

MODULE = "cloudops.eks_windows.webhook_cert"
AT_ONCE = 366
PROOF = ["patch mutatingwebhookconfigurations", "delete secrets"]
"""The authority of the previous certificate is taken from the caBundle, then the backup goes."""


def renew(
    testbed: Testbed, cluster: TestbedCluster, environment: Mapping[str, str] | None = None, **options: Any
) -> PlaybookRun:
    """Renew a certificate of another authority and drop its backup by the module, as loudly as it gets."""
    given(cluster, RUNNING)
    testbed.forget_requests()
    asked = {"cluster_name": cluster.name, "region": cluster.spec.region, **options}
    return run_tasks(
        [
            {"name": "Renew", MODULE: {**asked, "renewal_days": AT_ONCE}},
            {"name": "Prove", MODULE: {**asked, "state": "proved"}},
        ],
        testbed.environment if environment is None else environment,
        arguments=["-vvvv"],
    )


def renew_by_role(testbed: Testbed, cluster: TestbedCluster, **variables: Any) -> PlaybookRun:
    """As :func:`renew`, by role cert_renew."""
    given(cluster, RUNNING)
    testbed.forget_requests()
    return run_role("cert_renew", testbed, cluster, eks_windows_renewal_days=AT_ONCE, **variables)


def assert_renewed(testbed: Testbed, cluster: TestbedCluster, run: PlaybookRun, principal: str, user: str) -> None:
    """The module made each write of a renewal, and no other, as this principal of AWS and this user of Kubernetes."""
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr
    assert run.changes("localhost") == ["Renew", "Prove"]
    assert written(cluster) == [*RENEWAL, *PROOF]
    _assert_who(testbed, cluster, principal, user)


def assert_renewed_by_role(
    testbed: Testbed, cluster: TestbedCluster, run: PlaybookRun, principal: str, user: str
) -> None:
    """As :func:`assert_renewed`, with the restart of the webhook, which kubernetes.core writes."""
    assert changed_steps(run) == ["renew_webhook_certificate", "restart_webhook", "drop_certificate_backup"]
    assert written(cluster) == [*RENEWAL, "patch deployments", *PROOF]
    _assert_who(testbed, cluster, principal, user)


def _assert_who(testbed: Testbed, cluster: TestbedCluster, principal: str, user: str) -> None:
    assert principals(testbed) == {principal}
    assert users(cluster) == ({user}, {user})
    assert bundle(cluster) == [subject_of(cluster.certificate_authority)]
    assert secret(cluster, BACKUP) is None


def written(cluster: TestbedCluster) -> list[str]:
    """What was written, as verb and resource, or subresource, in order."""
    return [f"{request.verb} {_resource(request.path)}" for request in cluster.requests() if request.write]


def _resource(path: str) -> str:
    parts = path.strip("/").split("/")
    of_group = parts[2 if parts[0] == "api" else 3 :]
    resource, *name_and_subresource = of_group[2:] if of_group[0] == "namespaces" else of_group
    return name_and_subresource[1] if len(name_and_subresource) > 1 else resource
