# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The objects of legacy support, by what their spec says of them."""

from __future__ import annotations

import base64
import datetime
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.testbed import ClusterSpec, LegacySpec
from tests.testbed.kubernetes.admin import Json
from tests.testbed.legacy_objects import VARIANTS, legacy_objects
from tests.testbed.pki import Authority

CLUSTER = Authority("kubernetes")


def made(spec: LegacySpec, kind: str) -> Json:
    """The only object of a kind."""
    objects = legacy_objects(spec, CLUSTER)
    (found,) = [each for each in (*objects.first, *objects.configurations) if each["kind"] == kind]
    return found


def webhook_deployment(spec: LegacySpec) -> Json:
    wanted = ("Deployment", VARIANTS[spec.variant].deployment)
    first = legacy_objects(spec, CLUSTER).first
    return next(each for each in first if (each["kind"], each["metadata"]["name"]) == wanted)


def pair(spec: LegacySpec) -> tuple[bytes, bytes]:
    """PEM of certificate and key."""
    data = made(spec, "Secret")["data"]
    certificate, key = (base64.b64decode(data[name]) for name in VARIANTS[spec.variant].keys)
    return certificate, key


def bundle(spec: LegacySpec) -> list[x509.Certificate]:
    (entry,) = made(spec, "MutatingWebhookConfiguration")["webhooks"]
    return x509.load_pem_x509_certificates(base64.b64decode(entry["clientConfig"]["caBundle"]))


@pytest.mark.parametrize("variant", VARIANTS)
def test_certificates_are_as_each_variant_has_them(variant: str) -> None:
    spec = LegacySpec(variant)  # type: ignore[arg-type]
    names = VARIANTS[spec.variant]
    certificate_pem, key_pem = pair(spec)
    certificate, key = x509.load_pem_x509_certificate(certificate_pem), load_pem_private_key(key_pem, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    assert (key.key_size, key.public_key()) == (2048, certificate.public_key())
    alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    service = f"{names.service}.{names.namespace}.svc"
    assert alternatives.get_values_for_type(x509.DNSName)[-1] == service
    assert certificate.subject.rfc4514_string() == f"CN={service}"
    left = certificate.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    assert timedelta(days=363) < left <= timedelta(days=364)
    assert (bundle(spec) == [x509.load_pem_x509_certificate(CLUSTER.pem.encode())]) is (variant != "F")


def test_key_and_period_can_be_chosen() -> None:
    spec = LegacySpec(key="ec", not_before=timedelta(days=2), not_after=timedelta(days=5))
    certificate = x509.load_pem_x509_certificate(pair(spec)[0])
    assert isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == timedelta(days=3)


def test_a_key_can_be_another() -> None:
    spec = LegacySpec(key_matches=False)
    certificate, key = pair(spec)
    assert load_pem_private_key(key, None).public_key() != x509.load_pem_x509_certificate(certificate).public_key()


@pytest.mark.parametrize(("chain", "subjects"), [("leaf_and_issuer", [0, 1]), ("issuer_and_leaf", [1, 0])])
def test_several_certificates(chain: str, subjects: list[int]) -> None:
    spec = LegacySpec("D", chain=chain)  # type: ignore[arg-type]
    found = [each.subject.rfc4514_string() for each in x509.load_pem_x509_certificates(pair(spec)[0])]
    assert found == [["CN=vpc-admission-webhook.kube-system.svc", "CN=kubernetes"][number] for number in subjects]


@pytest.mark.parametrize(
    ("ca_bundle", "names"),
    [
        ("issuer", ["CN=kubernetes"]),
        ("another", ["CN=another"]),
        ("another_and_issuer", ["CN=another", "CN=kubernetes"]),
    ],
)
def test_trust_can_be_chosen(ca_bundle: str, names: list[str]) -> None:
    found = bundle(LegacySpec(ca_bundle=ca_bundle))  # type: ignore[arg-type]
    assert [each.subject.rfc4514_string() for each in found] == names


def test_what_of_the_secret_is_there() -> None:
    kinds = {each["kind"] for each in legacy_objects(LegacySpec(secret="absent"), CLUSTER).first}
    assert "Secret" not in kinds
    assert list(made(LegacySpec(secret="without_key"), "Secret")["data"]) == ["cert.pem"]
    assert list(made(LegacySpec("F", secret="without_certificate"), "Secret")["data"]) == ["tls.key"]


def test_deployment_and_policy_can_be_chosen() -> None:
    spec = LegacySpec("E", strategy="RollingUpdate", replicas=3, failure_policy="Fail", controller_replicas=0)
    assert webhook_deployment(spec)["spec"]["strategy"] == {"type": "RollingUpdate"}
    assert webhook_deployment(spec)["spec"]["replicas"] == 3
    assert made(spec, "MutatingWebhookConfiguration")["webhooks"][0]["failurePolicy"] == "Fail"
    assert webhook_deployment(LegacySpec("D"))["spec"]["strategy"] == {"type": "Recreate"}


def test_marks_of_cert_manager_can_be_had_and_left_out() -> None:
    assert made(LegacySpec("B", cert_manager=True), "Certificate")["metadata"]["namespace"] == "kube-system"
    kinds = {each["kind"] for each in legacy_objects(LegacySpec("F", cert_manager=False), CLUSTER).first}
    assert "Certificate" not in kinds
    assert made(LegacySpec("F", cert_manager=False), "Secret")["metadata"]["annotations"] == {}


@pytest.mark.parametrize(
    ("spec", "serves", "answers"),
    [
        (LegacySpec(), True, True),
        (LegacySpec(chain="leaf_and_issuer", ca_bundle="another_and_issuer"), True, True),
        (LegacySpec(not_after=timedelta(0)), True, False),
        (LegacySpec(not_before=timedelta(days=1)), True, False),
        (LegacySpec(ca_bundle="another"), True, False),
        (LegacySpec(hosts=("elsewhere",)), True, False),
        (LegacySpec(key_matches=False), False, False),
        (LegacySpec(chain="issuer_and_leaf"), False, False),
        (LegacySpec(secret="without_key"), False, False),
        (LegacySpec(replicas=0), False, False),
        (LegacySpec(webhook=False), False, False),
    ],
)
def test_a_spec_knows_what_comes_of_it(spec: LegacySpec, serves: bool, answers: bool) -> None:
    assert (spec.serves, spec.answers) == (serves, answers)


def test_a_cluster_takes_short_forms() -> None:
    assert ClusterSpec("c").legacy_spec is None
    assert ClusterSpec("c", legacy=True).legacy_spec == LegacySpec("B")
    assert ClusterSpec("c", legacy="D").legacy_variant == "D"
    assert ClusterSpec("c", legacy=LegacySpec("F")).legacy_variant == "F"
