# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the emulator alone can do: faults, expiry, its own kubelet, and being light."""

from __future__ import annotations

import base64
import contextlib
import json
import threading
import time
from collections.abc import Iterator

import pytest
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.testbed.json_server import JsonServer
from tests.testbed.kubernetes.admin import AdminClient, ApiError, Json
from tests.testbed.kubernetes.emulator import EmulatedKubernetes
from tests.testbed.kubernetes.emulator.discovery import groups, version_document
from tests.testbed.kubernetes.emulator.resources import Kind, Registry
from tests.testbed.pki import Authority


def config_map(name: str, **data: str) -> Json:
    """A ConfigMap in the default namespace."""
    metadata = {"name": name, "namespace": "default"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def deployment(name: str, replicas: int, **spec: object) -> Json:
    """A Deployment in the default namespace."""
    labels = {"app": name}
    pod = {"containers": [{"name": "main", "image": "example/app:1"}], **spec}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }


@pytest.fixture
def emulator() -> Iterator[EmulatedKubernetes]:
    """An emulator whose every token is of a user in system:masters."""
    server = EmulatedKubernetes("1.31", authenticate=lambda token: (token, ("system:masters",)))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def outside(emulator: EmulatedKubernetes) -> AdminClient:
    """A client that is not the testbed's own."""
    return AdminClient(emulator.url, emulator.ca_pem, "somebody")


def failure(client: AdminClient, method: str, path: str, body: object = None) -> ApiError:
    """The error of a request that must fail."""
    with pytest.raises(ApiError) as caught:
        client.call(method, path, body, headers={"Content-Type": "application/merge-patch+json"})
    return caught.value


CONFIG_MAP = "/api/v1/namespaces/default/configmaps/x"


def test_a_fault_strikes_as_often_as_asked(emulator: EmulatedKubernetes, outside: AdminClient) -> None:
    emulator.admin.create(config_map("x", a="1"))
    emulator.faults.fail_next("get", "/configmaps/x$", 503, "out to lunch", times=2)
    for _ in range(2):
        error = failure(outside, "GET", CONFIG_MAP)
        assert (error.status, error.reason, error.message) == (503, "ServiceUnavailable", "out to lunch")
    assert outside.get("configmaps", "x", "default")["data"] == {"a": "1"}


def test_a_fault_spares_other_verbs_paths_and_the_testbed(emulator: EmulatedKubernetes, outside: AdminClient) -> None:
    emulator.admin.create(config_map("x", a="1"))
    emulator.faults.fail_next("patch", "/configmaps/x$")
    assert emulator.admin.patch("configmaps", "x", {"data": {"a": "2"}}, "default")
    assert outside.get("configmaps", "x", "default")
    assert outside.list("configmaps")
    assert failure(outside, "PATCH", CONFIG_MAP, {}).status == 500


def test_a_fault_may_strike_after_the_change(emulator: EmulatedKubernetes, outside: AdminClient) -> None:
    emulator.admin.create(config_map("x", a="1"))
    emulator.faults.fail_next("patch", "/configmaps/x$", 504, "lost", after_applied=True)
    assert failure(outside, "PATCH", CONFIG_MAP, {"data": {"a": "2"}}).status == 504
    assert emulator.admin.get("configmaps", "x", "default")["data"] == {"a": "2"}
    assert [request.status for request in emulator.requests()] == [504]


def test_a_fault_may_let_requests_pass_before(emulator: EmulatedKubernetes, outside: AdminClient) -> None:
    emulator.admin.create(config_map("x", a="1"))
    emulator.faults.fail_next("get", "/configmaps/x$", skip=2)
    assert [outside.get("configmaps", "x", "default")["data"] for _ in range(2)] == [{"a": "1"}] * 2
    assert failure(outside, "GET", CONFIG_MAP).status == 500
    assert outside.get("configmaps", "x", "default")["data"] == {"a": "1"}


def test_a_fault_may_strike_one_kind_of_body(emulator: EmulatedKubernetes, outside: AdminClient) -> None:
    emulator.admin.create(config_map("x", a="1"))
    emulator.faults.fail_next("patch", "/configmaps/x$", body_regex='"a": ?"3"')
    assert outside.patch("configmaps", "x", {"data": {"a": "2"}}, "default")["data"] == {"a": "2"}
    assert failure(outside, "PATCH", CONFIG_MAP, {"data": {"a": "3"}}).status == 500
    assert emulator.admin.get("configmaps", "x", "default")["data"] == {"a": "2"}


def test_a_delay(emulator: EmulatedKubernetes, outside: AdminClient) -> None:
    emulator.faults.delay("^/version$", 0.3)
    began = time.monotonic()
    outside.call("GET", "/version")
    assert time.monotonic() - began >= 0.3
    emulator.faults.clear()
    began = time.monotonic()
    outside.call("GET", "/version")
    assert time.monotonic() - began < 0.3


def test_a_fault_of_its_own_is_an_answer(emulator: EmulatedKubernetes, outside: AdminClient) -> None:
    with pytest.raises(ApiError) as caught:
        outside.create({**deployment("x", 1), "spec": "no object"})
    assert (caught.value.status, caught.value.reason) == (500, "InternalError")
    assert emulator.requests()[-1].status == 500
    assert outside.call("GET", "/version")


def test_a_page_can_be_too_old(emulator: EmulatedKubernetes, outside: AdminClient) -> None:
    path = "/api/v1/configmaps"
    first = outside.call("GET", path, query={"limit": "2"})
    everything = [each["metadata"]["namespace"] for each in outside.call("GET", path)["items"]]
    emulator.forget_history()
    with pytest.raises(ApiError) as caught:
        outside.call("GET", path, query={"limit": "2", "continue": first["metadata"]["continue"]})
    assert (caught.value.status, caught.value.reason) == (410, "Expired")
    onward = caught.value.body["metadata"]["continue"]
    rest = outside.call("GET", path, query={"continue": onward})
    found = [each["metadata"]["namespace"] for each in [*first["items"], *rest["items"]]]
    assert found == everything


def test_a_watch_can_be_too_old(emulator: EmulatedKubernetes, outside: AdminClient) -> None:
    version = outside.call("GET", "/api/v1/configmaps")["metadata"]["resourceVersion"]
    emulator.forget_history()
    query = {"watch": "1", "resourceVersion": version, "timeoutSeconds": "1"}
    event = json.loads(outside.request("GET", "/api/v1/configmaps", query=query).text)
    assert (event["type"], event["object"]["code"], event["object"]["reason"]) == ("ERROR", 410, "Expired")


def test_pods_run_where_their_node_selector_allows(emulator: EmulatedKubernetes) -> None:
    admin = emulator.admin
    admin.create(deployment("x", 1, nodeSelector={"kubernetes.io/os": "windows"}))
    (pod,) = admin.list("pods")
    assert pod["status"]["phase"] == "Pending"
    assert pod["status"]["conditions"][0]["reason"] == "Unschedulable"
    for system in ("linux", "windows"):
        labels = {"kubernetes.io/os": system}
        admin.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": f"{system}-node", "labels": labels}})
    (pod,) = admin.list("pods")
    assert (pod["spec"]["nodeName"], pod["status"]["phase"]) == ("windows-node", "Running")
    assert pod["status"]["containerStatuses"][0]["ready"]
    status = admin.get("deployments", "x", "default")["status"]
    assert (status["availableReplicas"], status["observedGeneration"]) == (1, 1)


def test_a_rollout_is_over_when_its_request_is(emulator: EmulatedKubernetes) -> None:
    admin = emulator.admin
    admin.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node"}})
    admin.create(deployment("x", 3))
    before = {each["metadata"]["uid"] for each in admin.list("pods")}
    change = {"spec": {"template": {"metadata": {"annotations": {"a": "b"}}}}}
    changed = admin.patch("deployments", "x", change, "default")
    assert changed["metadata"]["generation"] == 2
    pods = admin.list("pods")
    assert len(pods) == 3
    assert not before & {each["metadata"]["uid"] for each in pods}
    status = admin.get("deployments", "x", "default")["status"]
    assert (status["replicas"], status["updatedReplicas"], status["observedGeneration"]) == (3, 3, 2)
    admin.delete("pods", pods[0]["metadata"]["name"], "default")
    assert len(admin.list("pods")) == 3
    admin.delete("deployments", "x", "default")
    assert admin.list("pods") == []


def serving_request(name: str, pem: bytes) -> Json:
    """A request for a certificate of the signer that EKS has for webhooks."""
    return {
        "apiVersion": "certificates.k8s.io/v1",
        "kind": "CertificateSigningRequest",
        "metadata": {"name": name},
        "spec": {
            "signerName": "beta.eks.amazonaws.com/app-serving",
            "request": base64.b64encode(pem).decode(),
            "usages": ["digital signature", "key encipherment", "server auth"],
        },
    }


def approve(client: AdminClient, created: Json) -> Json:
    """Approve a request; returns what became of it."""
    name = created["metadata"]["name"]
    path = f"/apis/certificates.k8s.io/v1/certificatesigningrequests/{name}/approval"
    client.call("PUT", path, {**created, "status": {"conditions": [{"type": "Approved", "status": "True"}]}})
    settled: Json = client.get("certificatesigningrequests", name)["status"]
    return settled


def pkcs10() -> x509.CertificateSigningRequest:
    """A request for the webhook's service."""
    names = x509.SubjectAlternativeName([x509.DNSName("webhook.kube-system.svc")])
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).add_extension(names, False)
    return builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())


def test_approved_serving_certificates_are_signed_as_on_eks(emulator: EmulatedKubernetes) -> None:
    request = pkcs10()
    created = emulator.admin.create(serving_request("x", request.public_bytes(serialization.Encoding.PEM)))
    issued = base64.b64decode(approve(emulator.admin, created)["certificate"])
    certificate = x509.load_pem_x509_certificate(issued)
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(emulator.ca_pem.encode()))
    for each in (certificate, request):
        found = each.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert found.get_values_for_type(x509.DNSName) == ["webhook.kube-system.svc"]


def test_a_request_with_a_wrong_signature_fails(emulator: EmulatedKubernetes) -> None:
    encoded = bytearray(pkcs10().public_bytes(serialization.Encoding.DER))
    encoded[-1] ^= 1
    pem = (
        b"-----BEGIN CERTIFICATE REQUEST-----\n" + base64.encodebytes(encoded) + b"-----END CERTIFICATE REQUEST-----\n"
    )
    status = approve(emulator.admin, emulator.admin.create(serving_request("x", pem)))
    assert [each["type"] for each in status["conditions"]] == ["Approved", "Failed"]
    assert "certificate" not in status


def test_a_webhook_behind_a_service_is_found_and_checked_by_the_services_name() -> None:
    authority = Authority("webhooks")
    asked: list[str] = []

    def answer(path: str, review: Json) -> Json:
        asked.append(path)
        response = {"uid": review["request"]["uid"], "allowed": False, "status": {"message": "seen"}}
        return {"apiVersion": review["apiVersion"], "kind": "AdmissionReview", "response": response}

    webhook = JsonServer(answer, authority.server("x", ("hook.kube-system.svc",)))
    address = ("127.0.0.1", int(webhook.url.rpartition(":")[2]))
    services = {("kube-system", "hook", 443): address}
    server = EmulatedKubernetes(resolve_service=lambda *service: services.get(service))
    server.start()
    try:
        service = {"namespace": "kube-system", "name": "hook", "path": "/mutate"}
        entry = {
            "name": "hook.example.com",
            "clientConfig": {"service": service, "caBundle": base64.b64encode(authority.pem.encode()).decode()},
            "rules": [
                {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["configmaps"]}
            ],
            "sideEffects": "None",
            "admissionReviewVersions": ["v1"],
        }
        api, kind = "admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"
        server.admin.create({"apiVersion": api, "kind": kind, "metadata": {"name": "hook"}, "webhooks": [entry]})
        with pytest.raises(ApiError, match="denied the request: seen"):
            server.admin.create(config_map("x"))
        assert asked == ["/mutate"]
        services.clear()
        with pytest.raises(ApiError, match='service "hook" not found'):
            server.admin.create(config_map("x"))
        services[("kube-system", "other", 443)] = address
        other = [{"op": "replace", "path": "/webhooks/0/clientConfig/service/name", "value": "other"}]
        server.admin.patch("mutatingwebhookconfigurations", "hook", other, kind="json")
        with pytest.raises(ApiError, match=r"other\.kube-system\.svc"):
            server.admin.create(config_map("x"))
        assert asked == ["/mutate"]
    finally:
        server.stop()
        webhook.stop()


@pytest.mark.parametrize(
    ("release", "minor", "shown"),
    [("1.31", "31", "v1.31.0-emulated"), ("v1.20.2", "20", "v1.20.2-emulated")],
)
def test_the_version_says_that_it_is_emulated(release: str, minor: str, shown: str) -> None:
    document = version_document(release)
    assert (document["major"], document["minor"], document["gitVersion"]) == ("1", minor, shown)


def test_versions_are_offered_in_the_order_of_their_ripeness() -> None:
    registry = Registry()
    kinds = [
        Kind("example.com", version, "Thing", "things") for version in ("v1alpha1", "v1", "v2beta1", "v2", "v1beta2")
    ]
    registry.add(kinds)
    (found,) = groups(registry)["groups"]
    assert [each["version"] for each in found["versions"]] == ["v2", "v1", "v2beta1", "v1beta2", "v1alpha1"]


def test_beta_versions_are_a_choice() -> None:
    for beta in (False, True):
        server = EmulatedKubernetes(beta_apis=beta)
        server.start()
        answer = server.admin.request("GET", "/apis/rbac.authorization.k8s.io/v1beta1")
        server.stop()
        assert answer.status == (200 if beta else 404)


def test_many_emulators_are_light_and_leave_nothing() -> None:
    before = threading.active_count()
    servers = [EmulatedKubernetes() for _ in range(50)]
    for server in servers:
        server.start()
    assert threading.active_count() - before == 50
    began = time.process_time()
    time.sleep(0.5)
    assert time.process_time() - began < 0.1
    urls = {server.url for server in servers}
    assert len(urls) == 50
    for server in servers:
        server.stop()
        server.stop()
    assert threading.active_count() == before


def test_stopping_ends_watches() -> None:
    server = EmulatedKubernetes(authenticate=lambda token: (token, ("system:masters",)))
    server.start()
    begun, ended = threading.Event(), threading.Event()
    client = AdminClient(server.url, server.ca_pem, "somebody")

    def watch() -> None:
        begun.set()
        with contextlib.suppress(urllib3.exceptions.HTTPError):
            client.request("GET", "/api/v1/configmaps", query={"watch": "1"})
        ended.set()

    threading.Thread(target=watch, daemon=True).start()
    begun.wait()
    time.sleep(0.2)
    assert not ended.is_set()
    server.stop()
    assert ended.wait(5)


def test_kubectl_learns_that_fields_are_checked_here(outside: AdminClient) -> None:
    path = outside.call("GET", "/openapi/v3")["paths"]["apis/apps/v1"]["serverRelativeURL"]
    operations = [each["patch"] for each in outside.call("GET", path)["paths"].values()]
    wanted = {"group": "apps", "version": "v1", "kind": "Deployment"}
    (patch,) = [each for each in operations if each["x-kubernetes-group-version-kind"] == wanted]
    assert "fieldValidation" in {each["name"] for each in patch["parameters"]}


def test_writers_at_once_lose_nothing(emulator: EmulatedKubernetes) -> None:
    emulator.admin.create(config_map("x"))

    def write(name: str) -> None:
        client = AdminClient(emulator.url, emulator.ca_pem, name)
        for number in range(20):
            client.patch("configmaps", "x", {"data": {f"{name}-{number}": "1"}}, "default")

    threads = [threading.Thread(target=write, args=(f"writer-{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(emulator.admin.get("configmaps", "x", "default")["data"]) == 80
