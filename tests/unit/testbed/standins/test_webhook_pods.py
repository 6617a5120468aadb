# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import http.client
import json
import ssl
import time
from collections.abc import Iterator
from typing import cast

import pytest

from tests.testbed.kubernetes.admin import AdminClient, Json
from tests.testbed.kubernetes.pod_servers import PodServers
from tests.testbed.pki import Authority
from tests.testbed.standins.objects import BETA_WINDOWS_LABEL, WINDOWS_LABELS
from tests.testbed.standins.webhook_pods import PATH, PORT, RUNS, WebhookPods, labels_known_by, patch_of

AUTHORITY = Authority("webhook")
PAIR = AUTHORITY.server("webhook", ("localhost",))
ADDRESS_OF_POD = "10.240.0.7"
POD: Json = {
    "metadata": {"name": "hook-1", "namespace": "kube-system", "uid": "1"},
    "spec": {
        "volumes": [{"name": "certs", "secret": {"secretName": "pair"}}],
        "containers": [
            {
                "name": "hook",
                "image": "eks/vpc-admission-webhook:v0.2.7",
                "volumeMounts": [{"name": "certs", "mountPath": "/etc/webhook/certs"}],
            }
        ],
    },
}


class OneSecret:
    """A client that finds the pair of the webhook."""

    def find(self, resource: str, name: str, namespace: str) -> Json:
        assert (resource, name, namespace) == ("secrets", "pair", "kube-system")
        files = {"cert.pem": PAIR.certificate, "key.pem": PAIR.key}
        return {"data": {key: base64.b64encode(text.encode()).decode() for key, text in files.items()}}


@pytest.fixture
def servers() -> PodServers:
    return PodServers()


@pytest.fixture
def pods(servers: PodServers) -> Iterator[WebhookPods]:
    pods = WebhookPods(cast(AdminClient, OneSecret()), servers, lambda pod: ADDRESS_OF_POD)
    yield pods
    pods.stop()


def is_kept(connection: http.client.HTTPSConnection) -> bool:
    """Asks for one review, and tells whether the connection is there for more."""
    review = {"apiVersion": "admission.k8s.io/v1beta1", "request": {"uid": "u", "object": {"spec": {}}}}
    connection.request("POST", PATH, json.dumps(review))
    response = connection.getresponse()
    assert json.loads(response.read())["response"] == {"uid": "u", "allowed": True}
    return connection.sock is not None


@pytest.mark.parametrize(
    ("tag", "beta_alone"),
    [
        ("v0.1.9", True),
        ("v0.2.0", True),
        ("v0.2.2", True),
        ("v0.2.2-eks.1", True),
        ("v0.2.3", False),
        ("v0.2.7", False),
        ("v0.2.10", False),
        ("v0.2.20", False),
        ("v0.10.0", False),
        ("v1.0.0", False),
        ("latest", False),
    ],
)
def test_which_labels_an_image_knows(tag: str, beta_alone: bool) -> None:
    labels = labels_known_by(tag)
    assert labels == ((BETA_WINDOWS_LABEL,) if beta_alone else WINDOWS_LABELS)
    for label in WINDOWS_LABELS:
        pod = {"spec": {"nodeSelector": {label: "windows"}, "containers": [{"name": "c"}]}}
        assert bool(patch_of(pod, labels)) is (label in labels)


def test_a_pod_that_is_gone_answers_each_client_once_more_and_then_nobody(
    pods: WebhookPods, servers: PodServers
) -> None:
    assert pods.advance(POD) == RUNS
    server = servers.find(ADDRESS_OF_POD, PORT)
    assert server is not None
    context = ssl.create_default_context(cadata=AUTHORITY.pem)
    client = http.client.HTTPSConnection("localhost", server.port, timeout=5, context=context)
    assert pods.forget_gone({"1": POD}) == 0
    assert is_kept(client)
    left = pods.forget_gone({})
    assert left > 0
    assert servers.find(ADDRESS_OF_POD, PORT) is server
    assert not is_kept(client)
    time.sleep(left)
    assert pods.forget_gone({}) == 0
    assert servers.find(ADDRESS_OF_POD, PORT) is None
