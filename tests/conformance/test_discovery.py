# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Discovery: what is served, and how unknown things are refused."""

from __future__ import annotations

import pytest

from tests.conformance.bench import Bench, refused

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"


def test_version_names_the_release(bench: Bench) -> None:
    version = bench.admin.call("GET", "/version")
    assert version["major"] == "1"
    assert version["gitVersion"].startswith(f"v1.{bench.minor}.")
    assert ("emulated" in version["gitVersion"]) == (bench.kind == "emulated")


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz"])
def test_health_is_plain_text(bench: Bench, path: str) -> None:
    answer = bench.admin.request("GET", path)
    assert (answer.status, answer.text) == (200, "ok")


def test_core_versions(bench: Bench) -> None:
    found = bench.admin.call("GET", "/api")
    assert (found["kind"], found["versions"]) == ("APIVersions", ["v1"])


@pytest.mark.parametrize(
    ("group", "version"),
    [
        ("apps", "v1"),
        ("rbac.authorization.k8s.io", "v1"),
        ("admissionregistration.k8s.io", "v1"),
        ("certificates.k8s.io", "v1"),
        ("apiextensions.k8s.io", "v1"),
    ],
)
def test_groups_are_listed_with_their_preferred_version(bench: Bench, group: str, version: str) -> None:
    found = {each["name"]: each for each in bench.admin.call("GET", "/apis")["groups"]}
    assert found[group]["preferredVersion"] == {"groupVersion": f"{group}/{version}", "version": version}
    assert bench.admin.call("GET", f"/apis/{group}")["preferredVersion"] == found[group]["preferredVersion"]


@pytest.mark.parametrize("group", ["rbac.authorization.k8s.io", "admissionregistration.k8s.io", "certificates.k8s.io"])
def test_beta_versions_are_served_up_to_1_21(bench: Bench, group: str) -> None:
    if bench.minor > 21:
        pytest.skip("this release has no beta versions of it")
    resources = bench.admin.call("GET", f"/apis/{group}/v1beta1")["resources"]
    names = {each["name"] for each in bench.admin.call("GET", f"/apis/{group}/v1")["resources"]}
    assert {each["name"] for each in resources} <= names | {"certificatesigningrequests/approval"}


@pytest.mark.parametrize(
    ("path", "name", "kind", "namespaced"),
    [
        ("/api/v1", "configmaps", "ConfigMap", True),
        ("/api/v1", "nodes", "Node", False),
        ("/api/v1", "pods/status", "Pod", True),
        ("/api/v1", "pods/binding", "Binding", True),
        ("/apis/apps/v1", "deployments", "Deployment", True),
        ("/apis/apps/v1", "deployments/scale", "Scale", True),
        (
            "/apis/certificates.k8s.io/v1",
            "certificatesigningrequests/approval",
            "CertificateSigningRequest",
            False,
        ),
        (
            "/apis/admissionregistration.k8s.io/v1",
            "mutatingwebhookconfigurations",
            "MutatingWebhookConfiguration",
            False,
        ),
    ],
)
def test_resources_say_their_kind_and_scope(bench: Bench, path: str, name: str, kind: str, namespaced: bool) -> None:
    listed = bench.admin.call("GET", path)
    assert (listed["kind"], listed["groupVersion"]) == ("APIResourceList", path.split("/", 2)[2])
    found = next(each for each in listed["resources"] if each["name"] == name)
    assert (found["kind"], found["namespaced"]) == (kind, namespaced)


def test_resources_say_their_verbs(bench: Bench) -> None:
    resources = {each["name"]: set(each["verbs"]) for each in bench.admin.call("GET", "/api/v1")["resources"]}
    assert resources["configmaps"] == {
        "create",
        "delete",
        "deletecollection",
        "get",
        "list",
        "patch",
        "update",
        "watch",
    }
    assert resources["pods/status"] == {"get", "patch", "update"}
    assert resources["pods/binding"] == {"create"}


def test_who_asks_for_aggregated_discovery_also_takes_the_plain_form(bench: Bench) -> None:
    if bench.minor >= 26:
        pytest.skip("this release answers the aggregated form")
    answer = bench.admin.request("GET", "/apis", headers={"Accept": AGGREGATED})
    assert (answer.status, answer.body["kind"]) == (200, "APIGroupList")


@pytest.mark.parametrize("path", ["/apis/nobody.example.com/v1", "/apis/nobody.example.com/v1/things"])
def test_an_unknown_group_is_plain_404(bench: Bench, path: str) -> None:
    answer = bench.admin.request("GET", path)
    assert (answer.status, answer.text) == (404, "404 page not found\n")


@pytest.mark.parametrize("path", ["/api/v1/things", "/apis/apps/v1/namespaces/default/things/x"])
def test_an_unknown_resource_is_a_status(bench: Bench, path: str) -> None:
    with refused(404, "NotFound") as caught:
        bench.admin.call("GET", path)
    assert caught[0].message == "the server could not find the requested resource"


def test_an_unknown_subresource_is_a_status(bench: Bench) -> None:
    with refused(404, "NotFound"):
        bench.admin.call("GET", "/api/v1/namespaces/default/configmaps/x/status")


def test_a_verb_that_a_resource_lacks(bench: Bench) -> None:
    with refused(405, "MethodNotAllowed") as caught:
        bench.admin.call("POST", "/api/v1/namespaces/default/configmaps/x", {})
    assert caught[0].message == "the server does not allow this method on the requested resource"
