# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What belongs to legacy support, and what only has a name of it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    LegacyReferences,
    ObjectRef,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    CONTROLLER,
    DENIED,
    EKSCTL_SERVICE,
    EKSCTL_WEBHOOK,
    LEGACY_SECRET,
    chain,
    legacy,
    observed,
    options,
    ready,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.serving import certificate

ELSEWHERE = ObjectRef("Secret", "team", LEGACY_SECRET.name)
OTHER_SERVICE = ObjectRef("Service", "team", EKSCTL_SERVICE.name)
EVERYBODYS = (
    ObjectRef("Service", "default", "vpc-admission-webhook-svc"),
    ObjectRef("Secret", "default", LEGACY_SECRET.name),
)
HELM_SECRET = ObjectRef("Secret", "team", "windows-vpc-admission-webhook-tls")


def told(*named: ObjectRef, chains: Any = None, references: Any = None) -> tuple[set[ObjectRef], set[ObjectRef]]:
    """Services and Secrets that belong, and those that don't."""
    kinds = {kind: tuple(found for found in named if found.kind == kind) for kind in ("Service", "Secret")}
    objects = legacy(services=kinds["Service"], secrets=kinds["Secret"], references=references)
    found = Subject(observed(legacy=objects, legacy_webhooks=chains), options()).legacy
    return {*found.services, *found.secrets}, set(found.namesakes)


def test_what_was_not_looked_at_belongs() -> None:
    named = {LEGACY_SECRET, ELSEWHERE, OTHER_SERVICE}
    assert told(*named) == (named, set())
    assert told(*named, references=DENIED) == (named, set())
    assert told(*named, chains=DENIED, references=LegacyReferences()) == (named, set())


def test_what_a_webhook_uses_belongs_and_namesakes_stay() -> None:
    found = told(
        EKSCTL_SERVICE, OTHER_SERVICE, LEGACY_SECRET, ELSEWHERE, chains=(chain(),), references=LegacyReferences()
    )
    assert found == ({EKSCTL_SERVICE, LEGACY_SECRET}, {OTHER_SERVICE, ELSEWHERE})


@pytest.mark.parametrize(
    ("deployment", "selector", "belongs"),
    [
        (ready(EKSCTL_WEBHOOK, labels={"run": "w", "app": "x"}), {"run": "w"}, True),
        (ready(EKSCTL_WEBHOOK, labels={"run": "w"}), {"run": "other"}, False),
        (ready(EKSCTL_WEBHOOK, labels={"run": "w"}), {}, False),
        (ready(CONTROLLER, labels={"run": "w"}), {"run": "w"}, False),
        (ready(ObjectRef("Deployment", "team", "vpc-admission-webhook"), labels={"run": "w"}), {"run": "w"}, False),
        (None, {"app": "vpc-admission-webhook"}, True),
        (None, {"app": "windows-vpc-admission-webhook"}, True),
        (None, {"app": "shop"}, False),
        (None, None, False),
    ],
)
def test_a_service_that_selects_a_webhook_s_pods_belongs(deployment: Any, selector: Any, belongs: bool) -> None:
    references = LegacyReferences(
        deployments=(deployment,) if deployment else (),
        selectors={} if selector is None else {EKSCTL_SERVICE: selector},
    )
    assert (EKSCTL_SERVICE in told(EKSCTL_SERVICE, references=references)[0]) is belongs


@pytest.mark.parametrize(
    ("secret", "pem", "belongs"),
    [
        (LEGACY_SECRET, certificate(300), True),
        (LEGACY_SECRET, certificate(-100), True),
        (LEGACY_SECRET, certificate(300, "vpc-admission-webhook-svc.kube-system.svc"), True),
        (LEGACY_SECRET, certificate(300, "shop.kube-system.svc"), False),
        (LEGACY_SECRET, "", False),
        (LEGACY_SECRET, "-----BEGIN CERTIFICATE-----\nb3Vycw==\n-----END CERTIFICATE-----\n", False),
        (ELSEWHERE, certificate(300, "vpc-admission-webhook.team.svc"), False),
        (HELM_SECRET, certificate(300, "windows-vpc-admission-webhook.team.svc"), True),
        (HELM_SECRET, certificate(300), False),
        (EVERYBODYS[1], certificate(300, "vpc-admission-webhook-svc.default.svc"), False),
    ],
)
def test_a_secret_that_nothing_refers_to_is_told_by_its_certificate(secret: Any, pem: str, belongs: bool) -> None:
    references = LegacyReferences(certificates={secret: pem})
    assert told(secret, references=references) == (({secret}, set()) if belongs else (set(), {secret}))


def test_a_secret_that_a_deployment_mounts_belongs_by_its_name_or_by_a_webhook_that_calls_it() -> None:
    own, other = ObjectRef("Secret", "kube-system", "pair"), ObjectRef("Secret", "kube-system", "token")
    references = LegacyReferences(
        deployments=(ready(EKSCTL_WEBHOOK, LEGACY_SECRET), ready(EKSCTL_WEBHOOK, own), ready(CONTROLLER, other))
    )
    assert told(LEGACY_SECRET, references=references) == ({LEGACY_SECRET}, set())
    assert told(chains=(chain(secret=own),), references=references) == ({own, EKSCTL_SERVICE}, set())
    # Of the known name it would have been listed, were it there.
    assert told(references=references) == (set(), set())


@pytest.mark.parametrize(
    ("namespace", "name", "belongs"),
    [
        ("kube-system", "vpc-admission-webhook", True),
        ("kube-system", "vpc-admission-webhook-svc", True),
        ("default", "vpc-admission-webhook-svc", False),
        ("default", "vpc-admission-webhook", False),
        ("team", "vpc-admission-webhook", False),
        ("team", "windows-vpc-admission-webhook", True),
    ],
)
def test_a_service_with_the_label_of_a_webhook_belongs_where_that_tells(
    namespace: str, name: str, belongs: bool
) -> None:
    service = ObjectRef("Service", namespace, name)
    references = LegacyReferences(selectors={service: {"app": "vpc-admission-webhook"}})
    assert (service in told(service, references=references)[0]) is belongs


@pytest.mark.parametrize("chains", [(chain(),), None])
@pytest.mark.parametrize("webhook", [False, True])
def test_what_looks_like_the_preview_s_belongs_by_the_webhook_of_its_namespace_alone(
    chains: Any, webhook: bool
) -> None:
    service, secret = EVERYBODYS
    labels = {"app": "vpc-admission-webhook"}
    deployment = ObjectRef("Deployment", "default", "vpc-admission-webhook-deployment")
    references = LegacyReferences(
        deployments=(ready(deployment, secret, labels=labels),) if webhook else (),
        selectors={service: labels},
        certificates={secret: certificate(300, "vpc-admission-webhook-svc.default.svc")},
    )
    belong, stay = told(service, secret, chains=chains, references=references)
    assert (set(EVERYBODYS) <= belong, set(EVERYBODYS) <= stay) == (webhook, not webhook)
