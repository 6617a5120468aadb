# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Certificates of an admission webhook that runs: issued, renewed, put back and proved, by both API versions."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

import pytest
from cryptography import x509

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.serving_key import new_key
from tests.integration.conftest import require_real_control_plane
from tests.support.webhook_certificates import (
    ADMISSION,
    API_VERSIONS,
    APP_SERVING,
    BACKUP,
    DUE,
    DUE_OF_ANOTHER_AUTHORITY,
    NAMES,
    RENEWAL,
    SPECS,
    Ensure,
    bundle,
    ensuring,
    given,
    pair,
    requests,
    restart,
    secret,
    signer,
    subject_of,
    writes,
)
from tests.testbed.cluster import TestbedCluster
from tests.testbed.pki import Authority
from tests.testbed.testbed import Testbed

OF_REQUESTS = ("certificatesigningrequests", "approval")

pytestmark = pytest.mark.newest_client


@pytest.fixture(scope="module", params=["emulated", "real"])
def fleet(request: pytest.FixtureRequest) -> Iterator[Testbed]:
    kind: Literal["emulated", "real"] = request.param
    if kind == "real":
        require_real_control_plane()
    with Testbed(SPECS, control_plane=kind) as testbed:
        yield testbed


@pytest.fixture(params=["beta", "v1"])
def cluster(fleet: Testbed, request: pytest.FixtureRequest) -> Iterator[TestbedCluster]:
    """One that serves v1beta1 and is old enough to be asked by it, and one that serves v1 alone."""
    yield from healed(fleet.clusters[request.param])


@pytest.fixture
def v1(fleet: Testbed) -> Iterator[TestbedCluster]:
    """The one whose requests EKS's signer signs."""
    yield from healed(fleet.clusters["v1"])


def healed(cluster: TestbedCluster) -> Iterator[TestbedCluster]:
    yield cluster
    signer(cluster).reset()


@pytest.fixture
def ensure(fleet: Testbed, monkeypatch: pytest.MonkeyPatch) -> Ensure:
    return ensuring(fleet, monkeypatch)


def test_a_renewal_keeps_the_webhook_serving(ensure: Ensure, cluster: TestbedCluster) -> None:
    given(cluster, DUE_OF_ANOTHER_AUTHORITY)
    own = subject_of(cluster.certificate_authority)
    restart(cluster, "the due certificate")
    cluster.wait(cluster.injects_address, "the due certificate is trusted")
    due = pair(cluster)
    predicted = ensure(cluster, check_mode=True)
    assert (predicted["changed"], predicted["signing_request"], writes(cluster)) == (True, None, []), predicted
    issued = ensure(cluster)
    assert issued["changed"], issued
    assert predicted["reasons"] == issued["reasons"]
    assert writes(cluster) == RENEWAL
    assert issued["signing_request"]["api_version"] == API_VERSIONS[cluster.name]
    assert issued["signing_request"]["signer_name"] == (APP_SERVING if cluster.name == "v1" else None)
    assert bundle(cluster) == ["CN=legacy-webhook", own]
    assert pair(cluster, BACKUP) == due
    certificate = x509.load_pem_x509_certificate(pair(cluster)[0].encode())
    assert f"{certificate.serial_number}" == f"{issued['certificate']['serial_number']}"
    assert issued["certificate"]["subject_alt_name"] == [
        f"DNS:{NAMES.service}",
        f"DNS:{NAMES.service}.kube-system",
        f"DNS:{NAMES.service}.kube-system.svc",
    ]
    assert cluster.injects_address(), "what serves is the previous certificate"
    assert ensure(cluster)["changed"] is False
    assert writes(cluster) == []
    restart(cluster, "the new certificate")
    assert cluster.injects_address(), "what serves is the new one"
    proved = ensure(cluster, "proved")
    assert proved["changed"], proved
    assert writes(cluster) == ["patch mutatingwebhookconfigurations", "delete secrets"]
    assert bundle(cluster) == [own]
    cluster.wait(cluster.injects_address, "the new certificate is trusted alone")
    assert requests(cluster) == []
    for state in ("proved", "restored", "present"):
        assert ensure(cluster, state)["changed"] is False
        assert writes(cluster) == []


def test_a_renewal_is_taken_back(ensure: Ensure, cluster: TestbedCluster) -> None:
    given(cluster, DUE_OF_ANOTHER_AUTHORITY)
    due = pair(cluster)
    issued = ensure(cluster)
    assert issued["changed"], issued
    restart(cluster, "the new certificate")
    restored = ensure(cluster, "restored")
    assert restored["changed"]
    assert restored["previous"] == issued["certificate"]
    assert restored["certificate"] == issued["previous"]
    assert pair(cluster) == due
    assert bundle(cluster) == ["CN=legacy-webhook", subject_of(cluster.certificate_authority)]
    assert secret(cluster, BACKUP) is None
    assert cluster.injects_address(), "what serves is the certificate that was given up, until the restart"
    restart(cluster, "the restored certificate")
    cluster.wait(cluster.injects_address, "the restored certificate is trusted")


def test_an_authority_that_stays_needs_no_change_of_the_bundle(ensure: Ensure, cluster: TestbedCluster) -> None:
    given(cluster, DUE)
    assert ensure(cluster)["changed"]
    assert writes(cluster) == [each for each in RENEWAL if not each.endswith("configurations")]
    assert ensure(cluster, "proved")["changed"]
    assert writes(cluster) == ["delete secrets"]


def test_a_secret_that_is_missing_is_made(ensure: Ensure, cluster: TestbedCluster) -> None:
    given(cluster, DUE)
    cluster.admin.delete("secrets", NAMES.secret, NAMES.namespace)
    made = ensure(cluster)
    assert made["changed"]
    assert made["reasons"] == ["there is no certificate"]
    assert made["previous"] is None
    assert cluster.admin.get("secrets", NAMES.secret, NAMES.namespace)["type"] == "Opaque"
    assert ensure(cluster)["changed"] is False


def test_a_webhook_that_is_still_to_come(ensure: Ensure, cluster: TestbedCluster) -> None:
    names = {
        "webhook_configuration": "to-come",
        "namespace": "default",
        "service_name": "to-come",
        "secret_name": f"to-come-{cluster.name}",
        "certificate_key": "tls.crt",
        "key_name": "tls.key",
    }
    made = ensure(cluster, **names)
    assert made["changed"], made
    assert base64.b64decode(made["ca_bundle"]).decode().strip() == cluster.certificate_authority.strip()
    found = cluster.admin.get("secrets", names["secret_name"], "default")
    assert set(found["data"]) == {"tls.crt", "tls.key"}
    assert ensure(cluster, **names)["changed"] is False


@pytest.mark.parametrize("check_mode", [True, False])
def test_what_would_not_be_trusted_is_not_stored_and_check_mode_says_so(
    ensure: Ensure, v1: TestbedCluster, check_mode: bool
) -> None:
    given(v1, DUE_OF_ANOTHER_AUTHORITY)
    before = pair(v1), bundle(v1)
    annotation = "cert-manager.io/inject-apiserver-ca"
    annotate(v1, {annotation: "true"})
    refused = ensure(v1, check_mode=check_mode)
    annotate(v1, {annotation: None})
    assert refused["failed"], refused
    assert f"since it has annotation {annotation}" in refused["msg"]
    assert [each for each in writes(v1) if check_mode or each.rpartition(" ")[2] not in OF_REQUESTS] == []
    assert (pair(v1), bundle(v1)) == before


def annotate(cluster: TestbedCluster, annotations: dict[str, str | None]) -> None:
    """Change annotations of the webhook's configuration."""
    change = {"metadata": {"annotations": annotations}}
    cluster.admin.patch("mutatingwebhookconfigurations", NAMES.configuration, change, api=ADMISSION)


def test_a_signer_of_ones_own_choice(ensure: Ensure, cluster: TestbedCluster) -> None:
    given(cluster, DUE)
    made = ensure(cluster, signer_name=APP_SERVING)
    assert made["changed"], made
    assert made["signing_request"]["api_version"] == "certificates.k8s.io/v1"
    assert made["signing_request"]["signer_name"] == APP_SERVING


def test_a_request_that_an_earlier_run_left_is_deleted(ensure: Ensure, cluster: TestbedCluster) -> None:
    given(cluster, DUE)
    signer(cluster).mode = "wait"
    labels = {"eks-windows.cloudops/certificate-of": NAMES.secret, "eks-windows.cloudops/namespace": NAMES.namespace}
    left = {
        "apiVersion": "certificates.k8s.io/v1",
        "kind": "CertificateSigningRequest",
        "metadata": {"name": "eks-windows-left", "labels": labels},
        "spec": {
            "request": base64.b64encode(new_key(NAMES.namespace, NAMES.service, 2048).request.encode()).decode(),
            "usages": ["digital signature", "key encipherment", "server auth"],
            "signerName": APP_SERVING,
        },
    }
    cluster.admin.create(left)
    signer(cluster).reset()
    assert ensure(cluster)["changed"]
    assert requests(cluster) == []


def assert_untouched(cluster: TestbedCluster, before: tuple[str, str]) -> None:
    assert pair(cluster) == before
    assert secret(cluster, BACKUP) is None
    assert bundle(cluster) == [subject_of(cluster.certificate_authority)]
    assert requests(cluster) == []


@pytest.mark.parametrize(
    ("mode", "message"),
    [
        ("fail", "was not signed: Failed"),
        ("deny", "was not signed: "),
        ("wait", f"was approved, but not signed within 2 seconds by {APP_SERVING}"),
    ],
)
def test_a_request_that_is_not_signed(
    ensure: Ensure, v1: TestbedCluster, mode: Literal["wait", "deny", "fail"], message: str
) -> None:
    given(v1, DUE)
    before = pair(v1)
    signer(v1).mode = mode
    failed = ensure(v1, wait_timeout=2)
    assert failed["failed"]
    assert failed["msg"].startswith("Cluster v1: CertificateSigningRequest eks-windows-kube-system.")
    assert message in failed["msg"]
    assert "The certificate in use was not touched" in failed["msg"]
    assert_untouched(v1, before)
    signer(v1).reset()
    assert ensure(v1)["changed"], "the next run heals"


def test_a_certificate_of_another_authority(ensure: Ensure, v1: TestbedCluster) -> None:
    given(v1, DUE)
    before = pair(v1)
    signer(v1).authority = Authority("somebody-else")
    failed = ensure(v1)
    assert failed["failed"]
    assert "neither the cluster's authority nor one of the caBundle has signed the certificate" in failed["msg"]
    assert_untouched(v1, before)


def test_a_certificate_that_is_over_before_it_is_used(ensure: Ensure, v1: TestbedCluster) -> None:
    given(v1, DUE)
    before = pair(v1)
    signer(v1).lifetime = timedelta(seconds=-1)
    failed = ensure(v1)
    assert failed["failed"]
    assert "the certificate expired at" in failed["msg"]
    assert_untouched(v1, before)


def test_permissions_that_are_missing_are_named(ensure: Ensure, v1: TestbedCluster) -> None:
    given(v1, DUE)
    failed = ensure(v1, host=v1.endpoint, impersonate_user="nobody")
    assert failed["failed"]
    assert failed["msg"].startswith("Cluster v1: Could not find what serves the webhook: ")
    assert "Allow the identity to get mutatingwebhookconfigurations.admissionregistration.k8s.io" in failed["msg"]
    assert writes(v1) == []
