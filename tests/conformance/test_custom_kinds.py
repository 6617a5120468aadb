# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kinds that a CustomResourceDefinition brings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.conformance.bench import Bench, eventually, refused
from tests.testbed.kubernetes.admin import Json
from tests.testbed.kubernetes.crds import CNI_NODE, SECURITY_GROUP_POLICY


@contextmanager
def defined(bench: Bench, definition: Json) -> Iterator[str]:
    """The collection's path of a definition's kind, while it is served."""
    spec = definition["spec"]
    path = f"/apis/{spec['group']}/{spec['versions'][0]['name']}"
    bench.admin.create(definition)
    try:
        eventually(lambda: bench.admin.request("GET", f"{path}/{spec['names']['plural']}").status == 200)
        eventually(lambda: spec["group"] in {each["name"] for each in _groups(bench)})
        yield f"{path}/{spec['names']['plural']}"
    finally:
        name = definition["metadata"]["name"]
        bench.admin.delete("customresourcedefinitions", name)
        eventually(lambda: bench.admin.find("customresourcedefinitions", name) is None)


def _groups(bench: Bench) -> list[Json]:
    found: list[Json] = bench.admin.call("GET", "/apis")["groups"]
    return found


def policy(name: str, namespace: str, **spec: object) -> Json:
    """A SecurityGroupPolicy."""
    return {
        "apiVersion": "vpcresources.k8s.aws/v1beta1",
        "kind": "SecurityGroupPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"securityGroups": {"groupIds": ["sg-1"]}, **spec},
    }


def test_a_kind_is_served_while_it_is_defined(bench: Bench, namespace: str) -> None:
    path = "/apis/vpcresources.k8s.aws/v1beta1/securitygrouppolicies"
    assert bench.admin.request("GET", path).text == "404 page not found\n"
    with defined(bench, SECURITY_GROUP_POLICY):
        group = next(each for each in _groups(bench) if each["name"] == "vpcresources.k8s.aws")
        assert group["preferredVersion"]["version"] == "v1beta1"
        created = bench.admin.create(policy("x", namespace, podSelector={"matchLabels": {"a": "b"}}))
        assert created["metadata"]["generation"] == 1
        listed = bench.admin.call("GET", path)
        assert (listed["kind"], listed["apiVersion"]) == ("SecurityGroupPolicyList", "vpcresources.k8s.aws/v1beta1")
        assert [each["kind"] for each in listed["items"]] == ["SecurityGroupPolicy"]
        changed = bench.admin.patch("securitygrouppolicies", "x", {"spec": {"podSelector": None}}, namespace)
        assert "podSelector" not in changed["spec"]
        assert changed["metadata"]["generation"] == 2
    eventually(lambda: bench.admin.request("GET", path).status == 404)


def test_a_definition_says_that_it_holds(bench: Bench) -> None:
    with defined(bench, CNI_NODE):
        found = bench.admin.get("customresourcedefinitions", CNI_NODE["metadata"]["name"])
        conditions = {each["type"]: each["status"] for each in found["status"]["conditions"]}
        assert conditions == {"NamesAccepted": "True", "Established": "True"}
        assert found["status"]["acceptedNames"]["kind"] == "CNINode"


def test_objects_go_with_their_definition(bench: Bench, namespace: str) -> None:
    for _ in range(2):
        with defined(bench, SECURITY_GROUP_POLICY) as path:
            assert bench.admin.call("GET", path)["items"] == []
            bench.admin.create(policy("x", namespace))


def test_a_custom_object_is_replaced_by_version_only(bench: Bench, namespace: str) -> None:
    with defined(bench, SECURITY_GROUP_POLICY):
        created = bench.admin.create(policy("x", namespace))
        with refused(422, "Invalid") as caught:
            bench.admin.replace(policy("x", namespace, podSelector={}))
        assert "metadata.resourceVersion: Invalid value: 0x0: must be specified for an update" in caught[0].message
        assert bench.admin.replace({**created, "spec": {}})["spec"] == {}
