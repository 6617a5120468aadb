# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans that take legacy support away, variant by variant."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.legacy_variants import (
    VARIANTS,
    LegacyVariant,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.plan import Step, plan
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.prediction import after
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.render import as_result
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    LabelSelector,
    LegacyReferences,
    ObjectRef,
    Observation,
    Webhook,
    WebhookConfiguration,
    WebhookService,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import (
    Selection,
    WebhookChain,
    WebhookEntry,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    CONTROL_PLANE_WEBHOOK,
    CONTROLLER,
    CONTROLLER_ACCOUNT,
    DENIED,
    EKSCTL_CONFIGURATION,
    EKSCTL_SERVICE,
    EKSCTL_WEBHOOK,
    KUBE_PROXY_BINDING,
    LEGACY_SECRET,
    addon,
    chain,
    config_map,
    legacy,
    observed,
    options,
    ready,
    role,
    webhook_configuration,
    with_legacy,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.serving import certificate, serving

WEBHOOK_STEPS = ["remove_legacy_webhook", "remove_legacy_leftovers"]
HELM = next(variant for variant in VARIANTS if variant.name == "helm")


def steps(seen: Observation, goal: Any = "legacy_remove", **wanted: Any) -> tuple[Step, ...]:
    return plan(Subject(seen, options(goal=goal, **wanted)))


def ids(seen: Observation, goal: Any = "legacy_remove", **wanted: Any) -> list[str]:
    return [step.step for step in steps(seen, goal, **wanted)]


def names(step: Step) -> list[str]:
    return [f"{found['kind']} {found['namespace']}/{found['name']}" for found in json.loads(step.before)["objects"]]


def of_variant(variant: LegacyVariant, **changes: Any) -> Observation:
    """A cluster with all that a variant made, in namespace ``release`` where its installer chose."""
    place, controllers = variant.namespace or "release", variant.controller_namespace or "release"
    webhook = ObjectRef("Deployment", place, variant.deployment)
    secret = ObjectRef("Secret", place, variant.secret)
    requests = [variant.certificate_signing_request] if variant.certificate_signing_request else []
    parts: dict[str, Any] = {
        "webhook_configurations": (
            CONTROL_PLANE_WEBHOOK,
            webhook_configuration(variant.webhook_configuration, place, variant.service),
        ),
        "legacy_webhooks": (
            chain(
                configuration=variant.webhook_configuration,
                service=WebhookService(place, variant.service, ""),
                deployment=webhook,
                secret=secret,
                managed_by="cert-manager" if variant is HELM else "none",
            ),
        ),
        "legacy": legacy(
            deployments=(ObjectRef("Deployment", controllers, variant.controller), webhook),
            services=(ObjectRef("Service", place, variant.service),),
            secrets=() if variant is HELM else (secret,),
            cluster_role_bindings=(
                KUBE_PROXY_BINDING,
                *(ObjectRef("ClusterRoleBinding", "", name) for name in variant.cluster_roles),
            ),
            details=(
                *(ObjectRef("ServiceAccount", controllers, name) for name in variant.service_accounts),
                *(ObjectRef("ClusterRole", "", name) for name in variant.cluster_roles),
                *(ObjectRef("CertificateSigningRequest", "", name) for name in requests),
                *((secret,) if variant is HELM else ()),
            ),
            bound_accounts=tuple(ObjectRef("ServiceAccount", controllers, name) for name in variant.service_accounts),
            references=LegacyReferences(deployments=(ready(webhook, secret),)),
        ),
    }
    return with_legacy(**{**parts, **changes})


def test_what_legacy_remove_does() -> None:
    controller, webhook, leftovers = steps(with_legacy())
    assert controller == Step(
        step="remove_legacy_controller",
        reason="It is the controller of legacy Windows support, and turns control-plane support off",
        object="Deployment kube-system/vpc-resource-controller",
        before='{"objects": [{"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "kube-system", '
        '"name": "vpc-resource-controller"}]}',
        after="absent",
    )
    assert (webhook.step, webhook.after) == ("remove_legacy_webhook", "absent")
    assert webhook.object == (
        "MutatingWebhookConfiguration vpc-admission-webhook-cfg, Service kube-system/vpc-admission-webhook, "
        "Secret kube-system/vpc-admission-webhook-certs, Deployment kube-system/vpc-admission-webhook"
    )
    assert leftovers.object == (
        "ClusterRole vpc-resource-controller, ServiceAccount kube-system/vpc-resource-controller, "
        "CertificateSigningRequest vpc-admission-webhook.kube-system, ClusterRoleBinding vpc-resource-controller"
    )
    assert [item["apiVersion"] for item in json.loads(leftovers.before)["objects"]] == [
        "rbac.authorization.k8s.io/v1",
        "v1",
        "certificates.k8s.io/v1",
        "rbac.authorization.k8s.io/v1",
    ]


@pytest.mark.parametrize("goal", ["legacy_remove", "migrate"])
@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_every_variant_goes_with_all_that_belongs_to_it(variant: LegacyVariant, goal: Any) -> None:
    seen = of_variant(variant)
    wanted = {str(found) for found in Subject(seen, options()).legacy.components}
    planned = steps(seen, goal)
    assert {text for step in planned if step.after == "absent" for text in step.object.split(", ")} == wanted
    assert not any("eks:kube-proxy-windows" in step.object for step in planned)
    done = after(Subject(seen, options(goal=goal)), planned)
    assert done.legacy.components == ()
    assert done.observation.legacy.cluster_role_bindings == (KUBE_PROXY_BINDING,)
    assert done.observation.webhook_configurations == (CONTROL_PLANE_WEBHOOK,)
    assert plan(done) == ()


def test_migrate_keeps_the_gap_short() -> None:
    seen = with_legacy(vpc_cni=addon(""), cluster_role=role("AmazonEKSClusterPolicy"))
    assert ids(seen, "migrate") == [
        "attach_cluster_policy",
        "enable_windows_ipam",
        "configure_addon",
        "remove_legacy_controller",
        *WEBHOOK_STEPS,
    ]


def test_migrate_declares_a_webhook_that_may_have_side_effects_before_all_else() -> None:
    seen = with_legacy(
        cluster_role=role("AmazonEKSClusterPolicy"), legacy_webhooks=(serving(with_side_effects=("w", "v")),)
    )
    (first, second, *_rest) = steps(seen, "migrate")
    assert (first.step, second.step) == ("declare_side_effects", "attach_cluster_policy")
    assert json.loads(first.before) == {"webhooks": {"vpc-admission-webhook-cfg": ["w", "v"]}}
    assert "declare_side_effects" not in ids(seen, "legacy_remove")


def test_migrate_removes_a_second_controller_before_windows_ipam_is_on() -> None:
    assert ids(of_variant(HELM), "migrate") == ["remove_second_controller", "enable_windows_ipam", *WEBHOOK_STEPS]
    both = of_variant(HELM)
    objects = legacy(deployments=(*both.legacy.deployments, CONTROLLER))  # type: ignore[misc]
    planned = steps(of_variant(HELM, legacy=objects), "migrate")
    assert [step.object for step in planned if "controller" in step.step] == [
        "Deployment release/windows-vpc-resource-controller",
        str(CONTROLLER),
    ]


def test_migrate_sets_the_addressing_that_is_asked_for_before_windows_ipam_is_on() -> None:
    planned = ids(with_legacy(), "migrate", prefix_delegation=True)
    assert planned[:2] == ["configure_windows_addressing", "enable_windows_ipam"]


def test_migrate_of_a_cluster_without_legacy_support_enables_it() -> None:
    assert ids(observed(), "migrate") == []
    assert ids(observed(cni_config_map=config_map({})), "migrate") == ["enable_windows_ipam"]


@pytest.mark.parametrize("goal", ["legacy_remove", "migrate"])
def test_legacy_support_stops_neither_goal(goal: Any) -> None:
    for seen in (with_legacy(), *map(of_variant, VARIANTS)):
        result = as_result(seen, options(goal=goal))
        assert result["blockers"] == []
        assert result["support_after"]["legacy"]["components"] == []
    assert as_result(with_legacy(), options(goal="migrate"))["support_after"]["mode"] == "control_plane"
    assert as_result(with_legacy(), options(goal="legacy_remove"))["support_after"]["mode"] == "none"


@pytest.mark.parametrize("goal", ["legacy_remove", "migrate"])
@pytest.mark.parametrize(
    "changes",
    [
        {"legacy_webhooks": DENIED},
        {"webhook_configurations": DENIED, "legacy_webhooks": None},
        *(
            {"legacy": legacy(**{"deployments": (CONTROLLER,), part: DENIED})}
            for part in ("deployments", "services", "secrets", "cluster_role_bindings", "details", "references")
        ),
    ],
)
def test_nothing_is_removed_while_something_can_t_be_seen(goal: Any, changes: dict[str, Any]) -> None:
    result = as_result(with_legacy(**changes), options(goal=goal))
    assert "legacy.components" in result["blockers"]
    found = next(item for item in result["findings"] if item["id"] == "legacy.components")
    assert found["remedy"].startswith(DENIED.remedy.rstrip("."))


def test_an_interrupted_removal_is_completed() -> None:
    """Its first objects are gone: the webhook's Deployment tells what is left of its own."""
    rest = legacy(
        deployments=(EKSCTL_WEBHOOK,),
        services=(EKSCTL_SERVICE,),
        secrets=(LEGACY_SECRET,),
        references=LegacyReferences(
            deployments=(ready(EKSCTL_WEBHOOK, LEGACY_SECRET, labels={"run": "w", "app": "x"}),),
            selectors={EKSCTL_SERVICE: {"run": "w"}},
        ),
    )
    seen = with_legacy(webhook_configurations=(CONTROL_PLANE_WEBHOOK,), legacy_webhooks=None, legacy=rest)
    (step,) = steps(seen)
    assert names(step) == [
        "Service kube-system/vpc-admission-webhook",
        "Secret kube-system/vpc-admission-webhook-certs",
        "Deployment kube-system/vpc-admission-webhook",
    ]


def test_what_a_webhook_refers_to_is_its_own_whatever_its_name() -> None:
    place = WebhookService("win", "hook", "")
    own = chain(
        service=place,
        deployment=ObjectRef("Deployment", "win", "server"),
        secret=ObjectRef("Secret", "win", "pair"),
        backup=ObjectRef("Secret", "win", "pair-backup"),
    )
    seen = with_legacy(legacy_webhooks=(own,), legacy=legacy(services=(ObjectRef("Service", "win", "hook"),)))
    (step,) = steps(seen)
    assert names(step) == [
        "Secret win/pair-backup",
        "Secret win/pair",
        "Deployment win/server",
        "Service win/hook",
        "MutatingWebhookConfiguration /vpc-admission-webhook-cfg",
    ]


CONFIGURATION = ObjectRef("MutatingWebhookConfiguration", "", EKSCTL_CONFIGURATION.name)
STOPPED = Selection(objects=LabelSelector({"eks-windows.cloudops/removed": "true"}, ()))
TO_STOP = {"vpc-admission-webhook-cfg": ["vpc-admission-webhook.amazonaws.com"]}
LAST = (
    f". {CONFIGURATION} goes last, after its webhooks are made to be asked about nothing: it leads to objects that "
    "have other names, or are elsewhere, than where they would be looked for"
)
OWN_PAIR = ObjectRef("Secret", "kube-system", "webhook-pair")


def script_of_aws(namespace: str, **changes: Any) -> WebhookChain:
    """The webhook that AWS's script installs into a namespace of the user's choice."""
    parts: dict[str, Any] = {
        "service": WebhookService(namespace, "vpc-admission-webhook-svc", ""),
        "deployment": ObjectRef("Deployment", namespace, "vpc-admission-webhook-deployment"),
        "secret": ObjectRef("Secret", namespace, LEGACY_SECRET.name),
    }
    return chain(**{**parts, **changes})


def with_chains(*chains: WebhookChain, **changes: Any) -> Observation:
    """A cluster with these webhooks, and nothing else of legacy support, each with a configuration of its own."""
    configurations = [
        webhook_configuration(each.configuration, each.service.namespace, each.service.name)
        for each in chains
        if each.service
    ]
    secrets = [each.secret for each in chains if each.secret and each.secret_exists]
    parts: dict[str, Any] = {
        "webhook_configurations": (CONTROL_PLANE_WEBHOOK, *configurations),
        "legacy_webhooks": chains,
        "legacy": legacy(
            secrets=tuple(found for found in secrets if found.name == LEGACY_SECRET.name),
            references=LegacyReferences(),
        ),
    }
    return with_legacy(**{**parts, **changes})


CONFIGURATION_FIRST = ["MutatingWebhookConfiguration", "Service", "Secret", "Deployment"]
CONFIGURATION_LAST = ["Secret", "Deployment", "Service", "MutatingWebhookConfiguration"]


@pytest.mark.parametrize(
    ("of_webhook", "kinds"),
    [
        (chain(), CONFIGURATION_FIRST),
        (script_of_aws("kube-system"), CONFIGURATION_FIRST),
        (script_of_aws("default"), CONFIGURATION_FIRST),
        # Another Secret, Service or Deployment than that which is looked for.
        (chain(secret=OWN_PAIR), CONFIGURATION_LAST),
        (chain(service=WebhookService("kube-system", "hook", "")), CONFIGURATION_LAST),
        (chain(deployment=ObjectRef("Deployment", "kube-system", "hook")), CONFIGURATION_LAST),
        (script_of_aws("windows"), CONFIGURATION_LAST),
        # What goes of it is found, or shown by nothing else any more.
        (chain(secret=OWN_PAIR, sharers=(CONTROLLER, ObjectRef("Deployment", "shop", "shop"))), CONFIGURATION_FIRST),
        (chain(secret=OWN_PAIR, secret_exists=False), CONFIGURATION_FIRST),
        (chain(deployment=None), CONFIGURATION_LAST),
        (chain(service_exists=False, deployment=None, secret_exists=False), CONFIGURATION_FIRST),
    ],
)
@pytest.mark.parametrize("goal", ["legacy_remove", "migrate"])
def test_a_configuration_that_alone_leads_to_something_is_stopped_and_goes_last(
    goal: Any, of_webhook: WebhookChain, kinds: list[str]
) -> None:
    (step,) = [found for found in steps(with_chains(of_webhook), goal) if found.step == "remove_legacy_webhook"]
    before = json.loads(step.before)
    found = [item["kind"] for item in before["objects"]]
    assert found == [kind for kind in kinds if kind in found]
    last = kinds == CONFIGURATION_LAST
    assert before.get("stopped") == (TO_STOP if last else None)
    assert (LAST in step.reason) is last


def test_of_two_webhooks_the_one_that_another_run_would_find_goes_first() -> None:
    other = script_of_aws(
        "windows", configuration="mine", webhook="first", others=(WebhookEntry("second", "Fail", ""),)
    )
    (step,) = steps(with_chains(other, chain()))
    assert names(step) == [
        "MutatingWebhookConfiguration /vpc-admission-webhook-cfg",
        "Service kube-system/vpc-admission-webhook",
        "Secret kube-system/vpc-admission-webhook-certs",
        "Deployment kube-system/vpc-admission-webhook",
        "Secret windows/vpc-admission-webhook-certs",
        "Deployment windows/vpc-admission-webhook-deployment",
        "Service windows/vpc-admission-webhook-svc",
        "MutatingWebhookConfiguration /mine",
    ]
    assert json.loads(step.before)["stopped"] == {"mine": ["first", "second"]}


@pytest.mark.parametrize("goal", ["legacy_remove", "migrate"])
@pytest.mark.parametrize("gone", range(4))
def test_a_removal_elsewhere_that_was_interrupted_is_completed(goal: Any, gone: int) -> None:
    """What the configuration still leads to, as :func:`read_chain` finds it: nothing is stopped twice."""
    changes: dict[str, Any] = {"selection": STOPPED, "failure_policy": "Fail", "backup": None}
    if gone > 0:
        changes |= {"secret_exists": False, "certificate_pem": None}
    if gone > 1:
        changes |= {"deployment": None}
    if gone > 2:
        changes |= {"service_exists": False}
    result = as_result(with_chains(script_of_aws("windows", **changes)), options(goal=goal))
    (step,) = [found for found in result["plan"] if found["step"] == "remove_legacy_webhook"]
    before = json.loads(step["before"])
    assert [item["kind"] for item in before["objects"]] == CONFIGURATION_LAST[gone:]
    assert "stopped" not in before
    assert (result["blockers"], result["support_after"]["legacy"]["components"]) == ([], [])


@pytest.mark.parametrize("changes", [{"secret_exists": False}, {"service_exists": False}, {"deployment": None}])
def test_what_is_not_there_is_not_removed(changes: dict[str, Any]) -> None:
    seen = with_legacy(legacy_webhooks=(chain(**changes),), legacy=legacy(references=LegacyReferences()))
    (step,) = steps(seen)
    gone = {"secret_exists": "Secret", "service_exists": "Service", "deployment": "Deployment"}
    kinds = {"MutatingWebhookConfiguration", "Service", "Secret", "Deployment"} - {gone[name] for name in changes}
    assert {item["kind"] for item in json.loads(step.before)["objects"]} == kinds


def test_the_signing_request_is_deleted_by_the_api_that_is_served() -> None:
    old = of_variant(VARIANTS[1])
    objects = legacy(
        details=old.legacy.details,
        certificates_api="certificates.k8s.io/v1beta1",
        cluster_role_bindings=(),
    )
    (step,) = steps(with_legacy(webhook_configurations=(), legacy_webhooks=None, legacy=objects))
    assert json.loads(step.before)["objects"][-1]["apiVersion"] == "certificates.k8s.io/v1beta1"


def test_cert_manager_s_certificate_goes_before_the_secret_that_it_would_write_again() -> None:
    seen = of_variant(HELM)
    owner = ObjectRef("Certificate", "release", "windows-vpc-admission-webhook")
    references = LegacyReferences(owners=(owner,))
    webhook = next(step for step in steps(seen) if step.step == "remove_legacy_webhook")
    assert "helm uninstall" in webhook.reason
    assert "cert-manager would write the Secret again" in webhook.reason
    objects = legacy(deployments=seen.legacy.deployments, details=seen.legacy.details, references=references)
    webhook = next(step for step in steps(of_variant(HELM, legacy=objects)) if step.step == "remove_legacy_webhook")
    assert "cert-manager" not in webhook.reason
    found = json.loads(webhook.before)["objects"]
    kinds = [item["kind"] for item in found]
    assert kinds.index("Certificate") < kinds.index("Secret")
    assert found[kinds.index("Certificate")]["apiVersion"] == "cert-manager.io/v1"


@pytest.mark.parametrize("goal", ["legacy_remove", "migrate"])
def test_what_looks_like_the_preview_s_stays_now_and_later(goal: Any) -> None:
    """Beside a webhook somewhere else, and once that is gone: a second run would find nothing to do."""
    service = ObjectRef("Service", "default", "vpc-admission-webhook-svc")
    secret = ObjectRef("Secret", "default", LEGACY_SECRET.name)
    seen = of_variant(VARIANTS[1])
    references = LegacyReferences(
        selectors={service: {"app": "vpc-admission-webhook"}},
        certificates={secret: certificate(300, "vpc-admission-webhook-svc.default.svc")},
    )
    objects = replace(
        seen.legacy,
        services=(*seen.legacy.services, service),  # type: ignore[misc]
        secrets=(*seen.legacy.secrets, secret),  # type: ignore[misc]
        references=references,
    )
    subject = Subject(of_variant(VARIANTS[1], legacy=objects), options(goal=goal))
    planned = plan(subject)
    assert not [step for step in planned if {str(service), str(secret)} & set(step.object.split(", "))]
    done = after(subject, planned)
    assert (plan(done), done.legacy.components, done.legacy.namesakes) == ((), (), (service, secret))


STACK = "eksctl-production-addon-iamserviceaccount-kube-system-vpc-resource-controller"
OF_STACK = f"eksctl made it by CloudFormation stack {STACK}, to be deleted where nothing else needs the role"
IAM = "arn:aws:iam::111122223333:role"


@pytest.mark.parametrize(
    ("arn", "said"),
    [
        (f"{IAM}/eksctl-production-addon-iamserviceaccount-ku-Role1-1ABCDEF", OF_STACK),
        (f"{IAM}/team/eksctl-production-addon-iamserviceaccount-ku-Role1-1ABCDEF", OF_STACK),
        (
            f"{IAM}/eksctl-production-addon-iamserviceaccount-default-Role1-1ABC",
            "delete it where nothing else needs it",
        ),
        (f"{IAM}/eksctl-test-addon-iamserviceaccount-kube-sy-Role1-1ABCDEFGH", "delete it where nothing else needs it"),
        (f"{IAM}/vpc-resource-controller", "delete it where nothing else needs it"),
        (f"{IAM}/-Role1-", "delete it where nothing else needs it"),
    ],
)
def test_the_role_of_a_service_account_that_goes_stays_and_is_told(arn: str, said: str) -> None:
    objects = with_legacy().legacy
    told = steps(with_legacy(legacy=replace(objects, account_roles={CONTROLLER_ACCOUNT: arn})))[-1]
    assert told.reason == (
        f"Legacy Windows support had them, and leaves them behind. IAM role {arn}, which {CONTROLLER_ACCOUNT} had, "
        f"stays: {said}"
    )
    without_role = steps(with_legacy())[-1]
    assert (told.step, told.before) == (without_role.step, without_role.before)
    assert without_role.reason == "Legacy Windows support had them, and leaves them behind"


WHY = "since nothing of legacy support refers to them"


@pytest.mark.parametrize(
    ("stay", "said"),
    [
        (0, ""),
        (1, ". Service team0/vpc-admission-webhook stays, since nothing of legacy support refers to it"),
        (
            5,
            f". {', '.join(f'Service team{each}/{EKSCTL_SERVICE.name}' for each in range(3))} and 2 more stay, {WHY}",
        ),
    ],
)
def test_what_only_has_the_name_is_told_where_the_webhook_goes(stay: int, said: str) -> None:
    others = tuple(ObjectRef("Service", f"team{number}", EKSCTL_SERVICE.name) for number in range(stay))
    objects = legacy(services=(EKSCTL_SERVICE, *others), references=LegacyReferences())
    seen = with_legacy(legacy_webhooks=(chain(),), legacy=objects)
    (step,) = steps(seen)
    assert step.reason == f"It is the admission webhook of legacy Windows support{said}"
    done = after(Subject(seen, options(goal="legacy_remove")), (step,))
    assert (plan(done), done.legacy.namesakes) == ((), others)


CHART_SECRET = ObjectRef("Secret", "release", HELM.secret)
BACKUP = ObjectRef("Secret", "kube-system", f"{LEGACY_SECRET.name}-backup")


@pytest.mark.parametrize("goal", ["legacy_remove", "migrate"])
@pytest.mark.parametrize(
    ("secrets", "certificates", "planned"),
    [
        ((CHART_SECRET,), {CHART_SECRET: certificate(300, f"{HELM.service}.release.svc")}, (CHART_SECRET,)),
        ((CHART_SECRET,), {CHART_SECRET: certificate(300, "shop.release.svc")}, ()),
        ((BACKUP,), {}, (BACKUP,)),
        ((LEGACY_SECRET, BACKUP), {LEGACY_SECRET: certificate(300)}, (BACKUP, LEGACY_SECRET)),
    ],
)
def test_secrets_that_are_left_alone_go(goal: Any, secrets: Any, certificates: Any, planned: Any) -> None:
    """As helm uninstall, or a removal by hand in the middle of a renewal, leaves them."""
    objects = legacy(secrets=secrets, references=LegacyReferences(certificates=certificates))
    subject = Subject(observed(legacy=objects), options(goal=goal))
    found = plan(subject)
    assert [step.object for step in found] == ([", ".join(map(str, planned))] if planned else [])
    done = after(subject, found)
    assert (plan(done), done.legacy.components) == ((), ())


@pytest.mark.parametrize(
    ("others", "said"),
    [
        (1, "Deployment win/shop0 has it, too"),
        (5, "Deployment win/shop0, Deployment win/shop1, Deployment win/shop2 and 2 more have it, too"),
    ],
)
def test_a_secret_of_another_name_that_others_have_too_stays_and_is_told(others: int, said: str) -> None:
    secret = ObjectRef("Secret", "win", "pair")
    own = chain(
        service=WebhookService("win", "hook", ""),
        deployment=ObjectRef("Deployment", "win", "server"),
        secret=secret,
        backup=ObjectRef("Secret", "win", "pair-backup"),
        sharers=tuple(ObjectRef("Deployment", "win", f"shop{number}") for number in range(others)),
    )
    seen = with_legacy(legacy_webhooks=(own,), legacy=legacy(references=LegacyReferences()))
    (step,) = steps(seen)
    assert names(step) == [
        "Secret win/pair-backup",
        "Deployment win/server",
        "Service win/hook",
        "MutatingWebhookConfiguration /vpc-admission-webhook-cfg",
    ]
    assert step.reason == f"It is the admission webhook of legacy Windows support{LAST}. {secret} stays, since {said}"


def test_service_accounts_that_nothing_refers_to_stay_and_are_told() -> None:
    others = (
        ObjectRef("ServiceAccount", "kube-system", "vpc-resource-controller-2"),
        ObjectRef("ServiceAccount", "shop", HELM.service_accounts[0]),
    )
    objects = with_legacy().legacy
    details = (*objects.details, *others)  # type: ignore[misc]
    subject = Subject(with_legacy(legacy=replace(objects, details=details)), options(goal="legacy_remove"))
    planned = plan(subject)
    without_them = steps(with_legacy())
    assert [step.before for step in planned] == [step.before for step in without_them]
    assert [step.reason for step in planned[:-1]] == [step.reason for step in without_them[:-1]]
    assert planned[-1].reason == f"{without_them[-1].reason}. {others[0]}, {others[1]} stay, {WHY}"
    done = after(subject, planned)
    assert (plan(done), done.legacy.components, done.legacy.namesakes) == ((), (), others)


@pytest.mark.parametrize("gone", ["deployments", "roles"])
def test_a_run_that_goes_on_finds_the_account_by_its_binding(gone: str) -> None:
    """The binding goes last, when the Deployment that ran as the account is gone."""
    objects = with_legacy().legacy
    details = objects.details if gone == "deployments" else (CONTROLLER_ACCOUNT,)
    rest = legacy(
        cluster_role_bindings=objects.cluster_role_bindings,
        details=details,
        bound_accounts=(CONTROLLER_ACCOUNT,),
        references=LegacyReferences(),
    )
    (step,) = steps(with_legacy(webhook_configurations=(), legacy_webhooks=None, legacy=rest))
    assert str(CONTROLLER_ACCOUNT) in step.object
    assert step.object.endswith("ClusterRoleBinding vpc-resource-controller")


def test_an_account_that_a_deployment_alone_refers_to_goes_after_it() -> None:
    objects = with_legacy().legacy
    run_as = replace(objects.references, accounts=(CONTROLLER_ACCOUNT,))  # type: ignore[type-var]
    seen = with_legacy(legacy=replace(objects, bound_accounts=(), references=run_as))
    assert str(CONTROLLER_ACCOUNT) in steps(seen)[-1].object


def test_enable_beside_legacy_support_is_refused_and_names_the_way() -> None:
    result = as_result(
        with_legacy(webhook_configurations=(CONTROL_PLANE_WEBHOOK, EKSCTL_CONFIGURATION)), options(goal="enable")
    )
    assert result["blockers"] == ["legacy.components", "legacy.controller_blocks"]
    for found in result["findings"]:
        if found["id"] in result["blockers"]:
            assert "cloudops.eks_windows.migrate_legacy" in found["remedy"]
            assert "eks_windows_remove_legacy true" in found["remedy"]
            assert "kubectl" not in found["remedy"]


@pytest.mark.parametrize("goal", ["legacy_remove", "migrate"])
def test_a_configuration_that_calls_others_too_is_not_deleted(goal: Any) -> None:
    own = webhook_configuration("mine", service=EKSCTL_SERVICE.name)
    other = Webhook("theirs", WebhookService("shop", "shop", "/"), "", "Ignore")
    shared = replace(own, webhooks=(*own.webhooks, other))
    for configuration, is_shared in (
        (own, False),
        (shared, True),
        (replace(shared, name=EKSCTL_CONFIGURATION.name), True),
        (replace(EKSCTL_CONFIGURATION, webhooks=(other,)), False),
    ):
        seen = with_legacy(
            webhook_configurations=(CONTROL_PLANE_WEBHOOK, configuration),
            legacy_webhooks=(chain(configuration=configuration.name),),
        )
        result = as_result(seen, options(goal=goal))
        assert ("legacy.components" in result["blockers"]) is is_shared
        planned = " ".join(step["object"] for step in result["plan"])
        assert (f"MutatingWebhookConfiguration {configuration.name}" in planned) is not is_shared


@pytest.mark.parametrize("goal", ["legacy_remove", "migrate"])
@pytest.mark.parametrize("name", ["mine", EKSCTL_CONFIGURATION.name])
def test_what_others_entries_of_a_shared_configuration_call_stays_also_where_that_is_waived(
    goal: Any, name: str
) -> None:
    own = webhook_configuration(name, service=EKSCTL_SERVICE.name)
    called = WebhookService("shop", "shop", "")
    theirs = chain(
        configuration=name,
        webhook="theirs",
        service=called,
        deployment=ObjectRef("Deployment", "shop", "shop"),
        secret=ObjectRef("Secret", "shop", "shop-tls"),
        backup=ObjectRef("Secret", "shop", "shop-tls-backup"),
    )
    seen = with_legacy(
        webhook_configurations=(replace(own, webhooks=(*own.webhooks, Webhook("theirs", called, "", "Fail"))),),
        legacy_webhooks=(chain(configuration=name), theirs),
    )
    result = as_result(seen, options(goal=goal, ignore=["legacy.components"]))
    planned = " ".join(step["object"] for step in result["plan"])
    assert "vpc-admission-webhook," not in planned
    assert "shop" not in planned
    stay = {f"MutatingWebhookConfiguration {name}", *map(str, (EKSCTL_SERVICE, LEGACY_SECRET, EKSCTL_WEBHOOK))}
    assert set(result["support_after"]["legacy"]["components"]) == stay
    found = next(item for item in result["findings"] if item["id"] == "legacy.components")
    assert found["summary"].endswith("as a whole: what is called stays (waived)")
    assert {
        item["object"] for item in found["evidence"] if item["value"].endswith(f"{name} still calls the webhook")
    } == {*map(str, (EKSCTL_SERVICE, LEGACY_SECRET, EKSCTL_WEBHOOK))}


STAYS_UNREAD = "stays: what calls it could not be read"


def called_by_others_too(configuration: str, *own: WebhookService) -> WebhookConfiguration:
    webhooks = tuple(Webhook(each.namespace, each, "", "Fail") for each in own)
    theirs = Webhook("theirs", WebhookService("shop", "shop", ""), "", "Fail")
    return WebhookConfiguration(configuration, (*webhooks, theirs))


@pytest.mark.parametrize("goal", ["legacy_remove", "migrate"])
def test_what_a_configuration_that_stays_calls_stays_and_the_rest_goes(goal: Any) -> None:
    """The chart's webhook, called by a configuration of others too, beside one of eksctl's, which two call."""
    place = WebhookService("release", HELM.service, "")
    of_chart = chain(
        configuration="theirs",
        service=place,
        deployment=ObjectRef("Deployment", "release", HELM.deployment),
        secret=CHART_SECRET,
        backup=ObjectRef("Secret", "release", f"{HELM.secret}-backup"),
        managed_by="cert-manager",
    )
    certificates = tuple(ObjectRef("Certificate", where, HELM.service) for where in ("release", "kube-system"))
    secrets = (CHART_SECRET, ObjectRef("Secret", "kube-system", HELM.secret))
    seen = with_chains(
        of_chart,
        chain(),
        chain(configuration="second"),
        webhook_configurations=(
            called_by_others_too("theirs", place),
            EKSCTL_CONFIGURATION,
            webhook_configuration("second", service=EKSCTL_SERVICE.name),
        ),
        legacy=legacy(
            secrets=(LEGACY_SECRET, *secrets),
            references=LegacyReferences(
                owners=certificates,
                certificates={secrets[1]: certificate(300, f"{HELM.service}.kube-system.svc")},
            ),
        ),
    )
    subject = Subject(seen, options(goal=goal, ignore=["legacy.components"]))
    (step,) = [found for found in plan(subject) if found.step == "remove_legacy_webhook"]
    assert names(step) == [
        "MutatingWebhookConfiguration /vpc-admission-webhook-cfg",
        "MutatingWebhookConfiguration /second",
        "Certificate kube-system/windows-vpc-admission-webhook",
        "Service kube-system/vpc-admission-webhook",
        "Secret kube-system/vpc-admission-webhook-certs",
        "Secret kube-system/windows-vpc-admission-webhook-tls",
        "Deployment kube-system/vpc-admission-webhook",
    ]
    stay = (f"Service release/{HELM.service}", *map(str, (CHART_SECRET, of_chart.backup, of_chart.deployment)))
    assert f". {', '.join(stay)} stay, since MutatingWebhookConfiguration theirs still calls the webhook" in step.reason
    assert [found for found in plan(after(subject, plan(subject))) if found.step == step.step] == []


def test_what_two_configurations_call_stays_with_the_one_that_stays() -> None:
    place = WebhookService("kube-system", EKSCTL_SERVICE.name, "")
    seen = with_chains(
        chain(),
        chain(configuration="theirs"),
        webhook_configurations=(EKSCTL_CONFIGURATION, called_by_others_too("theirs", place)),
    )
    (step,) = steps(seen, ignore=["legacy.components"])
    assert names(step) == ["MutatingWebhookConfiguration /vpc-admission-webhook-cfg"]


@pytest.mark.parametrize("goal", ["legacy_remove", "migrate"])
def test_what_a_configuration_of_others_calls_stays_and_stops_the_goal(goal: Any) -> None:
    """The Service has a name that is not of legacy support, so that nothing else says whose the other one is."""
    place = WebhookService("kube-system", "hook", "")
    called = chain(service=place)
    mine, theirs = (
        WebhookConfiguration(name, (Webhook("hook", place, "", "Fail"),))
        for name in ("vpc-admission-webhook-cfg", "theirs")
    )
    seen = with_legacy(webhook_configurations=(mine, theirs), legacy_webhooks=(called,))
    result = as_result(seen, options(goal=goal))
    assert "legacy.components" in result["blockers"]
    found = next(item for item in result["findings"] if item["id"] == "legacy.components")
    assert found["summary"] == (
        "MutatingWebhookConfiguration theirs is none of legacy support and calls its webhook's Service: what is called "
        "stays"
    )
    waived = as_result(seen, options(goal=goal, ignore=["legacy.components"]))
    left = set(waived["support_after"]["legacy"]["components"])
    own = "MutatingWebhookConfiguration vpc-admission-webhook-cfg"
    assert {own, "Service kube-system/hook", str(LEGACY_SECRET), str(EKSCTL_WEBHOOK)} <= left
    assert not [step for step in waived["plan"] if step["step"] == "remove_legacy_webhook"]
    alone = with_legacy(webhook_configurations=(mine,), legacy_webhooks=(called,))
    assert as_result(alone, options(goal=goal))["support_after"]["legacy"]["components"] == []


@pytest.mark.parametrize("goal", ["legacy_remove", "migrate"])
@pytest.mark.parametrize(
    "changes", [{"webhook_configurations": DENIED, "legacy_webhooks": None}, {"legacy_webhooks": DENIED}]
)
def test_nothing_of_the_webhook_goes_while_what_calls_it_can_t_be_seen_also_where_that_is_waived(
    goal: Any, changes: dict[str, Any]
) -> None:
    result = as_result(with_legacy(**changes), options(goal=goal, ignore=["legacy.components"]))
    assert "legacy.components" not in result["blockers"]
    assert [step["step"] for step in result["plan"] if "webhook" in step["step"]] == []
    left = set(result["support_after"]["legacy"]["components"])
    of_webhook = {*map(str, (EKSCTL_SERVICE, LEGACY_SECRET, EKSCTL_WEBHOOK))}
    assert of_webhook <= left
    found = next(item for item in result["findings"] if item["id"] == "legacy.components")
    staying = {item["object"] for item in found["evidence"] if item["value"] == STAYS_UNREAD}
    assert of_webhook <= staying <= left
