# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A cluster with an admission webhook, in memory: the Kubernetes API as far as webhook_cert uses it, and a signer."""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends import webhook_cert
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.patience import Clock
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.cluster import Cluster
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.certificate import parse, trusted
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.issuing import (
    NOW,
    SERVICE,
    Issued,
    issue,
)

NAMESPACE = "kube-system"
CONFIGURATION = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/vpc-admission-webhook-cfg"
SECRETS = f"/api/v1/namespaces/{NAMESPACE}/secrets"
SECRET = f"{SECRETS}/vpc-admission-webhook-certs"
BACKUP = f"{SECRET}-backup"
DEPLOYMENTS = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments"
GROUP = "/apis/certificates.k8s.io"
WEBHOOK = "vpc-admission-webhook.amazonaws.com"

AUTHORITY = issue("cluster", authority=True, ends=timedelta(days=3000))
FORMER_AUTHORITY = issue("former", authority=True, ends=timedelta(days=3000))

CLUSTER = Cluster(
    name="production",
    arn="arn:aws:eks:eu-central-1:111122223333:cluster/production",
    region="eu-central-1",
    account="111122223333",
    partition="aws",
    version="1.31",
    platform_version="eks.20",
    status="ACTIVE",
    endpoint="https://cluster",
    certificate_authority=AUTHORITY.certificate,
    role_arn="",
    ip_family="ipv4",
    service_ipv4_cidr="",
    authentication_mode="API",
    subnet_ids=(),
    outpost_arns=(),
    auto_mode=False,
)


class Killed(BaseException):
    """The process ended here."""


def b64(text: str) -> str:
    """As the API holds text in data and caBundle."""
    return base64.b64encode(text.encode()).decode()


def text_of(value: Any) -> str:
    """The opposite."""
    return base64.b64decode(value or "").decode()


def sign(request: str, by: Issued, ends: timedelta = timedelta(days=365)) -> str:
    """PEM of a certificate for a request, as signers of Kubernetes make them."""
    asked = x509.load_pem_x509_csr(request.encode())
    issuer = x509.load_pem_x509_certificate(by.certificate.encode()).subject
    names = asked.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return (
        x509.CertificateBuilder()
        .subject_name(asked.subject)
        .issuer_name(issuer)
        .public_key(asked.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(minutes=5))
        .not_valid_after(NOW + ends)
        .add_extension(names, critical=False)
        .sign(by.key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
        .decode()
    )


class WebhookCluster:
    """Objects by their paths. Writes are counted, and can be lost or end the process.

    Attributes:
        objects: All there are.
        writes: Method and path of each, in order.
        signer: What makes the status of an approved request, given its PEM text.
        fault: Called with the number of a write, and whether it was stored already; may raise.
        asked: Every path that was asked for.
    """

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self.writes: list[tuple[str, str]] = []
        self.asked: list[str] = []
        self.signer: Callable[[str], dict[str, Any]] = lambda request: {"certificate": b64(sign(request, AUTHORITY))}
        self.fault: Callable[[int, bool], None] = lambda number, stored: None
        self.before_write: Callable[[str], None] = lambda path: None
        self.versions = ["v1"]
        self._version = 100
        self.put(
            CONFIGURATION,
            {
                "metadata": {"name": "vpc-admission-webhook-cfg"},
                "webhooks": [
                    {
                        "name": WEBHOOK,
                        "clientConfig": {
                            "service": {"namespace": NAMESPACE, "name": SERVICE, "path": "/mutate"},
                            "caBundle": b64(AUTHORITY.certificate),
                        },
                    }
                ],
            },
        )

    @classmethod
    def serving(cls, pair: Issued, bundle: Issued = AUTHORITY, **secret: Any) -> WebhookCluster:
        """One whose webhook serves with a pair that the bundle trusts."""
        cluster = cls()
        cluster.bundle = bundle.certificate
        data = {"cert.pem": b64(pair.certificate), "key.pem": b64(pair.key_pem)}
        cluster.put(SECRET, {"metadata": {"name": SECRET.rpartition("/")[2]}, "type": "Opaque", "data": data, **secret})
        return cluster

    def put(self, path: str, item: Mapping[str, Any]) -> dict[str, Any]:
        """Store an object as a new version."""
        self._version += 1
        stored = copy.deepcopy(dict(item))
        stored["metadata"] = {**stored["metadata"], "resourceVersion": str(self._version)}
        self.objects[path] = stored
        return copy.deepcopy(stored)

    @property
    def bundle(self) -> str:
        """PEM text of the webhook's caBundle."""
        return text_of(self.objects[CONFIGURATION]["webhooks"][0]["clientConfig"].get("caBundle"))

    @bundle.setter
    def bundle(self, pem: str) -> None:
        self.objects[CONFIGURATION]["webhooks"][0]["clientConfig"]["caBundle"] = b64(pem)

    def certificate(self, path: str = SECRET) -> str:
        """PEM text of the certificate in a Secret."""
        return text_of(self.objects[path]["data"]["cert.pem"])

    def key(self, path: str = SECRET) -> str:
        """PEM text of the key in a Secret."""
        return text_of(self.objects[path]["data"]["key.pem"])

    def requests(self) -> list[str]:
        """Names of the CertificateSigningRequests that are there."""
        return [path.rpartition("/")[2] for path in self.objects if "/certificatesigningrequests/" in path]

    def trusts(self, certificate: str) -> bool:
        """Whether the API server would take the certificate from the webhook now."""
        return trusted(parse(certificate), self.bundle, NOW)

    def get(self, path: str) -> dict[str, Any]:
        self.asked.append(path)
        if path == GROUP and self.versions:
            return {"versions": [{"version": version} for version in self.versions]}
        if path.startswith(f"/api/v1/namespaces/{NAMESPACE}/services/"):
            return {"metadata": {"name": SERVICE}, "spec": {"selector": {}}}
        if path not in self.objects:
            raise self._error("GET", path, 404, "NotFound")
        return copy.deepcopy(self.objects[path])

    def list(
        self, path: str, *, label_selector: str = "", field_selector: str = "", metadata_only: bool = False
    ) -> list[dict[str, Any]]:
        self.asked.append(path)
        labels = dict(part.split("=") for part in label_selector.split(",") if part)
        name = field_selector.partition("=")[2]
        found = [item for key, item in self.objects.items() if key.rpartition("/")[0] == path]
        return [
            copy.deepcopy(item)
            for item in found
            if labels.items() <= (item["metadata"].get("labels") or {}).items()
            and name in ("", item["metadata"]["name"])
        ]

    def create(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        place = f"{path}/{body['metadata']['name']}"
        with self._write("POST", path):
            if place in self.objects:
                raise self._error("POST", path, 409, "AlreadyExists")
            return self.put(place, body)

    def replace(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        place = path.removesuffix("/approval")
        with self._write("PUT", path):
            self._check_version("PUT", place, body)
            item = dict(body)
            if place != path:
                settled = item["status"]["conditions"]
                outcome = self.signer(text_of(item["spec"]["request"]))
                status = {**outcome, "conditions": [*settled, *outcome.get("conditions", ())]}
                item["status"] = status
            return self.put(place, item)

    def merge(self, path: str, changes: Mapping[str, Any]) -> dict[str, Any]:
        with self._write("PATCH", path):
            self._check_version("PATCH", path, changes)
            item = copy.deepcopy(self.objects[path])
            for key, value in changes["data"].items():
                item["data"].pop(key, None)
                item["data"].update({} if value is None else {key: value})
            return self.put(path, item)

    def patch(self, path: str, operations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        with self._write("PATCH", path):
            item = copy.deepcopy(self.objects[path])
            test, *changes = operations
            assert (test["op"], test["path"]) == ("test", "/metadata/resourceVersion")
            if test["value"] != item["metadata"]["resourceVersion"]:
                raise self._error("PATCH", path, 422, "Invalid")
            for change in changes:
                _root, webhooks, index, client, key = change["path"].split("/")
                if change["op"] == "remove":
                    del item[webhooks][int(index)][client][key]
                else:
                    item[webhooks][int(index)][client][key] = change["value"]
            return self.put(path, item)

    def delete(self, path: str) -> None:
        with self._write("DELETE", path):
            if path not in self.objects:
                raise self._error("DELETE", path, 404, "NotFound")
            del self.objects[path]

    @contextmanager
    def _write(self, method: str, path: str) -> Iterator[None]:
        self.before_write(path)
        self.writes.append((method, path))
        number = len(self.writes)
        self.fault(number, False)
        yield
        self.fault(number, True)

    def _check_version(self, method: str, path: str, body: Mapping[str, Any]) -> None:
        if path not in self.objects:
            raise self._error(method, path, 404, "NotFound")
        if body["metadata"]["resourceVersion"] != self.objects[path]["metadata"]["resourceVersion"]:
            raise self._error(method, path, 409, "Conflict")

    @staticmethod
    def _error(method: str, path: str, status: int, reason: str) -> KubernetesError:
        return KubernetesError(method, path, status, reason, f"{reason} said of {path}", "https://cluster")


class FakeClock:
    """Time that passes in sleep alone; ``during`` is called with the number of each sleep."""

    def __init__(self, during: Callable[[int], None] = lambda number: None) -> None:
        self.now = 100.0
        self.slept = 0
        self._during = during

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += 1
        self._during(self.slept)


def run(api: WebhookCluster, state: str = "present", *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
    """What the module does and returns; ``cluster_version`` and ``clock`` are not its options."""
    version = options.pop("cluster_version", CLUSTER.version)
    clock = options.pop("clock", None) or FakeClock()
    defaults = {name: each.get("default") for name, each in webhook_cert.backend().argument_spec.items()}
    return webhook_cert.bring(
        api,
        replace(CLUSTER, version=version),
        [AUTHORITY.certificate],
        {**defaults, "cluster_name": CLUSTER.name, "state": state, **options},
        check_mode,
        Clock(clock.monotonic, clock.sleep),
        lambda: NOW,
    )
