# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Patches of every form."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.bench import Bench, config_map, deployment, refused
from tests.conformance.test_custom_kinds import defined
from tests.testbed.kubernetes.crds import ENI_CONFIG


@pytest.mark.parametrize(
    ("kind", "patch", "data"),
    [
        ("merge", {"data": {"c": "3"}}, {"a": "1", "b": "2", "c": "3"}),
        ("merge", {"data": {"a": None}}, {"b": "2"}),
        ("merge", {"data": None}, None),
        ("strategic", {"data": {"a": None, "c": "3"}}, {"b": "2", "c": "3"}),
        ("strategic", {"data": {"$patch": "replace", "c": "3"}}, {"c": "3"}),
        ("json", [{"op": "add", "path": "/data/c", "value": "3"}], {"a": "1", "b": "2", "c": "3"}),
        ("json", [{"op": "replace", "path": "/data/a", "value": "9"}], {"a": "9", "b": "2"}),
        ("json", [{"op": "remove", "path": "/data/a"}], {"b": "2"}),
        ("json", [{"op": "move", "from": "/data/a", "path": "/data/c"}], {"b": "2", "c": "1"}),
        ("json", [{"op": "copy", "from": "/data/a", "path": "/data/c"}], {"a": "1", "b": "2", "c": "1"}),
        (
            "json",
            [{"op": "test", "path": "/data/a", "value": "1"}, {"op": "remove", "path": "/data/b"}],
            {"a": "1"},
        ),
    ],
)
def test_a_patch_changes_what_it_names(
    bench: Bench, namespace: str, kind: str, patch: Any, data: dict[str, str] | None
) -> None:
    bench.admin.create(config_map("x", namespace, {"a": "1", "b": "2"}))
    patched = bench.admin.patch("configmaps", "x", patch, namespace, kind=kind)
    assert patched.get("data") == data
    assert bench.admin.get("configmaps", "x", namespace) == patched


@pytest.mark.parametrize(
    "patch",
    [
        [{"op": "test", "path": "/data/a", "value": "2"}],
        [{"op": "remove", "path": "/data/missing"}],
        [{"op": "add", "path": "/nowhere/deeper", "value": "1"}],
    ],
)
def test_a_json_patch_that_fails_changes_nothing(bench: Bench, namespace: str, patch: Any) -> None:
    before = bench.admin.create(config_map("x", namespace, {"a": "1"}))
    with refused(422, "Invalid") as caught:
        bench.admin.patch("configmaps", "x", patch, namespace, kind="json")
    assert caught[0].message == "the server rejected our request due to an error in our request"
    assert bench.admin.get("configmaps", "x", namespace) == before


def test_a_patch_of_an_unknown_form_is_refused(bench: Bench, namespace: str) -> None:
    bench.admin.create(config_map("x", namespace, {}))
    path = f"/api/v1/namespaces/{namespace}/configmaps/x"
    with refused(415, "UnsupportedMediaType"):
        bench.admin.call("PATCH", path, {}, headers={"Content-Type": "application/json"})


def test_a_patch_may_insist_on_a_version(bench: Bench, namespace: str) -> None:
    before = bench.admin.create(config_map("x", namespace, {"a": "1"}))
    version = before["metadata"]["resourceVersion"]
    change = {"metadata": {"resourceVersion": version}, "data": {"a": "2"}}
    bench.admin.patch("configmaps", "x", change, namespace)
    with refused(409, "Conflict"):
        bench.admin.patch("configmaps", "x", {**change, "data": {"a": "3"}}, namespace)


def test_the_identity_of_an_object_cannot_change(bench: Bench, namespace: str) -> None:
    before = bench.admin.create(config_map("x", namespace, {"a": "1"}))
    other = {"metadata": {"uid": "00000000-0000-0000-0000-000000000000"}, "data": {"a": "2"}}
    with refused(422, "Invalid") as caught:
        bench.admin.patch("configmaps", "x", other, namespace)
    assert "metadata.uid: Invalid value" in caught[0].message
    with refused(409, "Conflict") as caught:
        bench.admin.replace(config_map("x", namespace, {}, **other["metadata"]))
    assert f"UID in object meta: {before['metadata']['uid']}" in caught[0].message


def test_a_merge_patch_replaces_lists(bench: Bench, namespace: str) -> None:
    bench.admin.create(deployment("x", namespace, 0))
    containers = [{"name": "second", "image": "example/second:1"}]
    change = {"spec": {"template": {"spec": {"containers": containers}}}}
    patched = bench.admin.patch("deployments", "x", change, namespace)
    assert [each["name"] for each in patched["spec"]["template"]["spec"]["containers"]] == ["second"]


def test_a_strategic_patch_merges_lists_by_key(bench: Bench, namespace: str) -> None:
    bench.admin.create(deployment("x", namespace, 0))
    containers = [
        {"name": "main", "image": "example/app:2", "env": [{"name": "B", "value": "2"}]},
        {"name": "second", "image": "example/second:1"},
    ]
    change = {"spec": {"template": {"spec": {"containers": containers}}}}
    found = bench.admin.patch("deployments", "x", change, namespace, kind="strategic")
    by_name = {each["name"]: each for each in found["spec"]["template"]["spec"]["containers"]}
    assert set(by_name) == {"main", "second"}
    assert by_name["main"]["image"] == "example/app:2"
    assert {each["name"] for each in by_name["main"]["env"]} == {"A", "B"}
    gone = {"spec": {"template": {"spec": {"containers": [{"name": "second", "$patch": "delete"}]}}}}
    found = bench.admin.patch("deployments", "x", gone, namespace, kind="strategic")
    assert [each["name"] for each in found["spec"]["template"]["spec"]["containers"]] == ["main"]


def test_apply_creates_and_then_merges(bench: Bench, namespace: str) -> None:
    def apply(data: dict[str, str]) -> dict[str, Any]:
        query = {"fieldManager": "applier"}
        manifest = config_map("x", namespace, data)
        return bench.admin.patch("configmaps", "x", manifest, namespace, kind="apply", query=query)

    assert apply({"a": "1"})["data"] == {"a": "1"}
    bench.admin.patch("configmaps", "x", {"data": {"b": "2"}}, namespace)
    found = apply({"a": "3"})
    assert found["data"] == {"a": "3", "b": "2"}
    entries = {(each["manager"], each["operation"]) for each in found["metadata"]["managedFields"]}
    assert ("applier", "Apply") in entries


def test_custom_kinds_have_no_strategic_patch(bench: Bench) -> None:
    with defined(bench, ENI_CONFIG):
        path = "/apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs"
        name = bench.unique()
        bench.admin.call(
            "POST",
            path,
            {"apiVersion": "crd.k8s.amazonaws.com/v1alpha1", "kind": "ENIConfig", "metadata": {"name": name}},
        )
        with refused(415, "UnsupportedMediaType"):
            bench.admin.patch("eniconfigs", name, {"spec": {}}, kind="strategic")
        assert bench.admin.patch("eniconfigs", name, {"spec": {"subnet": "s"}})["spec"] == {"subnet": "s"}
