# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificate signing requests: who may be signed by which signer, and what comes out."""

from __future__ import annotations

import base64
import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.conformance.bench import Bench, eventually, refused
from tests.testbed.kubernetes.admin import Json

API = "certificates.k8s.io"
LEGACY = "kubernetes.io/legacy-unknown"
CLIENT = "kubernetes.io/kube-apiserver-client"
APP_SERVING = "beta.eks.amazonaws.com/app-serving"
SERVICE = "vpc-admission-webhook.kube-system.svc"
SERVING = ["digital signature", "key encipherment", "server auth"]


def request_pem(common_name: str, names: tuple[str, ...] = ()) -> bytes:
    """A PKCS#10 request with a new RSA key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    builder = x509.CertificateSigningRequestBuilder().subject_name(
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def signing_request(name: str, version: str, pem: bytes, usages: list[str], signer: str = "") -> Json:
    """A CertificateSigningRequest."""
    spec: Json = {"request": base64.b64encode(pem).decode(), "usages": usages}
    if signer:
        spec["signerName"] = signer
    kind = "CertificateSigningRequest"
    return {"apiVersion": f"{API}/{version}", "kind": kind, "metadata": {"name": name}, "spec": spec}


def settle(bench: Bench, created: Json, verdict: str = "Approved") -> None:
    """Approve or deny a request."""
    condition = {"type": verdict, "status": "True", "reason": "Case", "message": "because"}
    name, version = created["metadata"]["name"], created["apiVersion"]
    path = f"/apis/{version}/certificatesigningrequests/{name}/approval"
    bench.admin.call("PUT", path, {**created, "status": {"conditions": [condition]}})


def certificate_of(bench: Bench, name: str) -> x509.Certificate:
    """The certificate that was issued."""
    found = eventually(lambda: bench.admin.get("certificatesigningrequests", name).get("status", {}).get("certificate"))
    return x509.load_pem_x509_certificate(base64.b64decode(found))


def test_an_approved_request_is_signed_by_the_cluster(bench: Bench) -> None:
    name = bench.unique()
    created = bench.admin.create(signing_request(name, "v1", request_pem("some-user"), ["client auth"], CLIENT))
    assert created["spec"]["username"]
    settle(bench, created)
    certificate = certificate_of(bench, name)
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(bench.server.ca_pem.encode()))
    assert certificate.subject.rfc4514_string() == "CN=some-user"
    usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usages) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    bench.admin.delete("certificatesigningrequests", name)


def test_the_beta_api_knows_the_legacy_signer(bench: Bench) -> None:
    if bench.minor > 21:
        pytest.skip("this release has no beta API of certificates")
    name, names = bench.unique(), ("vpc-admission-webhook", SERVICE)
    created = bench.admin.create(signing_request(name, "v1beta1", request_pem(SERVICE, names), SERVING))
    assert created["spec"]["signerName"] == LEGACY
    settle(bench, created)
    certificate = certificate_of(bench, name)
    alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert tuple(alternatives.get_values_for_type(x509.DNSName)) == names
    usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usages) == [ExtendedKeyUsageOID.SERVER_AUTH]
    bench.admin.delete("certificatesigningrequests", name)


def test_the_stable_api_has_the_signer_of_eks(bench: Bench) -> None:
    name, names = bench.unique(), ("vpc-admission-webhook", SERVICE)
    created = bench.admin.create(signing_request(name, "v1", request_pem(SERVICE, names), SERVING, APP_SERVING))
    assert "certificate" not in created.get("status", {})
    settle(bench, created)
    certificate = certificate_of(bench, name)
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(bench.server.ca_pem.encode()))
    alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert tuple(alternatives.get_values_for_type(x509.DNSName)) == names
    usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usages) == [ExtendedKeyUsageOID.SERVER_AUTH]
    life = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert datetime.timedelta(days=365) <= life < datetime.timedelta(days=366)
    bench.admin.delete("certificatesigningrequests", name)


def test_the_signer_of_eks_grants_nothing_but_serving(bench: Bench) -> None:
    name = bench.unique()
    usages = [*SERVING, "client auth"]
    created = bench.admin.create(signing_request(name, "v1", request_pem(SERVICE), usages, APP_SERVING))
    settle(bench, created)

    def failed() -> Json | None:
        status = bench.admin.get("certificatesigningrequests", name)["status"]
        return next((each for each in status["conditions"] if each["type"] == "Failed"), None)

    assert "client auth" in eventually(failed)["message"]
    assert "certificate" not in bench.admin.get("certificatesigningrequests", name)["status"]
    bench.admin.delete("certificatesigningrequests", name)


def test_the_stable_api_refuses_the_legacy_signer(bench: Bench) -> None:
    with refused(422, "Invalid") as caught:
        bench.admin.create(signing_request(bench.unique(), "v1", request_pem(SERVICE), SERVING, LEGACY))
    assert "spec.signerName: Invalid value" in caught[0].message


@pytest.mark.parametrize("missing", ["signerName", "usages"])
def test_the_stable_api_wants_signer_and_usages(bench: Bench, missing: str) -> None:
    manifest = signing_request(bench.unique(), "v1", request_pem(SERVICE), SERVING, CLIENT)
    del manifest["spec"][missing]
    with refused(422, "Invalid") as caught:
        bench.admin.create(manifest)
    assert f"spec.{missing}: Required value" in caught[0].message


def test_a_request_must_be_one(bench: Bench) -> None:
    with refused(422, "Invalid") as caught:
        bench.admin.create(signing_request(bench.unique(), "v1", b"no request", SERVING, CLIENT))
    assert "spec.request: Invalid value" in caught[0].message


def test_a_denied_request_is_not_signed(bench: Bench) -> None:
    name = bench.unique()
    created = bench.admin.create(signing_request(name, "v1", request_pem("x"), ["client auth"], CLIENT))
    settle(bench, created, "Denied")
    status = bench.admin.get("certificatesigningrequests", name)["status"]
    assert [each["type"] for each in status["conditions"]] == ["Denied"]
    assert "certificate" not in status
    bench.admin.delete("certificatesigningrequests", name)


@pytest.mark.parametrize(("first", "second"), [("Denied", "Approved"), ("Approved", "Denied")])
def test_a_verdict_is_final(bench: Bench, first: str, second: str) -> None:
    name = bench.unique()
    created = bench.admin.create(signing_request(name, "v1", request_pem("x"), SERVING, "example.com/signer"))
    settle(bench, created, first)
    decided = bench.admin.get("certificatesigningrequests", name)
    with refused(422, "Invalid") as caught:
        settle(bench, decided, second)
    assert f'status.conditions: Forbidden: updates may not remove a condition of type "{first}"' in caught[0].message
    both = [*decided["status"]["conditions"], {"type": second, "status": "True", "reason": "Case", "message": "both"}]
    path = f"/apis/{API}/v1/certificatesigningrequests/{name}/approval"
    with refused(422, "Invalid") as caught:
        bench.admin.call("PUT", path, {**decided, "status": {"conditions": both}})
    assert f'status.conditions[1].type: Invalid value: "{second}": Approved and Denied' in caught[0].message
    bench.admin.delete("certificatesigningrequests", name)


def test_a_request_of_a_foreign_signer_waits_for_it(bench: Bench) -> None:
    name = bench.unique()
    created = bench.admin.create(signing_request(name, "v1", request_pem("x"), SERVING, "example.com/signer"))
    settle(bench, created)
    found = bench.admin.get("certificatesigningrequests", name)
    assert found["status"]["conditions"][0]["type"] == "Approved"
    assert "certificate" not in found["status"]
    selected = bench.admin.list(
        "certificatesigningrequests", query={"fieldSelector": "spec.signerName=example.com/signer"}
    )
    assert name in {each["metadata"]["name"] for each in selected}
    bench.admin.delete("certificatesigningrequests", name)


def test_a_request_cannot_be_changed(bench: Bench) -> None:
    name = bench.unique()
    created = bench.admin.create(signing_request(name, "v1", request_pem("x"), SERVING, "example.com/signer"))
    changed = bench.admin.replace({**created, "spec": {**created["spec"], "signerName": "example.com/other"}})
    assert changed["spec"] == created["spec"]
    bench.admin.delete("certificatesigningrequests", name)
