# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A webhook in pods behind a Service, as legacy Windows support has it: who is asked, and what happens when nobody can
answer. The pods are run by the testbed's kubelet, everything else is the control plane's doing."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from tests.conformance.bench import eventually
from tests.testbed import ClusterSpec, LegacySpec, NodeSpec, Testbed
from tests.testbed.cluster import TestbedCluster
from tests.testbed.kubernetes.admin import Json
from tests.testbed.kubernetes.real.binaries import ControlPlaneMissingError, find_binaries
from tests.testbed.legacy_objects import VARIANTS, pair_of
from tests.testbed.pki import Authority
from tests.testbed.standins.objects import ADDRESS

NODES = (NodeSpec(), NodeSpec())
SPECS = (
    ClusterSpec("recreate", version="1.21", nodes=NODES, legacy="D", controller=False),
    ClusterSpec(
        "rolling", version="1.21", nodes=NODES, legacy=LegacySpec("B", strategy="RollingUpdate"), controller=False
    ),
)
EXPIRED = {"not_before": timedelta(days=-366), "not_after": timedelta(days=-1)}


@pytest.fixture(scope="module", params=["emulated", pytest.param("real", marks=pytest.mark.real)])
def testbed(request: pytest.FixtureRequest) -> Iterator[Testbed]:
    if request.param == "real":
        try:
            find_binaries(build=False)
        except ControlPlaneMissingError as error:
            pytest.skip(f"not run on a real control plane: {error}")
    with Testbed(SPECS, control_plane=request.param) as running:
        yield running


class Legacy:
    """The webhook of one cluster."""

    def __init__(self, cluster: TestbedCluster) -> None:
        assert cluster.spec.legacy_spec is not None
        assert cluster.stand_ins is not None
        self.cluster = cluster
        self.admin = cluster.admin
        self.spec = cluster.spec.legacy_spec
        self.names = VARIANTS[self.spec.variant]
        self.pods = cluster.stand_ins.legacy_webhook

    def configure(self, **fields: object) -> None:
        """Change fields of the webhook; ``caBundle`` is one of its clientConfig."""
        present = self.admin.get("mutatingwebhookconfigurations", self.names.configuration)
        (entry,) = present["webhooks"]
        if "caBundle" in fields:
            entry["clientConfig"]["caBundle"] = base64.b64encode(str(fields.pop("caBundle")).encode()).decode()
        self.admin.replace({**present, "webhooks": [{**entry, **fields}]})

    def store(self, issuer: Authority, **pair: timedelta) -> None:
        """Put a new certificate and key into the Secret."""
        made = pair_of(LegacySpec(self.spec.variant, **pair), issuer)  # type: ignore[arg-type]
        values = (base64.b64encode(each.encode()).decode() for each in (made.certificate, made.key))
        data = dict(zip(self.names.keys, values, strict=True))
        self.admin.patch("secrets", self.names.secret, {"data": data}, self.names.namespace)

    def restart(self) -> None:
        """As ``kubectl rollout restart`` does; returns before it is over."""
        template = {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": str(time.monotonic())}}}
        self.change_deployment({"template": template})

    def change_deployment(self, spec: Json) -> None:
        self.admin.patch("deployments", self.names.deployment, {"spec": spec}, self.names.namespace)

    def rolled_out(self, replicas: int = 1) -> bool:
        """Whether the Deployment is as it is wanted."""
        found = self.admin.get("deployments", self.names.deployment, self.names.namespace)
        status = found.get("status", {})
        counts = [status.get(name, 0) for name in ("replicas", "updatedReplicas", "availableReplicas")]
        return status.get("observedGeneration") == found["metadata"]["generation"] and counts == [replicas] * 3

    def create(self, dry_run: bool = True) -> tuple[int, Json]:
        """Create a Windows pod."""
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"generateName": "windows-", "namespace": "default"},
            "spec": {
                "nodeSelector": {"kubernetes.io/os": "windows"},
                "containers": [{"name": "app", "image": "app"}],
            },
        }
        query = {"dryRun": "All"} if dry_run else {}
        answer = self.admin.request("POST", "/api/v1/namespaces/default/pods", pod, query)
        return answer.status, answer.body


@pytest.fixture
def recreate(testbed: Testbed) -> Iterator[Legacy]:
    with restored(Legacy(testbed.clusters["recreate"])) as legacy:
        yield legacy


@pytest.fixture
def rolling(testbed: Testbed) -> Iterator[Legacy]:
    with restored(Legacy(testbed.clusters["rolling"])) as legacy:
        yield legacy


@contextmanager
def restored(legacy: Legacy) -> Iterator[Legacy]:
    """The webhook as it was before, once the block is over."""
    yield legacy
    legacy.pods.heal()
    authority = legacy.cluster.kubernetes.authority
    legacy.configure(caBundle=authority.pem, failurePolicy="Ignore", admissionReviewVersions=["v1beta1"])
    eventually(lambda: legacy.create()[0] == 201)
    legacy.store(authority)
    legacy.change_deployment({"replicas": 1})
    legacy.restart()
    eventually(legacy.rolled_out)
    eventually(legacy.cluster.injects_address)


def test_a_pod_behind_a_service_is_asked(recreate: Legacy) -> None:
    seen = len(recreate.pods.reviews)
    status, pod = recreate.create()
    assert (status, pod["spec"]["containers"][0]["resources"]) == (
        201,
        {"limits": {ADDRESS: "1"}, "requests": {ADDRESS: "1"}},
    )
    (review,) = recreate.pods.reviews[seen:]
    assert (review.api_version, review.dry_run, review.mutated) == ("v1beta1", True, True)
    assert review.pod.startswith("vpc-admission-webhook-")


def test_other_pods_are_left_as_they_are(recreate: Legacy) -> None:
    seen = len(recreate.pods.reviews)
    assert recreate.cluster.admits_pods()
    assert [review.mutated for review in recreate.pods.reviews[seen:]] == [False]


def test_a_new_pair_is_served_after_a_restart_alone(recreate: Legacy) -> None:
    another = Authority("another")
    recreate.store(another)
    assert recreate.cluster.injects_address()
    recreate.restart()
    eventually(lambda: recreate.rolled_out() and not recreate.cluster.injects_address())
    recreate.configure(caBundle=recreate.cluster.certificate_authority + another.pem)
    eventually(recreate.cluster.injects_address)
    recreate.configure(caBundle=another.pem)
    time.sleep(1)
    assert recreate.cluster.injects_address()


def test_an_expired_certificate_is_as_the_policy_says(recreate: Legacy) -> None:
    recreate.store(recreate.cluster.kubernetes.authority, **EXPIRED)
    recreate.restart()
    eventually(lambda: recreate.rolled_out() and not recreate.cluster.injects_address())
    status, pod = recreate.create()
    assert (status, "limits" in pod["spec"]["containers"][0]["resources"]) == (201, False)
    recreate.configure(failurePolicy="Fail")
    status, answer = eventually(lambda: (found := recreate.create())[0] != 201 and found)
    assert (status, answer["reason"]) == (500, "InternalError")
    assert 'failed calling webhook "vpc-admission-webhook.amazonaws.com"' in answer["message"]


def test_the_versions_that_it_does_not_speak_are_a_failure(recreate: Legacy) -> None:
    recreate.configure(admissionReviewVersions=["v1"], failurePolicy="Fail")
    status, answer = eventually(lambda: (found := recreate.create())[0] != 201 and found)
    assert status == 500
    assert "converting (v1beta1.AdmissionReview) to (v1.AdmissionReview)" in answer["message"]


def test_nobody_answers_for_a_deployment_of_zero(recreate: Legacy) -> None:
    recreate.change_deployment({"replicas": 0})
    eventually(lambda: not recreate.cluster.injects_address())
    assert recreate.create()[0] == 201
    recreate.configure(failurePolicy="Fail")
    status, answer = eventually(lambda: (found := recreate.create())[0] != 201 and found)
    assert (status, f'no endpoints available for service "{recreate.names.service}"' in answer["message"]) == (
        500,
        True,
    )


def test_a_service_that_is_gone_is_a_failure(recreate: Legacy) -> None:
    names = recreate.names
    service = recreate.admin.get("services", names.service, names.namespace)
    recreate.admin.delete("services", names.service, names.namespace)
    # The API server goes on with the connection that it has, without asking where the Service is; it opens another
    # for another caBundle.
    bundle = recreate.cluster.certificate_authority + Authority("another").pem
    recreate.configure(failurePolicy="Fail", caBundle=bundle)
    try:
        status, answer = eventually(lambda: (found := recreate.create())[0] != 201 and found)
        assert (status, f'service "{names.service}" not found' in answer["message"]) == (500, True)
    finally:
        metadata = {key: service["metadata"][key] for key in ("name", "namespace", "labels")}
        spec = {key: service["spec"][key] for key in ("ports", "selector")}
        recreate.admin.create({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec})


def test_pods_that_were_refused_come_when_they_may(recreate: Legacy) -> None:
    recreate.configure(failurePolicy="Fail")
    recreate.change_deployment({"replicas": 0})
    eventually(lambda: recreate.create()[0] != 201)
    # Its own pods are asked about, too, so that it cannot come back by itself.
    recreate.change_deployment({"replicas": 1})
    time.sleep(2)
    assert not recreate.rolled_out()
    recreate.configure(failurePolicy="Ignore")
    eventually(recreate.rolled_out, 40)


class Watcher(threading.Thread):
    """Asks again and again whether Windows pods get their address."""

    def __init__(self, legacy: Legacy) -> None:
        super().__init__(daemon=True)
        self._cluster = legacy.cluster
        self._done = threading.Event()
        self.answers: list[bool] = []

    def run(self) -> None:
        while not self._done.wait(0.05):
            self.answers.append(self._cluster.injects_address())

    def stop(self) -> None:
        self._done.set()
        self.join()


def answers_during_a_restart(legacy: Legacy) -> list[bool]:
    """Whether pods got their address, from before a restart until after it; each pod takes a second to start."""
    legacy.pods.delay_starts(1)
    watcher = Watcher(legacy)
    watcher.start()
    try:
        legacy.restart()
        eventually(legacy.rolled_out)
        time.sleep(1.5)
    finally:
        watcher.stop()
    return watcher.answers


def test_recreating_leaves_a_gap(recreate: Legacy) -> None:
    answers = answers_during_a_restart(recreate)
    assert (False in answers, answers[-1]) == (True, True)


def test_rolling_leaves_no_gap(rolling: Legacy) -> None:
    answers = answers_during_a_restart(rolling)
    assert len(answers) > 10
    assert False not in answers


@pytest.mark.parametrize("fault", ["crash", "hang"])
def test_the_old_pod_serves_until_the_new_one_does(rolling: Legacy, fault: str) -> None:
    rolling.pods.fail_next_start("crash" if fault == "crash" else "hang")
    rolling.restart()
    path = f"/api/v1/namespaces/{rolling.names.namespace}/pods"
    selector = {"labelSelector": f"app={rolling.names.service.removesuffix('-svc')}"}
    eventually(lambda: len(rolling.admin.call("GET", path, query=selector)["items"]) == 2)
    time.sleep(1)
    assert (rolling.rolled_out(), rolling.cluster.injects_address()) == (False, True)
    rolling.restart()
    eventually(rolling.rolled_out)
    assert rolling.cluster.injects_address()
