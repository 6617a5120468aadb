# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""eks_windows_preflight of clusters with legacy support: every variant is told, judged and planned for, by reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.support.legacy import left_of_legacy
from tests.support.playbook import run_tasks
from tests.testbed import ClusterSpec, Testbed
from tests.testbed.specs import LegacySpec

MODULE = "cloudops.eks_windows.eks_windows_preflight"
MOST_CALLS = 30
"""Of the whole catalogue, by the design, besides one for each Secret that only has a name of legacy support; a cluster
of this testbed has no node group, profile or other cluster."""

BACKUP_CALLS = 2
"""By which a removal looks for backups that nothing leads to any more."""

VARIANTS = {"A": "preview", "B": "manifests", "D": "eksctl", "E": "terraform", "F": "helm"}
SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "vpc-admission-webhook-certs"}}
NAMESAKES: tuple[dict[str, Any], ...] = (
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team"}},
    {**SECRET, "metadata": {**SECRET["metadata"], "namespace": "team"}, "data": {"cert.pem": "b3VycyE="}},
    {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "vpc-admission-webhook", "namespace": "team"},
        "spec": {"selector": {"app": "shop"}, "ports": [{"port": 443}]},
    },
)
OLD = {"version": "1.19", "platform_version": "eks.5", "controller": False, "policies": ("AmazonEKSClusterPolicy",)}
SPECS = (
    *(ClusterSpec(f"variant-{name.lower()}", legacy=name, objects=NAMESAKES) for name in VARIANTS),  # type: ignore[arg-type]
    ClusterSpec("old", legacy=LegacySpec("B"), **OLD),  # type: ignore[arg-type]
    ClusterSpec("expired", legacy=LegacySpec("B", not_after=timedelta(days=-1)), **OLD),  # type: ignore[arg-type]
    ClusterSpec("bare", **OLD),  # type: ignore[arg-type]
)


@pytest.fixture(scope="module")
def testbed() -> Iterator[Testbed]:
    with Testbed(SPECS, control_plane="emulated") as running:
        yield running


def examined(testbed: Testbed, name: str, goal: str, **options: Any) -> tuple[dict[str, Any], Counter[str]]:
    """What the module returns, and every call that the servers saw, none of which wrote anything."""
    testbed.forget_requests()
    arguments = {"cluster_name": name, "region": "us-east-1", "goal": goal, **options}
    (task,) = run_tasks([{"name": "Examine", MODULE: arguments}], testbed.environment).of("localhost")
    assert not task.failed, task.result
    requests = testbed.clusters[name].requests()
    assert not [request for request in (*requests, *testbed.aws.requests()) if request.write]
    aws = [f"{request.service}:{request.operation}" for request in testbed.aws.requests()]
    return dict(task.result), Counter([*aws, *(f"{request.verb} {request.path}" for request in requests)])


def counted(calls: Counter[str]) -> int:
    """The calls but for those about Secrets of others."""
    return sum(times for call, times in calls.items() if "/namespaces/team/secrets/" not in call)


def steps(result: dict[str, Any]) -> list[str]:
    return [step["step"] for step in result["plan"]]


@pytest.mark.parametrize("variant", ["B", *(pytest.param(name, marks=pytest.mark.newest_client) for name in "ADEF")])
def test_each_variant_is_removed_with_all_that_is_its_own(testbed: Testbed, variant: str) -> None:
    name = f"variant-{variant.lower()}"
    result, calls = examined(testbed, name, "legacy_remove")
    assert counted(calls) <= MOST_CALLS + BACKUP_CALLS, calls
    assert result["blockers"] == []
    assert result["support"]["legacy"]["variant"] == VARIANTS[variant]
    assert result["support_after"]["legacy"] == {"variant": None, "components": [], "certificate": None}
    objects = {text for step in result["plan"] for text in step["object"].split(", ")}
    assert {text.split(" ")[1] for text in objects if "team/" in text} == set()
    assert "ClusterRoleBinding eks:kube-proxy-windows" not in objects
    # Looked at without the collection, cert-manager's Certificate aside: what has a name of it and is not team's.
    there = {found.split(" ")[1] for found in left_of_legacy(testbed.clusters[name]) if "team/" not in found}
    assert {text.split(" ")[1] for text in objects if not text.startswith("Certificate ")} == there


# Decided by the library alone, whose unit tests run with the oldest releases, too.
@pytest.mark.newest_client
@pytest.mark.parametrize("variant", VARIANTS)
def test_each_variant_is_migrated_and_enabling_beside_it_is_refused(testbed: Testbed, variant: str) -> None:
    name = f"variant-{variant.lower()}"
    result, calls = examined(testbed, name, "migrate")
    assert counted(calls) <= MOST_CALLS + BACKUP_CALLS, calls
    assert (result["blockers"], result["support_after"]["mode"]) == ([], "control_plane")
    controllers = [step for step in steps(result) if step in ("remove_second_controller", "remove_legacy_controller")]
    assert controllers == (["remove_second_controller"] if variant == "F" else ["remove_legacy_controller"])
    assert (steps(result).index(controllers[0]) < steps(result).index("enable_windows_ipam")) is (variant == "F")
    refused, _calls = examined(testbed, name, "enable")
    own = "legacy.second_controller" if variant == "F" else "legacy.controller_blocks"
    assert refused["blockers"] == ["legacy.components", own]


# Decided by the library alone, whose unit tests run with the oldest releases, too.
@pytest.mark.newest_client
@pytest.mark.parametrize("variant", VARIANTS)
def test_each_variant_s_certificate_is_judged(testbed: Testbed, variant: str) -> None:
    result, calls = examined(testbed, f"variant-{variant.lower()}", "cert_renew")
    assert counted(calls) <= MOST_CALLS, calls
    assert result["support"]["legacy"]["certificate"]["days_left"] == 363
    assert result["blockers"] == (["legacy.certificate_owner"] if variant == "F" else [])
    assert steps(result) == []


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
def test_a_good_webhook_makes_an_old_cluster_ready_and_an_expired_one_does_not(testbed: Testbed) -> None:
    good, _calls = examined(testbed, "old", "cert_renew", probe=True)
    assert (good["ready"], steps(good), good["support"]["mode"]) == (True, [], "legacy")
    expired, _calls = examined(testbed, "expired", "cert_renew")
    assert (expired["ready"], expired["blockers"]) == (False, [])
    assert steps(expired)[:2] == ["renew_webhook_certificate", "restart_webhook"]
    assert expired["support"]["legacy"]["certificate"]["expired"] is True


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
def test_legacy_support_is_planned_for_below_the_version_table_alone(testbed: Testbed) -> None:
    bare, calls = examined(testbed, "bare", "legacy_install")
    assert (bare["ready"], bare["blockers"], bare["support_after"]["mode"]) == (False, [], "legacy")
    assert steps(bare) == [
        "create_role_binding",
        "install_legacy_controller",
        "issue_webhook_certificate",
        "install_legacy_webhook",
    ]
    # DescribeAddon is for two add-ons.
    assert [call for call, times in calls.items() if times > 1] == ["eks:DescribeAddon"], "nothing is asked twice"
    there, _calls = examined(testbed, "old", "legacy_install")
    assert (there["ready"], steps(there)) == (True, [])
    above, _calls = examined(testbed, "variant-b", "legacy_install")
    assert above["blockers"] == ["version.legacy_obsolete"]
