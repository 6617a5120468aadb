# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The certificate of a running legacy webhook: brought into a state, renewed in this process, and looked at."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.boundary import run_backend
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.webhook_cert import backend
from tests.testbed.cluster import TestbedCluster
from tests.testbed.legacy_objects import VARIANTS, legacy_objects
from tests.testbed.specs import ClusterSpec, LegacySpec
from tests.testbed.standins.app_serving import AppServingSigner
from tests.testbed.testbed import Testbed

ADMISSION = "admissionregistration.k8s.io/v1"
NAMES = VARIANTS["B"]
BACKUP = f"{NAMES.secret}-backup"
APP_SERVING = "beta.eks.amazonaws.com/app-serving"
API_VERSIONS = {"beta": "certificates.k8s.io/v1beta1", "v1": "certificates.k8s.io/v1"}
RENEWAL = [
    "create certificatesigningrequests",
    "update approval",
    "delete certificatesigningrequests",
    "create secrets",
    "patch mutatingwebhookconfigurations",
    "patch secrets",
]

RUNNING = LegacySpec(issuer="own", strategy="RollingUpdate", controller=False, role_binding=False)
DUE = LegacySpec(not_before=timedelta(days=-340), not_after=timedelta(days=25), controller=False, role_binding=False)
DUE_OF_ANOTHER_AUTHORITY = LegacySpec(
    issuer="own",
    not_before=timedelta(days=-340),
    not_after=timedelta(days=25),
    strategy="RollingUpdate",
    controller=False,
    role_binding=False,
)

SPECS = (
    ClusterSpec("beta", version="1.21", controller=False, legacy=RUNNING),
    ClusterSpec("v1", beta_apis=False, controller=False, legacy=RUNNING),
)
"""One cluster that serves v1beta1 and is old enough to be asked by it, and one that serves v1 alone."""

Ensure = Callable[..., dict[str, Any]]


def ensuring(testbed: Testbed, monkeypatch: pytest.MonkeyPatch) -> Ensure:
    """The work of webhook_cert in this process, as ``ensure(cluster, state, check_mode=False, **options)``."""
    for name, value in testbed.environment.items():
        monkeypatch.setenv(name, value)
    told = backend()
    defaults = {name: option.get("default") for name, option in told.argument_spec.items()}

    def ensure(
        cluster: TestbedCluster, state: str = "present", *, check_mode: bool = False, **options: Any
    ) -> dict[str, Any]:
        cluster.forget_requests()
        asked = {"cluster_name": cluster.name, "region": "us-east-1", "validate_certs": True, "state": state}
        return run_backend(told, {**defaults, **asked, **options}, check_mode=check_mode)

    return ensure


def signer(cluster: TestbedCluster) -> AppServingSigner:
    """EKS's signer."""
    assert cluster.stand_ins is not None
    return cluster.stand_ins.signer


def given(cluster: TestbedCluster, spec: LegacySpec = DUE) -> None:
    """Bring the webhook's Secret and caBundle into the state of a spec, and take away what renewals leave."""
    made = legacy_objects(spec, cluster.kubernetes.authority)
    for name in (NAMES.secret, BACKUP):
        if cluster.admin.find("secrets", name, NAMES.namespace):
            cluster.admin.delete("secrets", name, NAMES.namespace)
    for each in made.first:
        if each["kind"] == "Secret":
            cluster.admin.create(each)
    (configuration,) = made.configurations
    set_bundle(cluster, base64.b64decode(configuration["webhooks"][0]["clientConfig"]["caBundle"]).decode())
    cluster.forget_requests()


def set_bundle(cluster: TestbedCluster, pem: str) -> None:
    """Give the webhook this caBundle."""
    value = base64.b64encode(pem.encode()).decode()
    change = [{"op": "add", "path": "/webhooks/0/clientConfig/caBundle", "value": value}]
    cluster.admin.patch("mutatingwebhookconfigurations", NAMES.configuration, change, api=ADMISSION, kind="json")


def secret(cluster: TestbedCluster, name: str = NAMES.secret) -> dict[str, str] | None:
    """Texts in a Secret's data, None where it is not there."""
    found = cluster.admin.find("secrets", name, NAMES.namespace)
    return {key: base64.b64decode(value).decode() for key, value in found["data"].items()} if found else None


def pair(cluster: TestbedCluster, name: str = NAMES.secret) -> tuple[str, str]:
    """Certificate and key in a Secret."""
    found = secret(cluster, name)
    assert found is not None
    return found["cert.pem"], found["key.pem"]


def bundle(cluster: TestbedCluster) -> list[str]:
    """Subjects of the certificates in the caBundle."""
    found = cluster.admin.get("mutatingwebhookconfigurations", NAMES.configuration, api=ADMISSION)
    pem = base64.b64decode(found["webhooks"][0]["clientConfig"]["caBundle"])
    return [each.subject.rfc4514_string() for each in x509.load_pem_x509_certificates(pem)]


def subject_of(pem: str) -> str:
    """Subject of a certificate."""
    return x509.load_pem_x509_certificate(pem.encode()).subject.rfc4514_string()


def requests(cluster: TestbedCluster) -> list[str]:
    """Names of the CertificateSigningRequests of webhook_cert that are there."""
    found = cluster.admin.list("certificatesigningrequests")
    return [each["metadata"]["name"] for each in found if each["metadata"]["name"].startswith("eks-windows-")]


def writes(cluster: TestbedCluster) -> list[str]:
    """What was written, as verb and resource."""
    resources = ("approval", "certificatesigningrequests", "secrets", "mutatingwebhookconfigurations")
    return [
        f"{each.verb} {next(name for name in resources if name in each.path.split('/'))}"
        for each in cluster.requests()
        if each.write
    ]


def restart(cluster: TestbedCluster, mark: str) -> None:
    """Restart the webhook, and wait until its new pod has taken the place of the old one."""
    change = {"spec": {"template": {"metadata": {"annotations": {"test": mark}}}}}
    generation = cluster.admin.patch("deployments", NAMES.deployment, change, NAMES.namespace)["metadata"]["generation"]

    def rolled_out() -> bool:
        status = cluster.admin.get("deployments", NAMES.deployment, NAMES.namespace).get("status", {})
        counts = [status.get(name, 0) for name in ("replicas", "updatedReplicas", "availableReplicas")]
        return status.get("observedGeneration") == generation and counts == [1, 1, 1]

    cluster.wait(rolled_out, f"the webhook serves with {mark}")
