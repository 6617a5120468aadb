# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What only the real control plane can be asked."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.testbed.kubernetes.admin import AdminClient, Json
from tests.testbed.kubernetes.real.binaries import Binaries, ControlPlaneMissingError, find_binaries
from tests.testbed.kubernetes.real.server import RealKubernetes, StartError

# The testbed itself never runs with another client's releases.
pytestmark = [pytest.mark.real, pytest.mark.newest_client]

CSRS = "certificatesigningrequests"


@pytest.fixture(scope="module")
def binaries() -> Binaries:
    try:
        return find_binaries()
    except ControlPlaneMissingError as error:
        pytest.skip(f"no real control plane: {error}")


@pytest.fixture(scope="module")
def server(binaries: Binaries) -> Iterator[RealKubernetes]:
    running = RealKubernetes(lambda token: ("alice", ("readers",)) if token == "alice" else None, binaries)
    running.start()
    yield running
    running.stop()


def test_version_is_that_of_the_programs(server: RealKubernetes) -> None:
    assert server.admin.call("GET", "/version")["gitVersion"] == f"v{server.version}"


def test_tokens_are_asked_of_the_callback(server: RealKubernetes) -> None:
    answers = [
        AdminClient(server.url, server.ca_pem, token).request("GET", "/api/v1/nodes") for token in ("alice", "bob")
    ]
    assert [answer.status for answer in answers] == [403, 401]
    assert 'User "alice"' in answers[0].body["message"]


def test_client_certificates_are_taken(server: RealKubernetes, tmp_path: Path) -> None:
    pair = server.client_certificate("root", ("system:masters",))
    certificate, key = tmp_path / "client.crt", tmp_path / "client.key"
    certificate.write_text(pair.certificate)
    key.write_text(pair.key)
    client = AdminClient(server.url, server.ca_pem, cert_file=str(certificate), key_file=str(key))
    assert client.request("GET", "/api/v1/nodes").status == 200


def test_legacy_certificates_are_signed_as_long_as_the_api_serves_them(server: RealKubernetes) -> None:
    groups = server.admin.call("GET", "/apis")["groups"]
    versions = {version["groupVersion"] for group in groups for version in group["versions"]}
    if "certificates.k8s.io/v1beta1" not in versions:
        pytest.skip(f"Kubernetes {server.version} serves no certificates.k8s.io/v1beta1")
    api = "certificates.k8s.io/v1beta1"
    server.admin.create(signing_request(api, "legacy"))
    approval = {"conditions": [{"type": "Approved", "reason": "test", "message": "test"}]}
    request = server.admin.get(CSRS, "legacy", api=api)
    request["status"] = approval
    server.admin.call("PUT", f"/apis/{api}/{CSRS}/legacy/approval", request)
    issued = x509.load_pem_x509_certificate(await_certificate(server, api, "legacy"))
    assert issued.issuer == x509.load_pem_x509_certificate(server.ca_pem.encode()).subject


def signing_request(api: str, name: str) -> Json:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "svc.kube-system.svc")])
    key = ec.generate_private_key(ec.SECP256R1())
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    pem = base64.b64encode(request.public_bytes(serialization.Encoding.PEM)).decode()
    usages = ["digital signature", "key encipherment", "server auth"]
    return {
        "apiVersion": api,
        "kind": "CertificateSigningRequest",
        "metadata": {"name": name},
        "spec": {"request": pem, "usages": usages},
    }


def await_certificate(server: RealKubernetes, api: str, name: str) -> bytes:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        certificate = server.admin.get(CSRS, name, api=api).get("status", {}).get("certificate")
        if certificate:
            return base64.b64decode(certificate)
        time.sleep(0.1)
    raise AssertionError(f"no certificate was issued for {name}")


def test_beta_apis_can_be_left_out(binaries: Binaries) -> None:
    server = RealKubernetes(binaries=binaries, beta_apis=False)
    server.start()
    try:
        groups = server.admin.call("GET", "/apis")["groups"]
        assert [v["groupVersion"] for g in groups for v in g["versions"] if "beta" in v["version"]] == []
    finally:
        server.stop()


def test_program_that_ends_is_named_with_its_last_words(binaries: Binaries, tmp_path: Path) -> None:
    broken = tmp_path / "kube-apiserver"
    broken.write_text("#!/bin/sh\necho it will not do >&2\nexit 3\n")
    broken.chmod(0o755)
    server = RealKubernetes(binaries=Binaries(binaries.etcd, broken, None, binaries.version))
    with pytest.raises(StartError, match=r"(?s)kube-apiserver ended .*it will not do"):
        server.start()
    with pytest.raises(RuntimeError, match="not started"):
        _ = server.url
