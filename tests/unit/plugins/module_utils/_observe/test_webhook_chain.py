# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.legacy_variants import VARIANTS, LegacyVariant
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe import key_pair
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    LabelSelector,
    ObjectRef,
    Unknown,
    WebhookService,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import (
    CONFIGURATIONS,
    ChainOverrides,
    Selection,
    WebhookChain,
    WebhookEntry,
    legacy_configurations,
    read_chain,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.issuing import issue

AUTHORITY = issue("cluster", authority=True)
PAIR = issue(by=AUTHORITY)
WAYS = {variant.name: variant for variant in VARIANTS}
NAMESPACE = "kube-system"
SERVICE = f"/api/v1/namespaces/{NAMESPACE}/services/vpc-admission-webhook-svc"
DEPLOYMENTS = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments"
SECRETS = f"/api/v1/namespaces/{NAMESPACE}/secrets"
SECRET = f"{SECRETS}/vpc-admission-webhook-certs"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def configuration(name: str = "vpc-admission-webhook-cfg", *clients: dict[str, Any]) -> dict[str, Any]:
    webhooks = [
        {
            "name": f"hook-{number}.example.com",
            "failurePolicy": "Ignore",
            "sideEffects": "None",
            "clientConfig": client,
        }
        for number, client in enumerate(clients or (client(),))
    ]
    return {"metadata": {"name": name}, "webhooks": webhooks}


def client(
    name: str = "vpc-admission-webhook-svc", namespace: str = NAMESPACE, bundle: str = AUTHORITY.certificate
) -> dict[str, Any]:
    return {"service": {"name": name, "namespace": namespace, "path": "/mutate"}, "caBundle": encoded(bundle)}


def deployment(name: str, secret: str, keys: tuple[str, str], **spec: Any) -> dict[str, Any]:
    container = {
        "name": "webhook",
        "args": [f"-tlsCertFile=/certs/{keys[0]}", f"-tlsKeyFile=/certs/{keys[1]}"],
        "volumeMounts": [{"name": "certs", "mountPath": "/certs"}],
    }
    pod = {"containers": [container], "volumes": [{"name": "certs", "secret": {"secretName": secret}}]}
    template = {"metadata": {"labels": {"app": "webhook", "tier": "backend"}}, "spec": pod}
    return {"metadata": {"name": name, "namespace": NAMESPACE}, "spec": {"template": template, **spec}}


def secret(keys: tuple[str, str], **metadata: Any) -> dict[str, Any]:
    data = {keys[0]: encoded(PAIR.certificate), keys[1]: encoded(PAIR.key_pem)}
    return {"metadata": metadata, "data": data}


@pytest.fixture
def cluster(kubernetes: Any) -> Any:
    """A cluster with a webhook of the manifests, whole."""
    keys = ("cert.pem", "key.pem")
    found = deployment("vpc-admission-webhook-deployment", "vpc-admission-webhook-certs", keys)
    kubernetes.answers = {
        SERVICE: {"spec": {"selector": {"app": "webhook"}}},
        DEPLOYMENTS: [found],
        SECRET: secret(keys),
        SECRETS: [],
    }
    return kubernetes


def only(found: tuple[WebhookChain, ...]) -> WebhookChain:
    (chain,) = found
    return chain


@pytest.mark.parametrize("way", VARIANTS, ids=lambda way: way.name)
def test_the_chain_of_each_variant(kubernetes: Any, way: LegacyVariant) -> None:
    namespace = way.namespace or "windows"
    keys = (way.certificate_key, way.private_key)
    found = deployment(way.deployment, way.secret, keys, strategy={"type": "Recreate"})
    found["metadata"]["namespace"] = namespace
    kubernetes.answers = {
        f"/api/v1/namespaces/{namespace}/services/{way.service}": {"spec": {"selector": {"app": "webhook"}}},
        f"/apis/apps/v1/namespaces/{namespace}/deployments": [deployment("other", "x", keys) | {"spec": {}}, found],
        f"/api/v1/namespaces/{namespace}/secrets/{way.secret}": secret(keys),
        f"/api/v1/namespaces/{namespace}/secrets": [],
    }
    asked = configuration(way.webhook_configuration, client(way.service, namespace))
    assert read_chain(kubernetes, asked) == (
        WebhookChain(
            configuration=way.webhook_configuration,
            webhook="hook-0.example.com",
            failure_policy="Ignore",
            ca_bundle=AUTHORITY.certificate,
            service=WebhookService(namespace, way.service, "/mutate"),
            service_exists=True,
            deployment=ObjectRef("Deployment", namespace, way.deployment),
            leaves_gap=True,
            secret=ObjectRef("Secret", namespace, way.secret),
            secret_exists=True,
            holds_pair=True,
            certificate_key=way.certificate_key,
            private_key=way.private_key,
            certificate_pem=PAIR.certificate,
            key_state="matches",
        ),
    )
    assert len(kubernetes.asked) == 4


def test_names_are_told_by_objects_and_not_by_a_table(cluster: Any) -> None:
    cluster.answers[SERVICE] = {"spec": {"selector": {"app": "webhook", "tier": "backend"}}}
    cluster.answers[DEPLOYMENTS] = [deployment("mine", "mine-tls", ("a", "b"))]
    cluster.answers[f"{SECRETS}/mine-tls"] = secret(("a", "b"))
    chain = only(read_chain(cluster, configuration()))
    assert (str(chain.deployment), str(chain.secret)) == (
        "Deployment kube-system/mine",
        "Secret kube-system/mine-tls",
    )
    assert (chain.certificate_key, chain.private_key, chain.key_state, chain.problems) == ("a", "b", "matches", ())
    # It has no readinessProbe.
    assert (chain.leaves_gap, chain.paused) == (True, False)
    found = cluster.answers[DEPLOYMENTS][0]["spec"]["template"]["spec"]["containers"][0]
    found["readinessProbe"] = {"tcpSocket": {"port": 443}}
    assert only(read_chain(cluster, configuration())).leaves_gap is False


def test_nothing_holds_the_key(cluster: Any) -> None:
    cluster.answers[SECRET]["data"]["cert.pem"] = encoded(PAIR.key_pem + PAIR.certificate)
    chain = only(read_chain(cluster, configuration()))
    assert chain.certificate_pem == PAIR.certificate
    assert "PRIVATE KEY" not in repr(chain)
    assert PAIR.key_pem.splitlines()[1] not in repr(chain)


def test_a_missing_secret(cluster: Any) -> None:
    del cluster.answers[SECRET]
    chain = only(read_chain(cluster, configuration()))
    assert chain.problems == ("Secret kube-system/vpc-admission-webhook-certs does not exist",)
    assert chain.secret == ObjectRef("Secret", NAMESPACE, "vpc-admission-webhook-certs")
    assert (chain.secret_exists, chain.certificate_pem, chain.key_state) == (False, None, "missing")


@pytest.mark.parametrize(
    ("key", "what", "pem"), [("cert.pem", "certificate", None), ("key.pem", "private key", PAIR.certificate)]
)
def test_a_secret_without_a_key(cluster: Any, key: str, what: str, pem: str | None) -> None:
    del cluster.answers[SECRET]["data"][key]
    chain = only(read_chain(cluster, configuration()))
    assert chain.problems == (
        f"Secret kube-system/vpc-admission-webhook-certs has no key {key}, which is to hold the {what}",
    )
    assert (chain.secret_exists, chain.certificate_pem, chain.key_state) == (True, pem, "missing")
    assert chain.holds_pair


@pytest.mark.parametrize(("data", "problems"), [(None, 2), ({"cert.pem": "", "key.pem": ""}, 0)])
def test_an_empty_secret(cluster: Any, data: dict[str, str] | None, problems: int) -> None:
    cluster.answers[SECRET]["data"] = data
    chain = only(read_chain(cluster, configuration()))
    assert (len(chain.problems), chain.secret_exists, chain.holds_pair) == (problems, True, False)


def test_garbage_is_no_certificate(cluster: Any) -> None:
    cluster.answers[SECRET]["data"]["cert.pem"] = encoded("garbage")
    chain = only(read_chain(cluster, configuration()))
    assert (chain.certificate_pem, chain.key_state, chain.problems) == ("", "unreadable", ())


def test_without_the_service_known_names_go_on(cluster: Any) -> None:
    del cluster.answers[SERVICE]
    chain = only(read_chain(cluster, configuration()))
    assert chain.problems == ("Service kube-system/vpc-admission-webhook-svc does not exist",)
    assert not chain.service_exists
    assert chain.deployment == ObjectRef("Deployment", NAMESPACE, "vpc-admission-webhook-deployment")
    assert chain.key_state == "matches"


def test_a_service_that_selects_no_pods(cluster: Any) -> None:
    cluster.answers[SERVICE] = {"spec": {}}
    chain = only(read_chain(cluster, configuration()))
    assert chain.problems == ("Service kube-system/vpc-admission-webhook-svc selects no pods",)
    assert chain.service_exists
    assert chain.key_state == "matches"


def test_without_the_deployment_known_names_go_on(cluster: Any) -> None:
    cluster.answers[DEPLOYMENTS] = [deployment("mine", "mine", ("a", "b")) | {"spec": {}}]
    chain = only(read_chain(cluster, configuration()))
    assert chain.problems == (
        "No Deployment of namespace kube-system has pods that Service kube-system/vpc-admission-webhook-svc selects",
    )
    assert (chain.deployment, chain.leaves_gap, chain.paused, chain.key_state) == (None, False, False, "matches")


def test_of_several_deployments_one_that_runs_and_has_a_certificate_counts(cluster: Any) -> None:
    stopped = deployment("a-stopped", "x", ("a", "b"), replicas=0)
    plain = deployment("b-plain", "x", ("a", "b"))
    plain["spec"]["template"]["spec"] = {"containers": []}
    cluster.answers[DEPLOYMENTS] += [stopped, plain]
    chain = only(read_chain(cluster, configuration()))
    assert chain.deployment == ObjectRef("Deployment", NAMESPACE, "vpc-admission-webhook-deployment")
    assert chain.problems == (
        (
            "Service kube-system/vpc-admission-webhook-svc selects the pods of several Deployments: "
            "vpc-admission-webhook-deployment, b-plain"
        ),
    )


def test_stopped_deployments_beside_the_one_that_runs_take_no_calls(cluster: Any) -> None:
    cluster.answers[DEPLOYMENTS] += [
        deployment(name, "x", ("a", "b"), replicas=0) for name in ("a-stopped", "z-stopped")
    ]
    chain = only(read_chain(cluster, configuration()))
    assert chain.deployment == ObjectRef("Deployment", NAMESPACE, "vpc-admission-webhook-deployment")
    assert (chain.problems, chain.key_state) == ((), "matches")


def test_a_deployment_that_is_stopped(cluster: Any) -> None:
    cluster.answers[DEPLOYMENTS][0]["spec"]["replicas"] = 0
    assert only(read_chain(cluster, configuration())).problems == (
        "Deployment kube-system/vpc-admission-webhook-deployment is scaled to 0",
    )


def test_a_deployment_without_a_secret(cluster: Any) -> None:
    cluster.answers[DEPLOYMENTS][0]["spec"]["template"]["spec"]["volumes"] = []
    chain = only(read_chain(cluster, configuration()))
    assert (chain.secret, chain.key_state) == (None, "unknown")
    assert chain.problems[0].startswith(
        "Deployment kube-system/vpc-admission-webhook-deployment: container webhook has its certificate at"
    )
    cluster.answers[DEPLOYMENTS][0]["spec"]["template"]["spec"]["containers"] = []
    assert only(read_chain(cluster, configuration())).problems == (
        "Deployment kube-system/vpc-admission-webhook-deployment mounts no Secret that tells its certificate",
    )


@pytest.mark.parametrize(("port", "secret_name"), [(None, "other"), (8443, "vpc-admission-webhook-certs")])
def test_the_container_behind_the_port_that_is_called_counts(cluster: Any, port: Any, secret_name: str) -> None:
    ports = [{"port": 443, "targetPort": "proxy"}, {"port": 8443}]
    cluster.answers[SERVICE]["spec"]["ports"] = ports
    pod = cluster.answers[DEPLOYMENTS][0]["spec"]["template"]["spec"]
    (webhook,) = pod["containers"]
    proxy = {
        **webhook,
        "name": "proxy",
        "ports": [{"containerPort": 9443, "name": "proxy"}],
        "volumeMounts": [{"name": "other", "mountPath": "/certs"}],
    }
    webhook["ports"] = [{"containerPort": 8443}]
    pod["containers"] = [proxy, webhook]
    pod["volumes"].append({"name": "other", "secret": {"secretName": "other"}})
    cluster.answers[f"{SECRETS}/other"] = secret(("cert.pem", "key.pem"))
    called = client()
    if port:
        called["service"]["port"] = port
    chain = only(read_chain(cluster, configuration("vpc-admission-webhook-cfg", called)))
    assert chain.secret == ObjectRef("Secret", NAMESPACE, secret_name)
    assert chain.problems == ()


def test_a_url_in_place_of_a_service(cluster: Any) -> None:
    asked = configuration("mine", {"url": "https://hooks.example.com/mutate"})
    chain = only(read_chain(cluster, asked))
    assert (chain.url, chain.service, chain.secret, chain.ca_bundle) == (
        "https://hooks.example.com/mutate",
        None,
        None,
        "",
    )
    assert chain.key_state == "unknown"
    assert chain.problems == (
        (
            "It calls the URL https://hooks.example.com/mutate, and nothing in the cluster tells who serves it: only "
            "namespace and secret_name can"
        ),
    )
    assert cluster.asked == []
    for half in (ChainOverrides(secret_name="own"), ChainOverrides(namespace="own")):
        assert only(read_chain(cluster, asked, half)).problems == chain.problems
    told = only(read_chain(cluster, asked, ChainOverrides(NAMESPACE, "vpc-admission-webhook-certs")))
    assert (told.key_state, told.certificate_key, told.private_key) == ("matches", "cert.pem", "key.pem")
    assert told.problems == ()


def test_what_the_user_says_counts(cluster: Any) -> None:
    cluster.answers[f"{SECRETS}/mine"] = secret(("tls.crt", "tls.key"))
    chain = only(read_chain(cluster, configuration(), ChainOverrides(secret_name="mine")))
    assert (str(chain.secret), chain.certificate_key, chain.private_key) == (
        "Secret kube-system/mine",
        "tls.crt",
        "tls.key",
    )
    cluster.answers[f"{SECRETS}/mine"] = secret(("a", "b"))
    named = only(read_chain(cluster, configuration(), ChainOverrides("", "mine", "a", "b")))
    assert (named.key_state, named.problems) == ("matches", ())
    unnamed = only(read_chain(cluster, configuration(), ChainOverrides("", "mine")))
    assert unnamed.problems == (
        "Nothing tells which key of Secret kube-system/mine holds the certificate",
        "Nothing tells which key of Secret kube-system/mine holds the private key",
    )


def test_the_other_deployments_that_have_the_secret_are_told(cluster: Any) -> None:
    keys = ("cert.pem", "key.pem")
    other = deployment("shop", "vpc-admission-webhook-certs", keys)
    other["spec"]["template"]["metadata"]["labels"] = {"app": "shop"}
    without = deployment("bare", "vpc-admission-webhook-certs", keys)
    without["spec"]["template"] = {"metadata": {"labels": {"app": "bare"}}, "spec": {"containers": [{"name": "c"}]}}
    cluster.answers[DEPLOYMENTS] += [other, without]
    assert only(read_chain(cluster, configuration())).sharers == (ObjectRef("Deployment", NAMESPACE, "shop"),)
    elsewhere = ChainOverrides(namespace="team")
    cluster.answers["/api/v1/namespaces/team/secrets"] = []
    assert only(read_chain(cluster, configuration(), elsewhere)).sharers == ()


def test_webhooks_of_one_service_are_one_chain(cluster: Any) -> None:
    asked = configuration("mine", client(), {"url": "https://hooks.example.com"}, client(bundle="other"))
    asked["webhooks"][2]["failurePolicy"] = "Fail"
    asked["webhooks"][2]["namespaceSelector"] = {"matchLabels": {"windows": "yes"}}
    asked["webhooks"][2]["objectSelector"] = {"matchExpressions": [{"key": "app", "operator": "Exists"}]}
    asked["webhooks"][2]["matchConditions"] = [{"name": "ours", "expression": "true"}]
    first, second = read_chain(cluster, asked)
    assert (first.webhook, first.failure_policy) == ("hook-0.example.com", "Ignore")
    narrow = Selection(LabelSelector({"windows": "yes"}, ()), LabelSelector({}, (("app", "Exists", ()),)), ("ours",))
    assert first.others == (WebhookEntry("hook-2.example.com", "Fail", "other", narrow),)
    assert first.entries[0] == WebhookEntry("hook-0.example.com", "Ignore", AUTHORITY.certificate)
    assert second.webhook == "hook-1.example.com"
    assert first.problems == ()
    assert read_chain(cluster, {"metadata": {"name": "empty"}}) == ()


@pytest.mark.parametrize(
    ("on_secret", "on_configuration", "managed_by"),
    [
        ({}, {}, "none"),
        ({"cert-manager.io/certificate-name": "webhook"}, {}, "cert-manager"),
        ({}, {"cert-manager.io/inject-ca-from": "kube-system/webhook"}, "cert-manager"),
        ({}, {"cert-manager.io/inject-ca-from-secret": "kube-system/authority"}, "cert-manager"),
        # The authority of the API server is injected beside any certificate.
        ({}, {"cert-manager.io/inject-apiserver-ca": "true"}, "none"),
    ],
)
def test_managed_by(cluster: Any, on_secret: dict[str, str], on_configuration: dict[str, str], managed_by: str) -> None:
    cluster.answers[SECRET] = secret(("cert.pem", "key.pem"), annotations=on_secret)
    asked = configuration()
    asked["metadata"]["annotations"] = on_configuration
    assert only(read_chain(cluster, asked)).managed_by == managed_by


def test_a_backup_is_told_by_name_and_label(cluster: Any) -> None:
    name, label = "vpc-admission-webhook-certs-backup", "eks-windows.cloudops/backup-of"
    cluster.answers[SECRETS] = [{"metadata": {"name": name, "labels": {label: "vpc-admission-webhook-certs"}}}]
    assert only(read_chain(cluster, configuration())).backup == ObjectRef("Secret", NAMESPACE, name)
    assert (SECRETS, "", f"metadata.name={name}", True) in cluster.asked
    cluster.answers[SECRETS] = [{"metadata": {"name": name}}]
    assert only(read_chain(cluster, configuration())).backup is None


def test_a_failure_policy_that_a_restart_eased_is_told_by_its_annotation(cluster: Any) -> None:
    found = configuration()
    assert only(read_chain(cluster, found)).eased is False
    found["metadata"]["annotations"] = {"eks-windows.cloudops/failure-policy": '["w"]'}
    assert only(read_chain(cluster, found)).eased is True


@pytest.mark.parametrize(
    ("side_effects", "refuses"),
    [("None", False), ("NoneOnDryRun", False), ("Unknown", True), ("Some", True)],
)
def test_side_effects_for_which_dry_runs_are_refused(cluster: Any, side_effects: str, refuses: bool) -> None:
    found = configuration()
    for webhook in found["webhooks"]:
        webhook["sideEffects"] = side_effects
    chain = only(read_chain(cluster, found))
    assert chain.with_side_effects == (tuple(entry.name for entry in chain.entries) if refuses else ())


@pytest.mark.parametrize("path", [SERVICE, DEPLOYMENTS, SECRET, SECRETS])
def test_what_may_not_be_read_is_raised_or_unread(cluster: Any, path: str) -> None:
    cluster.answers[path] = 403
    with pytest.raises(KubernetesError) as raised:
        read_chain(cluster, configuration())
    assert raised.value.path == path
    chain = only(read_chain(cluster, configuration(), tolerant=True))
    (unread,) = chain.unread
    assert isinstance(unread, Unknown)
    assert unread.source == f"GET {path}"
    assert unread.remedy.startswith("Allow the identity to ")
    assert chain.problems == ()
    assert chain.key_state == ("unknown" if path == SECRET else "matches")
    cluster.answers[path] = 500
    with pytest.raises(KubernetesError):
        read_chain(cluster, configuration(), tolerant=True)


def test_legacy_configurations_are_told_by_name_or_by_service(kubernetes: Any) -> None:
    named = configuration("windows-vpc-admission-webhook", {"url": "https://x"})
    calling = configuration("mine", {"url": "https://x"}, client("vpc-admission-webhook"))
    other = configuration("other", client("other"), {"url": "https://x"})
    kubernetes.answers[CONFIGURATIONS] = [named, other, calling, {"metadata": {"name": "empty"}}]
    assert legacy_configurations(kubernetes) == (named, calling)


def test_without_cryptography_the_way_is_known_and_the_certificate_is_not(
    cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_pair, "HAS_CRYPTOGRAPHY", False)
    chain = only(read_chain(cluster, configuration()))
    assert (str(chain.secret), chain.secret_exists, chain.key_state, chain.problems) == (
        "Secret kube-system/vpc-admission-webhook-certs",
        True,
        "unknown",
        (),
    )
    assert [part.reason for part in chain.unread] == [
        "the Python package cryptography is not installed where this runs"
    ]
    del cluster.answers[SECRET]
    absent = only(read_chain(cluster, configuration()))
    assert (absent.key_state, absent.unread) == ("missing", ())
