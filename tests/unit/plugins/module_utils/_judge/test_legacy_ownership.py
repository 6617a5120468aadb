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


BACKUP = ObjectRef("Secret", "kube-system", f"{LEGACY_SECRET.name}-backup")
ACCOUNT = ObjectRef("ServiceAccount", "kube-system", "vpc-resource-controller")
SECOND_ACCOUNT = ObjectRef("ServiceAccount", "kube-system", "vpc-resource-controller-2")
CHART_ACCOUNT = ObjectRef("ServiceAccount", "shop", "windows-vpc-resource-controller")


def told(
    *named: ObjectRef, chains: Any = None, references: Any = None, **changes: Any
) -> tuple[set[ObjectRef], set[ObjectRef]]:
    """Services and Secrets that belong, and those that don't."""
    kinds = {kind: tuple(found for found in named if found.kind == kind) for kind in ("Service", "Secret")}
    objects = legacy(services=kinds["Service"], secrets=kinds["Secret"], references=references)
    found = Subject(observed(legacy=objects, legacy_webhooks=chains, **changes), options()).legacy
    return {*found.services, *found.secrets}, set(found.namesakes)


def test_what_was_not_looked_at_belongs() -> None:
    named = {LEGACY_SECRET, ELSEWHERE, OTHER_SERVICE}
    assert told(*named) == (named, set())
    assert told(*named, references=DENIED) == (named, set())
    assert told(*named, chains=DENIED, references=LegacyReferences()) == (named, set())
    assert told(*named, references=LegacyReferences(), webhook_configurations=DENIED) == (named, set())


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


@pytest.mark.parametrize(
    ("backup", "original", "pem", "belongs"),
    [
        # Nobody has the Secret any more.
        (BACKUP, False, "", True),
        (ObjectRef("Secret", "default", BACKUP.name), False, "", True),
        (ObjectRef("Secret", "team", f"{HELM_SECRET.name}-backup"), False, "", True),
        (ObjectRef("Secret", "team", BACKUP.name), False, "", False),
        # It is there: the backup belongs with it.
        (BACKUP, True, certificate(300), True),
        (BACKUP, True, certificate(300, "shop.kube-system.svc"), False),
        (
            ObjectRef("Secret", "default", BACKUP.name),
            True,
            certificate(300, "vpc-admission-webhook-svc.default.svc"),
            False,
        ),
        (
            ObjectRef("Secret", "team", f"{HELM_SECRET.name}-backup"),
            True,
            certificate(300, "windows-vpc-admission-webhook.team.svc"),
            True,
        ),
    ],
)
def test_a_backup_belongs_with_the_secret_that_it_was_made_of(
    backup: ObjectRef, original: bool, pem: str, belongs: bool
) -> None:
    secret = ObjectRef("Secret", backup.namespace, backup.name.removesuffix("-backup"))
    named = {backup, secret} if original else {backup}
    found = told(*named, references=LegacyReferences(certificates={secret: pem} if original else {}))
    assert found == ((named, set()) if belongs else (set(), named))


def test_a_backup_belongs_with_the_secret_of_a_webhook_that_is_there() -> None:
    references = LegacyReferences(deployments=(ready(EKSCTL_WEBHOOK, LEGACY_SECRET),))
    assert told(BACKUP, LEGACY_SECRET, references=references) == ({BACKUP, LEGACY_SECRET}, set())
    assert told(BACKUP, LEGACY_SECRET, references=DENIED) == ({BACKUP, LEGACY_SECRET}, set())


OTHERS = ObjectRef("Deployment", "kube-system", "shop")


@pytest.mark.parametrize(
    ("name", "sharers", "belongs"),
    [
        ("pair", (), True),
        ("pair", (OTHERS,), False),
        ("pair", (OTHERS, CONTROLLER), False),
        # Its own all the same.
        ("pair", (CONTROLLER,), True),
        ("pair", (ObjectRef("Deployment", "kube-system", "second"),), True),
        (LEGACY_SECRET.name, (OTHERS,), True),
    ],
)
def test_a_secret_of_another_name_that_others_have_too_stays(name: str, sharers: Any, belongs: bool) -> None:
    secret = ObjectRef("Secret", "kube-system", name)
    second = chain(webhook="second", deployment=ObjectRef("Deployment", "kube-system", "second"), secret=None)
    seen = observed(
        legacy=legacy(deployments=(CONTROLLER,), references=LegacyReferences()),
        legacy_webhooks=(chain(secret=secret, sharers=sharers), second),
    )
    found = Subject(seen, options()).legacy
    assert found.secrets == ((secret,) if belongs else ())
    assert found.shared_secrets == ({} if belongs else {secret: (OTHERS,)})


@pytest.mark.parametrize(
    ("bound", "run_as", "belong"),
    [
        ((), (), ()),
        ((ACCOUNT,), (), (ACCOUNT,)),
        ((SECOND_ACCOUNT,), (), (SECOND_ACCOUNT,)),
        ((), (ACCOUNT,), (ACCOUNT,)),
        ((ACCOUNT,), (CHART_ACCOUNT,), (ACCOUNT, CHART_ACCOUNT)),
        # What has another name may be everybody's.
        ((ObjectRef("ServiceAccount", "kube-system", "default"),), (), ()),
        (DENIED, (), (ACCOUNT, SECOND_ACCOUNT, CHART_ACCOUNT)),
    ],
)
def test_a_service_account_belongs_by_what_refers_to_it(bound: Any, run_as: Any, belong: Any) -> None:
    accounts = (ACCOUNT, SECOND_ACCOUNT, CHART_ACCOUNT)
    objects = legacy(details=accounts, bound_accounts=bound, references=LegacyReferences(accounts=run_as))
    found = Subject(observed(legacy=objects), options()).legacy
    assert found.components == belong
    assert set(found.namesakes) == set(accounts) - set(belong)


def test_service_accounts_are_told_also_where_webhook_configurations_could_not_be_read() -> None:
    references = LegacyReferences(accounts=(SECOND_ACCOUNT,))
    objects = legacy(details=(ACCOUNT, SECOND_ACCOUNT), bound_accounts=(), references=references)
    found = Subject(observed(legacy=objects, webhook_configurations=DENIED), options()).legacy
    assert (found.components, found.namesakes) == ((SECOND_ACCOUNT,), (ACCOUNT,))


def test_service_accounts_belong_while_what_refers_to_them_could_not_be_looked_at() -> None:
    objects = legacy(details=(ACCOUNT,), references=DENIED)
    assert Subject(observed(legacy=objects), options()).legacy.components == (ACCOUNT,)


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
