# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans that install legacy support."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.plan import Step, plan
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.prediction import after
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.render import as_result
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    LegacyDeployment,
    LegacyReferences,
    ObjectRef,
    Observation,
    WebhookService,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import WebhookChain
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    CONTROLLER,
    CONTROLLER_ACCOUNT,
    CONTROLLER_BINDING,
    CONTROLLER_ROLE,
    DENIED,
    EKSCTL_CONFIGURATION,
    KUBE_PROXY_BINDING,
    LEGACY_SECRET,
    cluster,
    legacy,
    observed,
    options,
    ready,
    webhook_configuration,
    with_legacy,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.serving import certificate, serving

ALL = ["create_role_binding", "install_legacy_controller", "issue_webhook_certificate", "install_legacy_webhook"]
OLD = cluster(version="1.19", platform_version="eks.5")
SERVICE = ObjectRef("Service", "kube-system", "vpc-admission-webhook-svc")
DEPLOYMENT = ObjectRef("Deployment", "kube-system", "vpc-admission-webhook-deployment")
CONFIGURATION = webhook_configuration("vpc-admission-webhook-cfg", service=SERVICE.name)
HOST = "vpc-admission-webhook-svc.kube-system.svc"
RBAC = {
    "cluster_role_bindings": (CONTROLLER_BINDING, KUBE_PROXY_BINDING),
    "details": (CONTROLLER_ACCOUNT, CONTROLLER_ROLE),
}


def own(days: float = 300, **changes: Any) -> WebhookChain:
    """The webhook of the documented names, as the role installs it."""
    parts = {
        "service": WebhookService(SERVICE.namespace, SERVICE.name, ""),
        "deployment": DEPLOYMENT,
        "certificate_pem": certificate(days, HOST),
    }
    return serving(**{**parts, **changes})


def bare(**changes: Any) -> Observation:
    return observed(**{"cluster": OLD, "webhook_configurations": (), "legacy": legacy(), **changes})


def installed(chain: WebhookChain | None = None, **changes: Any) -> Observation:
    parts: dict[str, Any] = {
        "webhook_configurations": (CONFIGURATION,),
        "legacy_webhooks": (chain or own(),),
        "legacy": legacy(
            deployments=(CONTROLLER, DEPLOYMENT),
            services=(SERVICE,),
            secrets=(LEGACY_SECRET,),
            references=LegacyReferences(deployments=(ready(CONTROLLER), ready(DEPLOYMENT, LEGACY_SECRET))),
            **RBAC,
        ),
    }
    return bare(**{**parts, **changes})


def steps(seen: Observation, **wanted: Any) -> tuple[Step, ...]:
    return plan(Subject(seen, options(goal="legacy_install", **wanted)))


def ids(seen: Observation) -> list[str]:
    return [step.step for step in steps(seen)]


def test_what_an_installation_does() -> None:
    binding, controller, issue, webhook = steps(bare())
    assert binding == Step(
        step="create_role_binding",
        reason="Without it kube-proxy on Windows nodes may not read Services",
        object="ClusterRoleBinding eks:kube-proxy-windows",
        before="absent",
        after="ClusterRole system:node-proxier",
    )
    assert controller.object == ", ".join(
        map(str, (CONTROLLER_ACCOUNT, CONTROLLER_ROLE, CONTROLLER_BINDING, CONTROLLER))
    )
    assert issue.object == str(LEGACY_SECRET)
    assert json.loads(issue.before) == {
        "not_after": None,
        "fingerprint": None,
        "webhook_configuration": "vpc-admission-webhook-cfg",
        "namespace": "kube-system",
        "service_name": "vpc-admission-webhook-svc",
        "secret_name": "vpc-admission-webhook-certs",
    }
    assert webhook.object == f"{SERVICE}, {DEPLOYMENT}, MutatingWebhookConfiguration vpc-admission-webhook-cfg"
    assert (webhook.before, webhook.after) == ("absent", "present")


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (bare(), ALL),
        (installed(), []),
        # eksctl's is whole: its names differ, and its binding never was.
        (with_legacy(cluster=OLD, webhook_configurations=(EKSCTL_CONFIGURATION,), legacy_webhooks=(serving(),)), []),
        # Killed after the controller; after the certificate; after the webhook's Deployment.
        (bare(legacy=legacy(deployments=(CONTROLLER,), **RBAC)), ALL[2:]),
        (bare(legacy=legacy(deployments=(CONTROLLER,), secrets=(LEGACY_SECRET,), **RBAC)), ALL[2:]),
        (bare(legacy=legacy(deployments=(CONTROLLER, DEPLOYMENT), services=(SERVICE,), **RBAC)), ALL[2:]),
        # Killed before the controller's Deployment.
        (bare(legacy=legacy(details=(CONTROLLER_ACCOUNT,))), ALL),
        (
            installed(legacy=legacy(deployments=(CONTROLLER, DEPLOYMENT), cluster_role_bindings=(KUBE_PROXY_BINDING,))),
            ALL[1:2],
        ),
        (installed(own(service_exists=False)), ALL[2:]),
        (installed(own(deployment=None)), ALL[2:]),
        (installed(own(-1)), ALL[2:]),
        (installed(own(10)), []),
        (installed(own(-1, managed_by="cert-manager")), []),
        (bare(legacy=legacy(deployments=DENIED)), ALL[:1]),
        (bare(legacy=legacy(cluster_role_bindings=DENIED)), ALL[2:]),
        (bare(webhook_configurations=DENIED), ALL[:2]),
        (installed(legacy_webhooks=DENIED), []),
    ],
)
def test_what_is_missing_is_installed(seen: Observation, expected: list[str]) -> None:
    assert ids(seen) == expected


@pytest.mark.parametrize(("idle", "expected"), [(CONTROLLER, ALL[1:2]), (DEPLOYMENT, ALL[2:])])
def test_what_does_not_run_yet_is_installed_again_and_waited_for(idle: ObjectRef, expected: list[str]) -> None:
    deployments = tuple(ready(found, ready=found != idle) for found in (CONTROLLER, DEPLOYMENT))
    whole = installed().legacy
    seen = installed(
        legacy=legacy(
            deployments=(CONTROLLER, DEPLOYMENT),
            services=(SERVICE,),
            secrets=(LEGACY_SECRET,),
            cluster_role_bindings=whole.cluster_role_bindings,
            details=whole.details,
            references=LegacyReferences(deployments=deployments),
        )
    )
    planned = steps(seen)
    assert [step.step for step in planned] == expected
    assert planned[-1].object == str(idle)
    subject = Subject(seen, options(goal="legacy_install"))
    assert plan(after(subject, planned)) == ()


def test_another_way_s_account_is_what_its_controller_needs() -> None:
    account = ObjectRef("ServiceAccount", "kube-system", "vpc-resource-controller-2")
    rbac = {**RBAC, "details": (account, CONTROLLER_ROLE)}
    seen = bare(legacy=legacy(deployments=(CONTROLLER,), **rbac))
    assert "install_legacy_controller" not in ids(seen)


def test_another_way_s_controller_is_left_as_it_is() -> None:
    helm = ObjectRef("Deployment", "windows", "windows-vpc-resource-controller")
    assert "install_legacy_controller" not in ids(bare(legacy=legacy(deployments=(helm,))))


@pytest.mark.parametrize(("ready_now", "expected"), [(True, []), (False, ALL[1:2])])
def test_controller_that_is_not_up_is_waited_for(ready_now: bool, expected: list[str]) -> None:
    found = legacy(
        deployments=(CONTROLLER, DEPLOYMENT),
        services=(SERVICE,),
        references=LegacyReferences(deployments=(LegacyDeployment(CONTROLLER, ready_now, None, {}),)),
        **RBAC,
    )
    seen = installed(legacy=found)
    assert ids(seen) == expected
    subject = Subject(seen, options(goal="legacy_install"))
    assert plan(after(subject, plan(subject))) == ()


@pytest.mark.parametrize("seen", [bare(), installed(own(-1)), bare(legacy=legacy(deployments=(CONTROLLER,)))])
def test_an_installation_leaves_nothing_for_a_second_one(seen: Observation) -> None:
    subject = Subject(seen, options(goal="legacy_install"))
    assert plan(subject) != ()
    done = after(subject, plan(subject))
    assert plan(done) == ()
    found = as_result(seen, options(goal="legacy_install"))
    assert found["support_after"]["mode"] == "legacy"
    assert found["support_after"]["legacy"]["variant"] == "manifests"


@pytest.mark.parametrize(
    ("seen", "blockers"),
    [
        (bare(), []),
        (installed(), []),
        (installed(own(-1)), []),
        (bare(cluster=cluster()), ["version.legacy_obsolete"]),
        (bare(cluster=DENIED), ["cluster.identity", "cluster.status"]),
        (bare(legacy=legacy(deployments=DENIED)), ["legacy.rollout"]),
        (bare(legacy=legacy(services=DENIED)), ["legacy.rollout"]),
        (bare(webhook_configurations=DENIED), ["legacy.rollout", "legacy.certificate"]),
        (installed(legacy_webhooks=DENIED), ["legacy.rollout", "legacy.certificate"]),
        (bare(legacy=legacy(cluster_role_bindings=DENIED)), ["legacy.role_binding"]),
        # Another way's webhook is that way's to mend.
        (
            with_legacy(
                cluster=OLD,
                webhook_configurations=(EKSCTL_CONFIGURATION,),
                legacy_webhooks=(serving(service_exists=False, problems=("Service x does not exist",)),),
            ),
            ["legacy.certificate"],
        ),
    ],
)
def test_what_stops_an_installation(seen: Observation, blockers: list[str]) -> None:
    found = as_result(seen, options(goal="legacy_install"))["blockers"]
    assert found[: len(blockers)] == blockers
    assert bool(found) is bool(blockers)


TERRAFORM = ObjectRef("Deployment", "kube-system", "vpc-admission-webhook")
"""Behind the Service that the documented way has, too."""


@pytest.mark.parametrize("changes", [{}, {"days": -1}, {"service_exists": False}, {"key_state": "differs"}])
def test_the_webhook_of_another_way_gets_none_of_this_one_s_beside_it(changes: dict[str, Any]) -> None:
    seen = installed(own(**{"deployment": TERRAFORM, **changes}))
    seen = replace(seen, legacy=replace(seen.legacy, deployments=(CONTROLLER, TERRAFORM)))
    assert ids(seen) == []
    judged = as_result(seen, options(goal="legacy_install"))
    assert bool(judged["blockers"]) is bool(set(changes) & {"days", "key_state"})
    (rollout,) = (found for found in judged["findings"] if found["id"] == "legacy.rollout")
    assert f"{TERRAFORM} was installed another way, and stays as it is" in rollout["summary"]


def test_what_another_way_left_unfinished_is_refused() -> None:
    seen = bare(legacy=legacy(deployments=(CONTROLLER, TERRAFORM), services=(SERVICE,), **RBAC))
    assert ids(seen) == []
    judged = as_result(seen, options(goal="legacy_install"))
    assert judged["blockers"] == ["legacy.rollout"]
    (rollout,) = (found for found in judged["findings"] if found["id"] == "legacy.rollout")
    assert "has no webhook configuration" in rollout["summary"]
    assert "legacy_remove" in rollout["remedy"]
