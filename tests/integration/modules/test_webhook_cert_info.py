# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The certificate of legacy Windows support, of each variant and in each state, on both kinds of control plane."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
import yaml

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.webhook_cert_info import backend
from ansible_collections.cloudops.eks_windows.plugins.modules.webhook_cert_info import EXAMPLES
from tests.integration.conftest import require_real_control_plane
from tests.support.playbook import run_tasks
from tests.testbed.cluster import TestbedCluster
from tests.testbed.json_server import JsonServer
from tests.testbed.legacy_objects import VARIANTS, legacy_objects
from tests.testbed.pki import Authority
from tests.testbed.specs import ClusterSpec, LegacySpec, LegacyVariant
from tests.testbed.testbed import Testbed

MODULE = "cloudops.eks_windows.webhook_cert_info"
RBAC = "rbac.authorization.k8s.io"
KINDS = {
    "Secret": ("secrets", ""),
    "Service": ("services", ""),
    "Deployment": ("deployments", "apps/v1"),
    "MutatingWebhookConfiguration": ("mutatingwebhookconfigurations", "admissionregistration.k8s.io/v1"),
}
NAMES: dict[LegacyVariant, str] = {"A": "preview", "B": "manifests", "D": "eksctl", "E": "terraform", "F": "helm"}
SECRET = "Secret kube-system/vpc-admission-webhook-certs"
SERVICE = "vpc-admission-webhook-svc.kube-system.svc"
HOOK = "vpc-admission-webhook.amazonaws.com"

Gather = Callable[..., dict[str, Any]]


# What differs is the control plane, which no release of a client changes.
@pytest.fixture(scope="module", params=["emulated", pytest.param("real", marks=pytest.mark.newest_client)])
def fleet(request: pytest.FixtureRequest) -> Iterator[Testbed]:
    kind: Literal["emulated", "real"] = request.param
    if kind == "real":
        require_real_control_plane()
    with Testbed([ClusterSpec("legacy", nodes=(), controller=False)], control_plane=kind) as testbed:
        yield testbed


@pytest.fixture
def cluster(fleet: Testbed) -> TestbedCluster:
    return fleet.clusters["legacy"]


@pytest.fixture
def gather(fleet: Testbed, cluster: TestbedCluster, monkeypatch: pytest.MonkeyPatch) -> Gather:
    """The module's work, in this process."""
    for name, value in fleet.environment.items():
        monkeypatch.setenv(name, value)
    told = backend()
    defaults = {name: option.get("default") for name, option in told.argument_spec.items()}

    def run(**options: Any) -> dict[str, Any]:
        cluster.forget_requests()
        given = {"cluster_name": cluster.name, "region": "us-east-1", "validate_certs": True}
        found = told.run({**defaults, **given, **options}, False)
        assert not [request for request in cluster.requests() if request.write]
        return found

    return run


@contextmanager
def installed(cluster: TestbedCluster, spec: LegacySpec) -> Iterator[None]:
    """While it lasts, the objects of a legacy webhook are there. Nothing runs behind them."""
    made = legacy_objects(spec, cluster.kubernetes.authority)
    objects = [each for each in (*made.first, *made.configurations) if each["kind"] in KINDS]
    for each in objects:
        cluster.admin.create(each)
    try:
        yield
    finally:
        for each in reversed(objects):
            resource, api = KINDS[each["kind"]]
            cluster.admin.delete(resource, each["metadata"]["name"], each["metadata"].get("namespace", ""), api=api)


def of_webhook(variant: LegacyVariant = "B", **changes: Any) -> LegacySpec:
    return LegacySpec(variant, controller=False, role_binding=False, **changes)


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
@pytest.mark.parametrize("variant", list(VARIANTS))
def test_each_variant(cluster: TestbedCluster, gather: Gather, variant: LegacyVariant) -> None:
    names = VARIANTS[variant]
    with installed(cluster, of_webhook(variant)):
        found = gather()
    assert found["found"] is True
    assert found["problems"] == []
    assert {name: found[name] for name in ("variant", "managed_by", "failure_policy", "backup", "url")} == {
        "variant": NAMES[variant],
        "managed_by": "cert-manager" if variant == "F" else "none",
        "failure_policy": "Ignore",
        "backup": None,
        "url": None,
    }
    place = ("webhook_configuration", "service", "namespace", "deployment", "secret", "certificate_key")
    assert [found[name] for name in place] == [
        names.configuration,
        names.service,
        names.namespace,
        names.deployment,
        names.secret,
        names.keys[0],
    ]
    assert f"DNS:{names.service}.{names.namespace}.svc" in found["subject_alt_name"]
    states = ("expired", "renewal_due", "key_matches", "covers_service", "trusted_by_ca_bundle", "days_left")
    assert [found[name] for name in states] == [False, False, True, True, True, 363]
    # The Secret is asked for by its name alone, and its backup by metadata.
    assert [request.path.rpartition("/")[2] for request in cluster.requests()] == [
        "mutatingwebhookconfigurations",
        names.service,
        "deployments",
        names.secret,
        "secrets",
    ]


NOTHING_KNOWN = dict.fromkeys(
    ("subject", "not_after", "expired", "renewal_due", "key_matches", "covers_service", "days_left")
)


# Decided by the library alone, whose unit tests run with the oldest releases, too.
@pytest.mark.newest_client
@pytest.mark.parametrize(
    ("spec", "states", "problem"),
    [
        (of_webhook(key="ec"), {"key_matches": True}, ""),
        (of_webhook(chain="leaf_and_issuer"), {"trusted_by_ca_bundle": True}, ""),
        (of_webhook(ca_bundle="another_and_issuer"), {"trusted_by_ca_bundle": True}, ""),
        (of_webhook(strategy="RollingUpdate", failure_policy="Fail"), {"failure_policy": "Fail"}, ""),
        (
            of_webhook(not_after=timedelta(days=20), not_before=timedelta(days=-340)),
            {"expired": False, "renewal_due": True, "days_left": 19},
            "",
        ),
        (of_webhook(not_after=timedelta(days=20)), {"renewal_due": False}, ""),
        (
            of_webhook(not_before=timedelta(days=-9), not_after=timedelta(days=-1)),
            {"expired": True, "renewal_due": True},
            "the certificate expired at ",
        ),
        (
            of_webhook(not_before=timedelta(days=1)),
            {"expired": False, "trusted_by_ca_bundle": True},
            "the certificate is not valid before ",
        ),
        (of_webhook(key_matches=False), {"key_matches": False}, f"{SECRET}: the private key in key.pem is not that"),
        (
            of_webhook(chain="issuer_and_leaf"),
            {"key_matches": False, "covers_service": False},
            f"{SECRET}: the private key in key.pem is not that",
        ),
        (
            of_webhook(hosts=("webhook.example.com",)),
            {"covers_service": False},
            f"the certificate is for DNS:webhook.example.com, and not for {SERVICE}",
        ),
        (
            of_webhook(ca_bundle="another"),
            {"trusted_by_ca_bundle": False},
            f"The caBundle of webhook {HOOK} does not lead to the certificate",
        ),
        (
            of_webhook(secret="absent"),
            {**NOTHING_KNOWN, "secret": SECRET.rpartition("/")[2]},
            f"{SECRET} does not exist",
        ),
        (of_webhook(secret="without_certificate"), NOTHING_KNOWN, f"{SECRET} has no key cert.pem"),
        (of_webhook(secret="without_key"), {"key_matches": False, "expired": False}, f"{SECRET} has no key key.pem"),
        (of_webhook(replicas=0), {"key_matches": True}, "is scaled to 0"),
    ],
)
def test_each_state(
    cluster: TestbedCluster, gather: Gather, spec: LegacySpec, states: dict[str, Any], problem: str
) -> None:
    with installed(cluster, spec):
        found = gather()
    assert {name: found[name] for name in states} == states
    assert any(problem in each for each in found["problems"]) is bool(problem), found["problems"]
    # What the testbed shows of the API server where pods run behind the webhook.
    assert (found["problems"] == []) is spec.answers


def refusal(cluster: TestbedCluster) -> str:
    """Why no Windows pod can be created."""
    spec = {"nodeSelector": {"kubernetes.io/os": "windows"}, "containers": [{"name": "web", "image": "iis"}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "refused", "namespace": "default"}, "spec": spec}
    return cluster.admin.request("POST", "/api/v1/namespaces/default/pods", pod, {"dryRun": "All"}).text


# The real API server alone shows what it reads, which no release of a client changes.
@pytest.mark.newest_client
@pytest.mark.parametrize("fleet", ["real"], indirect=True)
def test_a_bundle_is_read_as_the_api_server_reads_it(cluster: TestbedCluster, gather: Gather) -> None:
    issuer, other = cluster.kubernetes.authority.pem.strip(), Authority("another").pem.strip()
    headed = issuer.replace("-----\n", "-----\nnote: ours\n\n", 1)
    bundles = {
        issuer: True,
        f"{other}\n{issuer}": True,
        f"subject=/CN=kubernetes\n{issuer} \t\n": True,
        issuer.replace("\n", "\r\n"): True,
        f"{other}{other}\n{issuer}": True,
        f"{other}{issuer}": False,
        f"{issuer}{other}": False,
        f"{issuer} text": False,
        f" {issuer}": False,
        issuer.replace("\n", " "): False,
        headed: False,
        f"{headed}\n{issuer}": True,
    }
    resource, api = KINDS["MutatingWebhookConfiguration"]
    # By a URL: nobody is there behind the Service.
    server = JsonServer(lambda _path, _review: {}, cluster.kubernetes.authority.server("127.0.0.1"))
    with ExitStack() as stack, installed(cluster, of_webhook()):
        stack.callback(server.stop)
        (webhook,) = cluster.admin.get(resource, "vpc-admission-webhook-cfg", api=api)["webhooks"]
        for number, (bundle, is_read) in enumerate(bundles.items()):
            name = f"bundle-{number}.example.com"
            encoded = base64.b64encode(bundle.encode()).decode()
            webhook["clientConfig"]["caBundle"] = encoded
            by_url = {"url": server.url, "caBundle": encoded}
            patch = {"webhooks": [webhook, {**webhook, "name": name, "failurePolicy": "Fail", "clientConfig": by_url}]}
            cluster.admin.patch(resource, "vpc-admission-webhook-cfg", patch, api=api)
            cluster.wait(lambda: name in refusal(cluster), f"{name} is asked")  # noqa: B023
            assert ("x509: certificate signed by unknown authority" in refusal(cluster)) is not is_read, bundle
            found = gather()["webhooks"][0]
            assert found["trusted_by_ca_bundle"] is is_read, bundle
            told = [
                each for each in found["problems"] if "as each has to be without headers, and BEGIN and END" in each
            ]
            assert bool(told) is not is_read


# Decided by the library alone, whose unit tests run with the oldest releases, too.
@pytest.mark.newest_client
def test_as_of_another_day(cluster: TestbedCluster, gather: Gather) -> None:
    with installed(cluster, of_webhook(not_after=timedelta(days=364))):
        now = gather()
        then = gather(at="2100-01-01")
    assert (now["expired"], then["expired"], then["renewal_due"]) == (False, True, True)
    assert now["not_after"] == then["not_after"]


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
def test_no_webhook(gather: Gather) -> None:
    expected = {"changed": False, "found": False, "webhooks": []}
    assert gather() == expected
    assert gather(webhook_configuration="windows-vpc-admission-webhook") == expected


# Decided by the library alone, whose unit tests run with the oldest releases, too.
@pytest.mark.newest_client
def test_several_webhooks_and_a_url(cluster: TestbedCluster, gather: Gather) -> None:
    with installed(cluster, of_webhook()):
        resource, api = KINDS["MutatingWebhookConfiguration"]
        first = cluster.admin.get(resource, "vpc-admission-webhook-cfg", api=api)["webhooks"][0]
        second = {**first, "name": "second.example.com", "clientConfig": {"url": "https://hooks.example.com/mutate"}}
        third = {**first, "name": "third.example.com", "failurePolicy": "Fail", "rules": []}
        patch = {"webhooks": [first, second, third]}
        cluster.admin.patch(resource, "vpc-admission-webhook-cfg", patch, api=api)
        found = gather()
    assert sorted(found) == ["changed", "found", "webhooks"]
    assert [each["webhook"] for each in found["webhooks"]] == [HOOK, "third.example.com", "second.example.com"]
    assert [each["failure_policy"] for each in found["webhooks"]] == ["Ignore", "Fail", "Ignore"]
    by_service, _alike, by_url = found["webhooks"]
    assert (by_service["service"], by_service["url"], by_service["problems"]) == ("vpc-admission-webhook-svc", None, [])
    assert (by_url["service"], by_url["url"], by_url["secret"]) == (None, "https://hooks.example.com/mutate", None)
    assert by_url["problems"][0].startswith("It calls the URL https://hooks.example.com/mutate, and nothing")


def allow(fleet: Testbed, cluster: TestbedCluster, name: str, *rules: dict[str, Any]) -> str:
    """An IAM role whose identity may do this in the cluster and nothing else; returns its ARN."""
    role = fleet.aws.add_role(name)
    fleet.aws.add_access_entry(cluster.eks, role, username=name)
    cluster.admin.create(
        {"apiVersion": f"{RBAC}/v1", "kind": "ClusterRole", "metadata": {"name": name}, "rules": list(rules)}
    )
    cluster.admin.create(
        {
            "apiVersion": f"{RBAC}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": name},
            "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": name},
            "subjects": [{"apiGroup": RBAC, "kind": "User", "name": name}],
        }
    )
    return role


CONFIGURATIONS = {
    "apiGroups": ["admissionregistration.k8s.io"],
    "resources": ["mutatingwebhookconfigurations"],
    "verbs": ["list"],
}
OBJECTS = (
    {"apiGroups": [""], "resources": ["services"], "verbs": ["get"]},
    {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["list"]},
)
OWN_SECRETS = {
    "apiGroups": [""],
    "resources": ["secrets"],
    "resourceNames": ["vpc-admission-webhook-certs", "vpc-admission-webhook-certs-backup"],
    "verbs": ["get", "list"],
}


# Decided by the library alone, whose unit tests run with the oldest releases, too.
@pytest.mark.newest_client
def test_the_permissions_of_the_documentation_are_enough(
    fleet: Testbed, cluster: TestbedCluster, gather: Gather
) -> None:
    role = allow(fleet, cluster, "enough", CONFIGURATIONS, *OBJECTS, OWN_SECRETS)
    with installed(cluster, of_webhook()):
        found = gather(kubernetes_role_arn=role)
    assert (found["problems"], found["key_matches"]) == ([], True)


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
def test_what_may_not_be_read_is_unknown(fleet: Testbed, cluster: TestbedCluster, gather: Gather) -> None:
    role = allow(fleet, cluster, "without-secrets", CONFIGURATIONS, *OBJECTS)
    with installed(cluster, of_webhook()):
        found = gather(kubernetes_role_arn=role)
    assert {name: found[name] for name in NOTHING_KNOWN} == NOTHING_KNOWN
    assert (found["deployment"], found["managed_by"]) == ("vpc-admission-webhook-deployment", None)
    first, second = found["problems"]
    assert first.endswith("Allow the identity to get secrets vpc-admission-webhook-certs in namespace kube-system")
    assert second.endswith("Allow the identity to list secrets in namespace kube-system")


def task(cluster: TestbedCluster, **options: Any) -> dict[str, Any]:
    return {"name": "Look", MODULE: {"cluster_name": cluster.name, **options}}


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
def test_nothing_to_read_is_a_failure(fleet: Testbed, cluster: TestbedCluster) -> None:
    role = allow(fleet, cluster, "nothing")
    tasks = [
        {**task(cluster, kubernetes_role_arn=role), "ignore_errors": True},
        {**task(cluster, kubernetes_role_arn=role, webhook_configuration="mine"), "ignore_errors": True},
        {**task(cluster, at="tomorrow"), "ignore_errors": True},
    ]
    listing, getting, later = (each.message for each in run_tasks(tasks, fleet.environment).of("localhost"))
    assert "Cluster legacy: could not find what serves the webhook" in listing
    assert listing.endswith(
        "Allow the identity to list mutatingwebhookconfigurations.admissionregistration.k8s.io in the whole cluster"
    )
    assert "mutatingwebhookconfigurations.admissionregistration.k8s.io mine in the whole cluster" in getting
    assert later.startswith("Cluster legacy: at is 'tomorrow', and has to be a time such as 2026-12-31T23:59:00Z")


def test_as_a_task(fleet: Testbed, cluster: TestbedCluster) -> None:
    """With the group's defaults, in check mode, at the highest verbosity, and no key in anything that is printed."""
    with installed(cluster, of_webhook()):
        secret = cluster.admin.get("secrets", "vpc-admission-webhook-certs", "kube-system")["data"]["key.pem"]
        run = run_tasks(
            [{"name": "Look", MODULE: {}}, task(cluster, secret_name="vpc-admission-webhook-certs")],
            fleet.environment,
            play={"module_defaults": {"group/cloudops.eks_windows.eks_windows": {"cluster_name": cluster.name}}},
            arguments=("--check", "--diff", "-vvvv"),
        )
    looked, named = run.of("localhost")
    assert (looked.changed, looked.result["found"], looked.result["problems"]) == (False, True, [])
    assert named.result["webhooks"] == looked.result["webhooks"]
    key = base64.b64decode(secret).decode()
    assert "PRIVATE KEY" in key
    for line in [*key.splitlines()[1:-1], secret[40:80]]:
        assert line not in run.stdout + run.stderr
    assert "PRIVATE KEY" not in run.stdout + run.stderr


@pytest.mark.parametrize(
    ("spec", "said", "over"),
    [
        (None, [], False),
        (LegacySpec("B"), [], False),
        (LegacySpec("B", not_before=timedelta(days=-355), not_after=timedelta(days=9)), [f"{HOOK}: ends"], True),
        (LegacySpec("B", secret="absent"), [f"{HOOK}: {SECRET} does not exist"], False),
        (LegacySpec("B", key_matches=False), [f"{HOOK}: "], False),
    ],
    ids=["none", "good", "due", "no_secret", "key_of_another"],
)
def test_examples_as_they_stand(
    fleet: Testbed, cluster: TestbedCluster, spec: LegacySpec | None, said: list[str], over: bool
) -> None:
    tasks = yaml.safe_load(EXAMPLES)[:3]
    for each in tasks:
        if MODULE in each:
            each[MODULE] |= {"cluster_name": cluster.name, "region": "us-east-1"}
    tasks[2][MODULE]["at"] = (datetime.now(UTC) + timedelta(days=20)).isoformat(timespec="seconds")
    with installed(cluster, spec) if spec else nullcontext():
        run = run_tasks(tasks, fleet.environment)
    assert (run.returncode != 0) is over
    looked = run.of("localhost")
    (spoken,) = [task for task in looked if task.action.endswith("debug")] or [None]
    messages = [item["msg"] for item in spoken.result["results"] if "msg" in item] if spoken else []
    assert len(messages) == len(said)
    assert all(message.startswith(start) for message, start in zip(messages, said, strict=True))
    assert [task.result["failed_when_result"] for task in looked if "failed_when_result" in task.result] == [over]
