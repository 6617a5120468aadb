# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data import legacy_variants
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe import legacy_reads
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.legacy_reads import Listed
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    ObjectRef,
    Unknown,
    Webhook,
    WebhookConfiguration,
    WebhookService,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import WebhookChain

UNKNOWN = Unknown("GET x", "forbidden", "")
CUSTOM = (
    WebhookConfiguration(
        "vpc-admission-webhook-cfg",
        (Webhook("vpc-admission-webhook.amazonaws.com", WebhookService("win", "my-webhook", "/mutate"), "", "Ignore"),),
    ),
)
CONTROL_PLANE = (
    WebhookConfiguration("vpc-resource-mutating-webhook", (Webhook("mpod.vpc.k8s.aws", None, "https://x", "Ignore"),)),
)


@pytest.mark.parametrize("variant", legacy_variants.VARIANTS, ids=lambda variant: variant.name)
def test_objects_of_each_variant_are_told(variant: legacy_variants.LegacyVariant) -> None:
    namespace = variant.namespace or "some-release"
    webhook = ObjectRef("Deployment", namespace, variant.deployment)
    controller = ObjectRef("Deployment", variant.controller_namespace or "some-release", variant.controller)
    service = ObjectRef("Service", namespace, variant.service)
    noise = tuple(ObjectRef("Deployment", "kube-system", name) for name in ("coredns", "vpc-resource-webhook"))
    found = legacy_reads.legacy_deployments(Listed((*noise, webhook, controller)), ())
    assert found == (webhook, controller)
    assert legacy_reads.legacy_services(Listed((ObjectRef("Service", "default", "kubernetes"), service)), ()) == (
        service,
    )
    assert legacy_reads.has_traces([found], ())
    assert legacy_reads.has_traces([], (WebhookConfiguration(variant.webhook_configuration, ()),))


@pytest.mark.parametrize(
    ("namespace", "name"),
    [
        ("shop", "vpc-resource-controller"),
        ("shop", "vpc-admission-webhook"),
        ("default", "vpc-admission-webhook"),
        ("shop", "vpc-admission-webhook-deployment"),
    ],
)
def test_a_namesake_in_a_namespace_where_none_was_installed_is_not_it(namespace: str, name: str) -> None:
    elsewhere = ObjectRef("Deployment", namespace, name)
    assert legacy_reads.legacy_deployments(Listed((elsewhere,)), ()) == ()


def test_what_a_legacy_webhook_calls_is_legacy_whatever_its_name() -> None:
    service, deployment = ObjectRef("Service", "win", "my-webhook"), ObjectRef("Deployment", "win", "my-webhook")
    other = ObjectRef("Service", "default", "my-webhook")
    assert legacy_reads.legacy_services(Listed((service, other)), CUSTOM) == (service,)
    assert legacy_reads.legacy_deployments(Listed((deployment,)), CUSTOM) == (deployment,)
    assert legacy_reads.legacy_services(Listed((service,)), UNKNOWN) == ()


@pytest.mark.parametrize("name", ["vpc-admission-webhook-cfg", "mine"])
def test_what_others_entries_of_a_legacy_configuration_call_is_not_legacy(name: str) -> None:
    own, theirs = WebhookService("kube-system", "vpc-admission-webhook", ""), WebhookService("win", "my-webhook", "")
    entries = (Webhook("own", own, "", "Ignore"), Webhook("theirs", theirs, "", "Fail"))
    configuration = WebhookConfiguration(name, entries)
    assert legacy_reads.called_services((configuration,)) == (own,)
    assert legacy_reads.is_shared_configuration(configuration)
    by_url = replace(configuration, webhooks=(entries[0], Webhook("theirs", None, "https://x", "Fail")))
    assert legacy_reads.is_shared_configuration(by_url)
    assert not legacy_reads.is_shared_configuration(replace(configuration, webhooks=entries[:1]))
    assert not legacy_reads.is_shared_configuration(CUSTOM[0])
    chains = tuple(
        WebhookChain(configuration=name, webhook="w", failure_policy="Ignore", ca_bundle="", service=service)
        for service in (own, theirs, None)
    )
    assert legacy_reads.legacy_chains(chains) == chains[:1]
    renamed = tuple(replace(chain, configuration="vpc-admission-webhook-cfg") for chain in chains[1:])
    assert legacy_reads.legacy_chains(renamed) == renamed


def test_the_control_plane_s_own_objects_are_no_trace() -> None:
    bindings = Listed(
        tuple(
            ObjectRef("ClusterRoleBinding", "", name)
            for name in ("vpc-resource-controller-rolebinding", "eks:kube-proxy-windows", "eks:nodes")
        )
    )
    found = legacy_reads.legacy_bindings(bindings)
    assert [each.name for each in found] == ["eks:kube-proxy-windows"]
    assert not legacy_reads.has_traces([found, UNKNOWN], CONTROL_PLANE)
    assert not legacy_reads.has_traces([], UNKNOWN)


def test_secrets_are_asked_by_metadata_and_bindings_in_one_call(kubernetes) -> None:
    item = {"metadata": {"name": "vpc-admission-webhook-certs", "namespace": "kube-system"}}
    kubernetes.answers = {
        legacy_reads.SECRETS: [item],
        legacy_reads.CLUSTER_ROLE_BINDINGS: [{"metadata": {"name": "vpc-resource-controller"}}],
    }
    assert legacy_reads.secrets(kubernetes).objects == (
        ObjectRef("Secret", "kube-system", "vpc-admission-webhook-certs"),
    )
    bindings = legacy_reads.legacy_bindings(legacy_reads.cluster_role_bindings(kubernetes))
    assert bindings == (ObjectRef("ClusterRoleBinding", "", "vpc-resource-controller"),)
    assert kubernetes.asked[0][2:] == ("metadata.name=vpc-admission-webhook-certs", True)


CERTS, TLS = "vpc-admission-webhook-certs", "windows-vpc-admission-webhook-tls"


def secret(name: str, namespace: str = "kube-system", **labels: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": namespace, "labels": labels}}


def backup(name: str, of: str) -> dict[str, Any]:
    return secret(name, **{"eks-windows.cloudops/backup-of": of})


@pytest.mark.parametrize("goal", [None, "none", "enable", "legacy_install", "cert_renew", "legacy_remove", "migrate"])
def test_a_removal_alone_asks_for_secrets_that_nothing_else_leads_to(kubernetes, goal: str | None) -> None:
    kubernetes.answers = {
        legacy_reads.SECRETS: [
            secret(CERTS),
            secret(TLS, "release"),
            backup(f"{CERTS}-backup", CERTS),
            backup(f"{TLS}-backup", TLS),
        ]
    }
    removes = goal in ("legacy_remove", "migrate")
    found = [str(each) for each in legacy_reads.secrets(kubernetes, goal).objects]
    assert sorted(found) == sorted(
        [f"Secret kube-system/{CERTS}"]
        + [f"Secret release/{TLS}", f"Secret kube-system/{CERTS}-backup", f"Secret kube-system/{TLS}-backup"] * removes
    )
    assert len(kubernetes.asked) == (4 if removes else 1)
    # Each by a name that a role can allow, without what is in it.
    assert all(
        (labels, metadata_only) == ("", True) and selector.startswith("metadata.name=")
        for _path, labels, selector, metadata_only in kubernetes.asked
    )


@pytest.mark.parametrize(
    "item",
    [
        secret(f"{CERTS}-backup"),
        backup(f"{CERTS}-backup", "shop"),
        backup(f"{CERTS}-backup", TLS),
        backup("shop-backup", CERTS),
        {"metadata": {"name": f"{CERTS}-backup", "namespace": "kube-system"}},
    ],
)
def test_a_backup_is_told_by_name_and_label_together(kubernetes, item: dict[str, Any]) -> None:
    kubernetes.answers = {legacy_reads.SECRETS: [item]}
    assert legacy_reads.secrets(kubernetes, "legacy_remove").objects == ()


def test_accounts_of_bindings_of_legacy_support(kubernetes) -> None:
    def binding(name: str, *subjects: tuple[str, str, str]) -> dict[str, Any]:
        told = [{"kind": kind, "namespace": namespace, "name": each} for kind, namespace, each in subjects]
        return {"metadata": {"name": name}, "roleRef": {}, **({"subjects": told} if told else {})}

    own = ("ServiceAccount", "kube-system", "vpc-resource-controller-2")
    kubernetes.answers = {
        legacy_reads.CLUSTER_ROLE_BINDINGS: [
            binding("vpc-resource-controller", own, ("Group", "", "g"), ("User", "", "u"), own),
            binding("windows-vpc-resource-controller"),
            binding("eks:kube-proxy-windows", ("ServiceAccount", "kube-system", "p")),
            binding("shop", ("ServiceAccount", "shop", "vpc-resource-controller")),
        ]
    }
    found = legacy_reads.cluster_role_bindings(kubernetes)
    assert found.accounts == (ObjectRef(*own),)
    assert len(found.objects) == 4


@pytest.mark.parametrize("goal", ["none", "legacy_remove", "migrate"])
@pytest.mark.parametrize("served", ["certificates.k8s.io/v1", "certificates.k8s.io/v1beta1"])
def test_details(kubernetes, served: str, goal: str) -> None:
    kubernetes.answers = {
        legacy_reads.SERVICE_ACCOUNTS: [
            {
                "metadata": {
                    "name": "vpc-resource-controller",
                    "namespace": "kube-system",
                    "annotations": {"eks.amazonaws.com/role-arn": "arn:of:the:role", "other": "x"},
                }
            },
            {
                "metadata": {
                    "name": "vpc-resource-controller",
                    "namespace": "shop",
                    "annotations": {"eks.amazonaws.com/role-arn": "arn:of:others"},
                }
            },
            {"metadata": {"name": "windows-vpc-resource-controller", "namespace": "some-release"}},
            {"metadata": {"name": "eks-vpc-resource-controller", "namespace": "kube-system"}},
        ],
        legacy_reads.CLUSTER_ROLES: [
            {"metadata": {"name": "vpc-resource-controller"}},
            {"metadata": {"name": "vpc-resource-controller-role"}},
        ],
        f"/apis/{served}/certificatesigningrequests": [
            {"metadata": {"name": "vpc-admission-webhook.kube-system"}},
            {"metadata": {"name": "csr-abcde"}},
        ],
        legacy_reads.SECRETS: [
            {"metadata": {"name": "windows-vpc-admission-webhook-tls", "namespace": "some-release"}}
        ],
    }
    details = legacy_reads.details(kubernetes, goal)
    assert details.certificates_api == served
    assert {str(account): arn for account, arn in details.account_roles.items()} == {
        "ServiceAccount kube-system/vpc-resource-controller": "arn:of:the:role"
    }
    assert [str(found) for found in details.objects] == [
        "ServiceAccount kube-system/vpc-resource-controller",
        "ServiceAccount some-release/windows-vpc-resource-controller",
        "ClusterRole vpc-resource-controller",
        "CertificateSigningRequest vpc-admission-webhook.kube-system",
        *(["Secret some-release/windows-vpc-admission-webhook-tls"] if goal == "none" else []),
    ]


def test_signing_requests_that_may_not_be_listed_are_no_other_version(kubernetes) -> None:
    kubernetes.answers = {"/apis/certificates.k8s.io/v1/certificatesigningrequests": 403}
    with pytest.raises(KubernetesError):
        legacy_reads.signing_requests(kubernetes)
    assert len(kubernetes.asked) == 1
