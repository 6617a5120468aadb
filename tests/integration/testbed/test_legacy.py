# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Legacy support as a testbed's clusters have it: what works, and what a spec or a knob breaks."""

from __future__ import annotations

import base64
import datetime
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.testbed import ClusterSpec, LegacySpec, NodeSpec, Testbed, chart_data
from tests.testbed.cluster import TestbedCluster
from tests.testbed.kubernetes.admin import ApiError, Json
from tests.testbed.legacy_objects import VARIANTS, Variant
from tests.testbed.pki import Authority
from tests.testbed.standins.app_serving import AppServingSigner
from tests.testbed.standins.objects import ADDRESS
from tests.testbed.standins.webhook_pods import WebhookPods

# The testbed itself never runs with another client's releases.
pytestmark = pytest.mark.newest_client

SYSTEM = "kube-system"
CERTIFICATES = "certificates.k8s.io"
MIXED = (NodeSpec(), NodeSpec(), NodeSpec(os="windows"))
EXPIRED = {"not_before": timedelta(days=-366), "not_after": timedelta(days=-1)}


def old(name: str, legacy: object, **options: object) -> ClusterSpec:
    """A cluster of the legacy era."""
    options = {"version": "1.21", "config_map": chart_data(), "nodes": MIXED, "legacy": legacy, **options}
    return ClusterSpec(name, **options)  # type: ignore[arg-type]


WORKING = {
    "a": LegacySpec("A", strategy="RollingUpdate", key="ec"),
    "b": LegacySpec("B", chain="leaf_and_issuer", failure_policy="Fail", signing_request=True),
    "d": LegacySpec("D", issuer="own", ca_bundle="another_and_issuer"),
    "e": LegacySpec("E", replicas=2),
    "f": LegacySpec("F"),
}
BROKEN = {
    "expired": LegacySpec("D", **EXPIRED),  # type: ignore[arg-type]
    "not-yet": LegacySpec(not_before=timedelta(days=1)),
    "another-ca": LegacySpec(ca_bundle="another"),
    "other-names": LegacySpec(hosts=("elsewhere.kube-system.svc",)),
    "mismatch": LegacySpec(key_matches=False),
    "wrong-order": LegacySpec(chain="issuer_and_leaf"),
    "no-secret": LegacySpec(secret="absent"),
    "no-certificate": LegacySpec(secret="without_certificate"),
    "no-key": LegacySpec("F", secret="without_key"),
    "scaled-to-0": LegacySpec(replicas=0),
}
OTHERS = (
    old("refusing", LegacySpec("D", failure_policy="Fail", **EXPIRED)),  # type: ignore[arg-type]
    old("migrating", "F", nodes=MIXED),
    old("controller-alone", LegacySpec(webhook=False)),
    old("webhook-alone", LegacySpec(controller=False)),
    old("stable", "B", version="1.31", nodes=(NodeSpec(),)),
)


@pytest.fixture(scope="module")
def testbed() -> Iterator[Testbed]:
    specs = [old(name, spec) for name, spec in {**WORKING, **BROKEN}.items()]
    with Testbed([*specs, *OTHERS], control_plane="emulated") as running:
        yield running


def names_of(cluster: TestbedCluster) -> Variant:
    assert cluster.spec.legacy_variant is not None
    return VARIANTS[cluster.spec.legacy_variant]


def pods_of(cluster: TestbedCluster) -> list[Json]:
    """The webhook's pods."""
    names = names_of(cluster)
    query = {"labelSelector": f"app={names.service.removesuffix('-svc')}"}
    return cluster.admin.list("pods", names.namespace, query=query)


def waiting(cluster: TestbedCluster) -> str:
    """Why the webhook's container does not run."""
    (pod,) = pods_of(cluster)
    (status,) = pod["status"]["containerStatuses"]
    return str(status["state"].get("waiting", {}).get("reason", ""))


def knobs(cluster: TestbedCluster) -> WebhookPods:
    assert cluster.stand_ins is not None
    return cluster.stand_ins.legacy_webhook


def restart(cluster: TestbedCluster) -> None:
    names = names_of(cluster)
    template = {"metadata": {"annotations": {"restartedAt": str(time.monotonic())}}}
    cluster.admin.patch("deployments", names.deployment, {"spec": {"template": template}}, names.namespace)


def create_windows_pod(cluster: TestbedCluster, name: str) -> None:
    spec = {"nodeSelector": {"kubernetes.io/os": "windows"}, "containers": [{"name": "web", "image": "iis"}]}
    metadata = {"name": name, "namespace": "default"}
    cluster.admin.create({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})


def runs(cluster: TestbedCluster, name: str) -> bool:
    return bool(cluster.admin.get("pods", name, "default").get("status", {}).get("phase") == "Running")


@pytest.mark.parametrize("name", WORKING)
def test_every_variant_works(testbed: Testbed, name: str) -> None:
    cluster = testbed.clusters[name]
    assert cluster.stand_ins is not None
    assert cluster.stand_ins.charge.in_charge == {"legacy"}
    assert set(cluster.windows_addresses().values()) == {"9"}
    create_windows_pod(cluster, "works")
    cluster.wait(lambda: runs(cluster, "works"), "the pod has its address and runs")
    pod = cluster.admin.get("pods", "works", "default")
    assert ADDRESS in pod["metadata"]["annotations"]
    assert len(pods_of(cluster)) == cluster.spec.legacy_spec.replicas  # type: ignore[union-attr]
    assert {pod["metadata"]["namespace"] for pod in pods_of(cluster)} == {"default" if name == "a" else "kube-system"}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_does_not_answer(testbed: Testbed, name: str) -> None:
    cluster = testbed.clusters[name]
    assert (cluster.injects_address(), cluster.admits_pods()) == (False, True)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("expired", ""),
        ("not-yet", ""),
        ("another-ca", ""),
        ("other-names", ""),
        ("mismatch", "CrashLoopBackOff"),
        ("wrong-order", "CrashLoopBackOff"),
        ("no-secret", "ContainerCreating"),
        ("no-certificate", "CrashLoopBackOff"),
        ("no-key", "CrashLoopBackOff"),
    ],
)
def test_pods_show_what_they_lack(testbed: Testbed, name: str, reason: str) -> None:
    assert waiting(testbed.clusters[name]) == reason


def test_a_secret_that_is_missing_is_told_and_waited_for(testbed: Testbed) -> None:
    cluster = testbed.clusters["no-secret"]
    names = names_of(cluster)
    cluster.wait(lambda: "FailedMount" in {each["reason"] for each in cluster.admin.list("events", SYSTEM)}, "told")
    other = testbed.clusters["expired"]
    secret = other.admin.get("secrets", VARIANTS["D"].secret, SYSTEM)
    metadata = {"name": names.secret, "namespace": SYSTEM}
    cluster.admin.create({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": secret["data"]})
    cluster.wait(lambda: waiting(cluster) == "", "the container runs")


def test_failure_policy_fail_refuses_pods(testbed: Testbed) -> None:
    cluster = testbed.clusters["refusing"]
    assert (cluster.injects_address(), cluster.admits_pods()) == (False, False)
    assert waiting(cluster) == ""


def test_a_webhook_that_does_not_come_back(testbed: Testbed) -> None:
    cluster = testbed.clusters["a"]
    (before,) = pods_of(cluster)
    for fault in ("crash", "hang"):
        knobs(cluster).fail_next_start("crash" if fault == "crash" else "hang")
        restart(cluster)
        cluster.wait(lambda: len(pods_of(cluster)) == 2, "the new pod is there beside the old one")
        reasons = {"crash": "CrashLoopBackOff", "hang": "ContainerCreating"}
        cluster.wait(lambda: reasons[fault] in str(pods_of(cluster)), f"it does not start, {fault}")  # noqa: B023
        time.sleep(1.5)
        assert len(pods_of(cluster)) == 2
        assert cluster.injects_address()
        knobs(cluster).heal()
        cluster.wait(lambda: len(pods_of(cluster)) == 1, "healed, it takes over")
    assert pods_of(cluster)[0]["metadata"]["uid"] != before["metadata"]["uid"]
    assert cluster.injects_address()


def test_a_crashing_container_counts_its_restarts(testbed: Testbed) -> None:
    cluster = testbed.clusters["mismatch"]

    def restarts() -> int:
        return int(pods_of(cluster)[0]["status"]["containerStatuses"][0]["restartCount"])

    first = restarts()
    cluster.wait(lambda: restarts() > first, "it was started again")


def test_marks_of_cert_manager(testbed: Testbed) -> None:
    cluster = testbed.clusters["f"]
    names = names_of(cluster)
    secret = cluster.admin.get("secrets", names.secret, names.namespace)
    certificate = secret["metadata"]["annotations"]["cert-manager.io/certificate-name"]
    found = cluster.admin.get("certificates", certificate, names.namespace, api="cert-manager.io/v1")
    assert found["spec"]["secretName"] == names.secret
    configuration = cluster.admin.get("mutatingwebhookconfigurations", names.configuration)
    inject = configuration["metadata"]["annotations"]["cert-manager.io/inject-ca-from"]
    assert inject == f"{names.namespace}/{certificate}"
    assert "tls.crt" in secret["data"]


def test_two_controllers_are_seen(testbed: Testbed) -> None:
    """Variant F's controller does not block that of the control plane."""
    cluster = testbed.clusters["migrating"]
    assert cluster.stand_ins is not None
    charge, names = cluster.stand_ins.charge, names_of(cluster)
    began = time.monotonic()
    cluster.admin.patch("configmaps", "amazon-vpc-cni", {"data": {"enable-windows-ipam": "true"}}, SYSTEM)
    cluster.wait(lambda: charge.in_charge == {"control-plane", "legacy"}, "both are in charge")
    time.sleep(1)
    cluster.admin.delete("deployments", names.controller, SYSTEM, options={"propagationPolicy": "Background"})
    cluster.wait(lambda: charge.in_charge == {"control-plane"}, "the legacy one is gone")
    assert 1 < charge.seconds_with_two(began) < 10
    assert charge.seconds_without(began) == 0
    assert [entry.controllers for entry in charge.entries()][-3:] == [
        {"legacy"},
        {"control-plane", "legacy"},
        {"control-plane"},
    ]


def test_parts_can_be_left_out(testbed: Testbed) -> None:
    alone = testbed.clusters["controller-alone"]
    assert (alone.injects_address(), set(alone.windows_addresses().values())) == (False, {"9"})
    alone = testbed.clusters["webhook-alone"]
    assert (alone.injects_address(), alone.windows_addresses()) == (True, {})


@pytest.fixture
def signer(testbed: Testbed) -> Iterator[AppServingSigner]:
    stand_ins = testbed.clusters["stable"].stand_ins
    assert stand_ins is not None
    yield stand_ins.signer
    stand_ins.signer.reset()


def request_certificate(cluster: TestbedCluster, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    """A request that waits for approval."""
    name = f"request-{time.monotonic_ns()}"
    host = x509.DNSName("webhook.kube-system.svc")
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    signed = builder.add_extension(x509.SubjectAlternativeName([host]), False).sign(key, hashes.SHA256())
    pem = signed.public_bytes(serialization.Encoding.PEM)
    cluster.admin.create(
        {
            "apiVersion": f"{CERTIFICATES}/v1",
            "kind": "CertificateSigningRequest",
            "metadata": {"name": name},
            "spec": {
                "request": base64.b64encode(pem).decode(),
                "signerName": "beta.eks.amazonaws.com/app-serving",
                "usages": ["digital signature", "key encipherment", "server auth"],
            },
        }
    )
    return name


def approve(cluster: TestbedCluster, name: str) -> None:
    found = cluster.admin.get("certificatesigningrequests", name)
    condition = {"type": "Approved", "status": "True", "reason": "Test", "message": "test"}
    path = f"/apis/{CERTIFICATES}/v1/certificatesigningrequests/{name}/approval"
    cluster.admin.call("PUT", path, {**found, "status": {"conditions": [condition]}})


def conditions(cluster: TestbedCluster, name: str) -> list[str]:
    status = cluster.admin.get("certificatesigningrequests", name).get("status", {})
    return [each["type"] for each in status.get("conditions") or []]


def issued(cluster: TestbedCluster, name: str) -> x509.Certificate | None:
    status = cluster.admin.get("certificatesigningrequests", name).get("status", {})
    pem = status.get("certificate")
    return x509.load_pem_x509_certificate(base64.b64decode(pem)) if pem else None


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_the_signer_signs_any_key(testbed: Testbed, signer: AppServingSigner, kind: str) -> None:
    cluster = testbed.clusters["stable"]
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    name = request_certificate(cluster, key)
    approve(cluster, name)
    cluster.wait(lambda: issued(cluster, name) is not None, "a certificate")
    certificate = issued(cluster, name)
    assert certificate is not None
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(cluster.certificate_authority.encode()))
    assert certificate.public_key() == key.public_key()


def test_the_signer_can_wait(testbed: Testbed, signer: AppServingSigner) -> None:
    cluster = testbed.clusters["stable"]
    signer.mode = "wait"
    name = request_certificate(cluster, ec.generate_private_key(ec.SECP256R1()))
    approve(cluster, name)
    time.sleep(1)
    assert (issued(cluster, name), conditions(cluster, name)) == (None, ["Approved"])
    signer.reset()
    cluster.wait(lambda: issued(cluster, name) is not None, "a certificate after all")


def test_the_signer_can_deny(testbed: Testbed, signer: AppServingSigner) -> None:
    cluster = testbed.clusters["stable"]
    signer.mode = "deny"
    name = request_certificate(cluster, ec.generate_private_key(ec.SECP256R1()))
    cluster.wait(lambda: conditions(cluster, name) == ["Denied"], "denied")
    with pytest.raises(ApiError):
        approve(cluster, name)


def test_the_signer_can_fail(testbed: Testbed, signer: AppServingSigner) -> None:
    cluster = testbed.clusters["stable"]
    signer.mode = "fail"
    name = request_certificate(cluster, ec.generate_private_key(ec.SECP256R1()))
    approve(cluster, name)
    cluster.wait(lambda: conditions(cluster, name) == ["Approved", "Failed"], "failed")
    assert issued(cluster, name) is None


def test_the_signer_can_use_another_authority_for_a_short_time(testbed: Testbed, signer: AppServingSigner) -> None:
    cluster = testbed.clusters["stable"]
    signer.authority, signer.lifetime = Authority("another"), timedelta(minutes=10)
    name = request_certificate(cluster, ec.generate_private_key(ec.SECP256R1()))
    approve(cluster, name)
    cluster.wait(lambda: issued(cluster, name) is not None, "a certificate")
    certificate = issued(cluster, name)
    assert certificate is not None
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(signer.authority.pem.encode()))
    left = certificate.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    assert timedelta(minutes=8) < left <= timedelta(minutes=10)


def test_a_signing_request_can_be_left(testbed: Testbed) -> None:
    cluster = testbed.clusters["b"]
    name = "vpc-admission-webhook-svc.kube-system"
    cluster.wait(lambda: issued(cluster, name) is not None, "it is issued")
    assert conditions(cluster, name) == ["Approved"]
    assert testbed.clusters["e"].admin.list("certificatesigningrequests") == []


def test_beta_apis_are_there_as_the_version_has_them(testbed: Testbed) -> None:
    def served(name: str) -> set[str]:
        groups = testbed.clusters[name].admin.call("GET", "/apis")["groups"]
        return {version["groupVersion"] for group in groups for version in group["versions"]}

    betas = {f"{CERTIFICATES}/v1beta1", "admissionregistration.k8s.io/v1beta1", "rbac.authorization.k8s.io/v1beta1"}
    assert betas <= served("b")
    assert not betas & served("stable")
