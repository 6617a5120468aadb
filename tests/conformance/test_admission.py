# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Admission webhooks: who is asked, what they can do, and what happens when they fail."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.conformance.bench import Bench, config_map, deployment, eventually, refused
from tests.testbed.json_server import JsonServer
from tests.testbed.kubernetes.admin import ApiError, Json
from tests.testbed.pki import Authority

Respond = Callable[[Json], Json]
CREATE_CONFIG_MAPS = {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["configmaps"]}


def allow(_request: Json) -> Json:
    """A webhook that has nothing to say."""
    return {"allowed": True}


def patching(*operations: Json) -> Respond:
    """A webhook that answers a JSON patch."""
    patch = base64.b64encode(json.dumps(list(operations)).encode()).decode()
    return lambda _request: {"allowed": True, "patchType": "JSONPatch", "patch": patch}


class Webhook:
    """A webhook of the case's own, and what it was asked."""

    def __init__(self, respond: Respond) -> None:
        self.reviews: list[Json] = []
        self.paths: list[str] = []
        self._respond = respond
        self.authority = Authority("webhooks")
        self._server = JsonServer(self._answer, self.authority.server("webhook"))
        self.url = self._server.url
        self.stop = self._server.stop

    def _answer(self, path: str, review: Json) -> Json:
        self.paths.append(path)
        self.reviews.append(review)
        response = {"uid": review["request"]["uid"], **self._respond(review["request"])}
        return {"apiVersion": review["apiVersion"], "kind": "AdmissionReview", "response": response}

    def asked_about(self, name: str) -> list[Json]:
        """The requests that concern an object of this name."""
        return [each["request"] for each in self.reviews if each["request"].get("name") == name]


@contextmanager
def installed(
    bench: Bench,
    namespace: str,
    respond: Respond,
    kind: str = "MutatingWebhookConfiguration",
    version: str = "v1",
    trusted: str = "",
    **options: object,
) -> Iterator[Webhook]:
    """A webhook that is asked about the namespace's ConfigMaps, from the time when it is."""
    bench.admin.patch("namespaces", namespace, {"metadata": {"labels": {"webhook": namespace}}})
    webhook = Webhook(respond)
    bundle = base64.b64encode((trusted or webhook.authority.pem).encode()).decode()
    entry: Json = {
        "name": "case.example.com",
        "clientConfig": {"url": f"{webhook.url}/ask", "caBundle": bundle},
        "rules": [CREATE_CONFIG_MAPS],
        "namespaceSelector": {"matchLabels": {"webhook": namespace}},
        "failurePolicy": "Fail",
        "timeoutSeconds": 2,
        "sideEffects": "None",
        "admissionReviewVersions": ["v1", "v1beta1"],
        **options,
    }
    name = bench.unique()
    api = f"admissionregistration.k8s.io/{version}"
    bench.admin.create({"apiVersion": api, "kind": kind, "metadata": {"name": name}, "webhooks": [entry]})
    try:
        eventually(lambda: _takes_effect(bench, namespace, webhook))
        yield webhook
    finally:
        bench.admin.delete(f"{kind.lower()}s", name)
        webhook.stop()


def _takes_effect(bench: Bench, namespace: str, webhook: Webhook) -> bool:
    name = bench.unique("probe")
    labels = {"webhook": "yes"}
    try:
        bench.admin.create(config_map(name, namespace, {}, labels=labels))
    except ApiError:
        return True
    return bool(webhook.reviews)


def test_a_webhook_changes_what_is_created(bench: Bench, namespace: str) -> None:
    add = patching({"op": "add", "path": "/data/added", "value": "yes"})
    with installed(bench, namespace, add) as webhook:
        created = bench.admin.create(config_map("x", namespace, {"a": "1"}))
        assert created["data"] == {"a": "1", "added": "yes"}
        assert bench.admin.get("configmaps", "x", namespace)["data"] == created["data"]
        (request,) = webhook.asked_about("x")
        assert request["kind"] == {"group": "", "version": "v1", "kind": "ConfigMap"}
        assert request["resource"] == {"group": "", "version": "v1", "resource": "configmaps"}
        assert (request["namespace"], request["operation"]) == (namespace, "CREATE")
        assert (request["dryRun"], request["oldObject"]) == (False, None)
        assert request["userInfo"]["username"] == "testbed:admin"
        assert "system:masters" in request["userInfo"]["groups"]
        sent = request["object"]
        assert (sent["apiVersion"], sent["kind"], sent["data"]) == ("v1", "ConfigMap", {"a": "1"})


def test_other_operations_and_resources_are_not_asked_about(bench: Bench, namespace: str) -> None:
    with installed(bench, namespace, allow) as webhook:
        bench.admin.create(config_map("x", namespace, {}))
        bench.admin.patch("configmaps", "x", {"data": {"a": "1"}}, namespace)
        bench.admin.delete("configmaps", "x", namespace)
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x", "namespace": namespace}}
        bench.admin.create(secret)
        assert [each["operation"] for each in webhook.asked_about("x")] == ["CREATE"]


def test_updates_and_deletes_show_the_old_object(bench: Bench, namespace: str) -> None:
    rule = {**CREATE_CONFIG_MAPS, "operations": ["*"]}
    kind = "ValidatingWebhookConfiguration"
    with installed(bench, namespace, allow, kind, rules=[rule]) as webhook:
        bench.admin.create(config_map("x", namespace, {"a": "1"}))
        bench.admin.patch("configmaps", "x", {"data": {"a": "2"}}, namespace)
        bench.admin.delete("configmaps", "x", namespace)
        created, updated, deleted = webhook.asked_about("x")
        assert [each["operation"] for each in (created, updated, deleted)] == ["CREATE", "UPDATE", "DELETE"]
        assert (updated["oldObject"]["data"], updated["object"]["data"]) == ({"a": "1"}, {"a": "2"})
        assert (deleted["oldObject"]["data"], deleted["object"]) == ({"a": "2"}, None)


def test_other_namespaces_are_not_asked_about(bench: Bench, namespace: str) -> None:
    with installed(bench, namespace, allow) as webhook:
        name = bench.unique()
        bench.admin.create(config_map(name, "default", {}))
        assert webhook.asked_about(name) == []
        bench.admin.delete("configmaps", name, "default")


def test_an_object_selector_chooses(bench: Bench, namespace: str) -> None:
    selector = {"matchExpressions": [{"key": "webhook", "operator": "In", "values": ["yes"]}]}
    with installed(bench, namespace, allow, objectSelector=selector) as webhook:
        bench.admin.create(config_map("x", namespace, {}))
        bench.admin.create(config_map("y", namespace, {}, labels={"webhook": "yes"}))
        assert (len(webhook.asked_about("x")), len(webhook.asked_about("y"))) == (0, 1)


@pytest.mark.parametrize("kind", ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"])
def test_a_webhook_can_deny(bench: Bench, namespace: str, kind: str) -> None:
    def deny(_request: Json) -> Json:
        return {"allowed": False, "status": {"message": "no such luck"}}

    with installed(bench, namespace, deny, kind):
        with refused(400) as caught:
            bench.admin.create(config_map("x", namespace, {}))
        assert caught[0].reason == ""
        assert caught[0].message == 'admission webhook "case.example.com" denied the request: no such luck'
        assert bench.admin.find("configmaps", "x", namespace) is None


def test_a_denial_can_have_its_own_status(bench: Bench, namespace: str) -> None:
    def deny(_request: Json) -> Json:
        return {"allowed": False, "status": {"message": "busy", "code": 429, "reason": "TooManyRequests"}}

    with installed(bench, namespace, deny), refused(429, "TooManyRequests"):
        bench.admin.create(config_map("x", namespace, {}))


def test_a_dry_run_is_told_to_the_webhook(bench: Bench, namespace: str) -> None:
    add = patching({"op": "add", "path": "/data", "value": {"added": "yes"}})
    with installed(bench, namespace, add) as webhook:
        created = bench.admin.create(config_map("x", namespace), query={"dryRun": "All"})
        assert created["data"] == {"added": "yes"}
        assert [each["dryRun"] for each in webhook.asked_about("x")] == [True]
    assert bench.admin.find("configmaps", "x", namespace) is None


def test_a_webhook_with_side_effects_refuses_dry_runs(bench: Bench, namespace: str) -> None:
    if bench.minor > 21:
        pytest.skip("this release admits no webhook with side effects")
    with installed(bench, namespace, allow, version="v1beta1", sideEffects="Unknown", failurePolicy="Ignore"):
        with refused(400, "BadRequest") as caught:
            bench.admin.create(config_map("x", namespace, {}), query={"dryRun": "All"})
        assert 'admission webhook "case.example.com" does not support dry run' in caught[0].message


def test_the_stable_api_changes_a_webhook_with_side_effects(bench: Bench, namespace: str) -> None:
    if bench.minor > 21:
        pytest.skip("this release admits no webhook with side effects")
    resource, api = "mutatingwebhookconfigurations", "admissionregistration.k8s.io/v1"
    with installed(bench, namespace, allow, version="v1beta1", sideEffects="Unknown"):
        name = next(
            item["metadata"]["name"]
            for item in bench.admin.list(resource, api=api)
            if item["webhooks"][0]["namespaceSelector"] == {"matchLabels": {"webhook": namespace}}
        )
        for field, value in (("failurePolicy", "Ignore"), ("sideEffects", "None")):
            replacement = {"op": "replace", "path": f"/webhooks/0/{field}", "value": value}
            changed = bench.admin.patch(resource, name, [replacement], api=api, kind="json")
            assert changed["webhooks"][0][field] == value


def test_the_stable_api_admits_no_side_effects(bench: Bench, namespace: str) -> None:
    with refused(422, "Invalid") as caught, installed(bench, namespace, allow, sideEffects="Some"):
        pass
    assert "webhooks[0].sideEffects: Unsupported value" in caught[0].message


def test_a_webhook_hears_the_review_version_that_it_names_first(bench: Bench, namespace: str) -> None:
    with installed(bench, namespace, allow, admissionReviewVersions=["v1beta1", "v1"]) as webhook:
        bench.admin.create(config_map("x", namespace, {}))
        assert {each["apiVersion"] for each in webhook.reviews} == {"admission.k8s.io/v1beta1"}


def test_a_webhook_with_an_untrusted_certificate_fails(bench: Bench, namespace: str) -> None:
    with installed(bench, namespace, allow, trusted=Authority("somebody else").pem) as webhook:
        with refused(500, "InternalError") as caught:
            bench.admin.create(config_map("x", namespace, {}))
        assert 'Internal error occurred: failed calling webhook "case.example.com"' in caught[0].message
        assert webhook.reviews == []


def test_the_failure_of_a_webhook_can_be_ignored(bench: Bench, namespace: str) -> None:
    """One webhook nobody can trust, and beside it one that tells when both are in effect."""
    with installed(bench, namespace, allow) as witness:
        bundle = base64.b64encode(Authority("somebody else").pem.encode()).decode()
        entry = {
            "name": "ignored.example.com",
            "clientConfig": {"url": f"{witness.url}/ignored", "caBundle": bundle},
            "rules": [CREATE_CONFIG_MAPS],
            "namespaceSelector": {"matchLabels": {"webhook": namespace}},
            "failurePolicy": "Ignore",
            "sideEffects": "None",
            "admissionReviewVersions": ["v1"],
        }
        name, api, kind = bench.unique(), "admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"
        bench.admin.create({"apiVersion": api, "kind": kind, "metadata": {"name": name}, "webhooks": [entry]})
        bench.admin.create(config_map("x", namespace, {}))
        assert len(witness.asked_about("x")) == 1
        assert "/ignored" not in witness.paths
        bench.admin.delete("mutatingwebhookconfigurations", name)


@pytest.mark.parametrize(("policy", "status"), [("Fail", 500), ("Ignore", 201)])
def test_a_webhook_has_so_much_time(bench: Bench, namespace: str, policy: str, status: int) -> None:
    def sleep(_request: Json) -> Json:
        time.sleep(2)
        return {"allowed": False}

    with installed(bench, namespace, sleep, failurePolicy=policy, timeoutSeconds=1) as webhook:
        path = f"/api/v1/namespaces/{namespace}/configmaps"
        began = time.monotonic()
        assert bench.admin.request("POST", path, config_map("x", namespace, {})).status == status
        assert 0.9 < time.monotonic() - began < 2
        assert len(webhook.asked_about("x")) == 1


def test_a_wrong_answer_is_a_failure(bench: Bench, namespace: str) -> None:
    def confuse(_request: Json) -> Json:
        return {"uid": "another", "allowed": True}

    with installed(bench, namespace, confuse), refused(500, "InternalError"):
        bench.admin.create(config_map("x", namespace, {}))


def test_pods_of_a_replica_set_pass_through_webhooks(bench: Bench, namespace: str) -> None:
    add = patching({"op": "add", "path": "/metadata/labels/added", "value": "yes"})
    rule = {**CREATE_CONFIG_MAPS, "resources": ["pods", "configmaps"]}

    def only_pods(request: Json) -> Json:
        return add(request) if request["kind"]["kind"] == "Pod" else {"allowed": True}

    with installed(bench, namespace, only_pods, rules=[rule]):
        bench.admin.create(deployment("x", namespace, 1))
        (pod,) = eventually(lambda: bench.admin.list("pods", namespace))
        assert pod["metadata"]["labels"]["added"] == "yes"


def test_what_a_webhook_makes_invalid_is_refused(bench: Bench, namespace: str) -> None:
    spoil = patching({"op": "add", "path": "/metadata/labels", "value": {"a": "not a label!"}})
    with installed(bench, namespace, spoil), refused(422, "Invalid"):
        bench.admin.create(config_map("x", namespace, {}))


def test_warnings_reach_the_caller(bench: Bench, namespace: str) -> None:
    with installed(bench, namespace, lambda request: {"allowed": True, "warnings": ["mind the gap"]}):
        answer = bench.admin.request("POST", f"/api/v1/namespaces/{namespace}/configmaps", config_map("x", namespace))
        assert answer.headers["Warning"] == '299 - "mind the gap"'
