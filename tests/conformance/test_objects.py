# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Single objects: what is stored, what is filled in, what is refused."""

from __future__ import annotations

import base64
import re

import pytest

from tests.conformance.bench import Bench, config_map, deployment, pod, refused
from tests.testbed.kubernetes.admin import Json


def test_what_is_created_can_be_read(bench: Bench, namespace: str) -> None:
    labels = {"color": "red"}
    created = bench.admin.create(config_map("x", namespace, {"a": "1"}, labels=labels))
    assert created == bench.admin.get("configmaps", "x", namespace)
    assert (created["apiVersion"], created["kind"], created["data"]) == ("v1", "ConfigMap", {"a": "1"})
    metadata = created["metadata"]
    assert (metadata["name"], metadata["namespace"], metadata["labels"]) == ("x", namespace, labels)
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", metadata["uid"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", metadata["creationTimestamp"])
    assert int(metadata["resourceVersion"]) > 0
    assert "generation" not in metadata


def test_a_config_map_may_have_no_data(bench: Bench, namespace: str) -> None:
    assert "data" not in bench.admin.create(config_map("x", namespace))
    patched = bench.admin.patch("configmaps", "x", {"data": {"a": "1"}}, namespace)
    assert patched["data"] == {"a": "1"}


def test_managed_fields_name_who_set_what(bench: Bench, namespace: str) -> None:
    bench.admin.create(config_map("x", namespace, {"a": "1"}), query={"fieldManager": "first"})
    changed = bench.admin.patch("configmaps", "x", {"data": {"b": "2"}}, namespace, query={"fieldManager": "second"})
    entries = {each["manager"]: each for each in changed["metadata"]["managedFields"]}
    assert set(entries) == {"first", "second"}
    assert "f:a" in entries["first"]["fieldsV1"]["f:data"]
    assert set(entries["second"]["fieldsV1"]["f:data"]) == {"f:b"}
    assert {each["operation"] for each in entries.values()} == {"Update"}


def test_a_field_belongs_to_who_changed_it_last(bench: Bench, namespace: str) -> None:
    def owned(item: Json) -> dict[str, set[str]]:
        entries = item["metadata"]["managedFields"]
        return {each["manager"]: set(each["fieldsV1"].get("f:data", {})) - {"."} for each in entries}

    bench.admin.create(config_map("x", namespace, {"a": "1", "b": "1"}), query={"fieldManager": "first"})

    def patched(data: Json) -> dict[str, set[str]]:
        query = {"fieldManager": "second"}
        return owned(bench.admin.patch("configmaps", "x", {"data": data}, namespace, query=query))

    assert patched({"a": "1"}) == {"first": {"f:a", "f:b"}}
    assert patched({"a": "2"}) == {"first": {"f:b"}, "second": {"f:a"}}
    assert patched({"b": None})["second"] == {"f:a"}
    assert "f:b" not in owned(bench.admin.get("configmaps", "x", namespace)).get("first", set())


def test_a_name_can_be_generated(bench: Bench, namespace: str) -> None:
    manifest = config_map("", namespace, {})
    manifest["metadata"] = {"generateName": "made-", "namespace": namespace}
    assert re.fullmatch(r"made-[a-z0-9]{5}", bench.admin.create(manifest)["metadata"]["name"])


def test_absent_objects_are_not_found(bench: Bench, namespace: str) -> None:
    with refused(404, "NotFound") as caught:
        bench.admin.get("configmaps", "x", namespace)
    assert caught[0].message == 'configmaps "x" not found'
    assert caught[0].body["details"] == {"name": "x", "kind": "configmaps"}
    with refused(404, "NotFound") as caught:
        bench.admin.patch("deployments", "x", {}, namespace)
    assert caught[0].message == 'deployments.apps "x" not found'
    assert caught[0].body["details"] == {"name": "x", "group": "apps", "kind": "deployments"}


def test_two_of_one_name_cannot_be(bench: Bench, namespace: str) -> None:
    bench.admin.create(config_map("x", namespace, {}))
    with refused(409, "AlreadyExists") as caught:
        bench.admin.create(config_map("x", namespace, {}))
    assert caught[0].message == 'configmaps "x" already exists'


def test_a_namespace_must_be_there_first(bench: Bench) -> None:
    missing = bench.unique()
    with refused(404, "NotFound") as caught:
        bench.admin.create(config_map("x", missing, {}))
    assert caught[0].message == f'namespaces "{missing}" not found'


def test_a_new_namespace_is_furnished(bench: Bench, namespace: str) -> None:
    assert bench.admin.get("namespaces", namespace)["status"]["phase"] == "Active"
    assert bench.admin.find("serviceaccounts", "default", namespace)


@pytest.mark.parametrize("name", ["Upper", "under_score", "-dash", "a" * 254])
def test_names_follow_rules(bench: Bench, namespace: str, name: str) -> None:
    with refused(422, "Invalid") as caught:
        bench.admin.create(config_map(name, namespace, {}))
    assert caught[0].message.startswith(f'ConfigMap "{name}" is invalid: metadata.name: Invalid value: "{name}": ')
    assert caught[0].body["details"]["causes"][0]["field"] == "metadata.name"


def test_a_name_is_needed(bench: Bench, namespace: str) -> None:
    manifest = config_map("", namespace, {})
    del manifest["metadata"]["name"]
    with refused(422, "Invalid") as caught:
        bench.admin.create(manifest)
    assert "metadata.name: Required value: name or generateName is required" in caught[0].message


def test_values_must_be_strings(bench: Bench, namespace: str) -> None:
    with refused(400, "BadRequest") as caught:
        bench.admin.create({**config_map("x", namespace), "data": {"enabled": True}})
    assert 'ConfigMap in version "v1" cannot be handled as a ConfigMap' in caught[0].message


def test_the_object_must_be_what_the_path_says(bench: Bench, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    with refused(400, "BadRequest"):
        bench.admin.call("POST", path, {**config_map("x", namespace), "kind": "Secret"})
    with refused(400, "BadRequest") as caught:
        bench.admin.call("POST", path, config_map("x", "default", {}))
    assert "the namespace of the provided object does not match the namespace sent on the request" in caught[0].message
    bench.admin.create(config_map("x", namespace, {}))
    with refused(400, "BadRequest") as caught:
        bench.admin.call("PUT", f"{path}/x", config_map("y", namespace, {}))
    assert caught[0].message == "the name of the object (y) does not match the name on the URL (x)"


def test_a_body_must_be_json_or_yaml(bench: Bench, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    with refused(415, "UnsupportedMediaType"):
        bench.admin.call("POST", path, config_map("x", namespace), headers={"Content-Type": "text/plain"})
    answer = bench.admin.call("POST", path, config_map("x", namespace), headers={"Content-Type": "application/yaml"})
    assert answer["metadata"]["name"] == "x"


def test_secrets_are_encoded(bench: Bench, namespace: str) -> None:
    secret: Json = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x", "namespace": namespace}}
    created = bench.admin.create({**secret, "stringData": {"a": "text"}})
    assert (created["type"], created["data"]) == ("Opaque", {"a": base64.b64encode(b"text").decode()})
    assert "stringData" not in created
    secret["metadata"]["name"] = "y"
    with refused(400, "BadRequest"):
        bench.admin.create({**secret, "data": {"a": "not base64!"}})


def test_workloads_get_defaults(bench: Bench, namespace: str) -> None:
    manifest = deployment("x", namespace)
    del manifest["spec"]["replicas"]
    spec = bench.admin.create(manifest)["spec"]
    assert spec["replicas"] == 1
    assert spec["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"},
    }
    template = spec["template"]["spec"]
    assert (template["restartPolicy"], template["dnsPolicy"]) == ("Always", "ClusterFirst")
    assert template["containers"][0]["imagePullPolicy"] == "IfNotPresent"


def test_pods_get_defaults(bench: Bench, namespace: str) -> None:
    manifest = pod("x", namespace)
    manifest["spec"]["containers"][0]["resources"] = {"limits": {"vpc.amazonaws.com/PrivateIPv4Address": "1"}}
    created = bench.admin.create(manifest)
    assert created["status"]["phase"] == "Pending"
    assert created["spec"]["serviceAccountName"] == "default"
    asked = {"vpc.amazonaws.com/PrivateIPv4Address": "1"}
    assert created["spec"]["containers"][0]["resources"] == {"limits": asked, "requests": asked}


def test_a_workload_must_select_its_own_pods(bench: Bench, namespace: str) -> None:
    manifest = deployment("x", namespace)
    manifest["spec"]["selector"] = {"matchLabels": {"app": "other"}}
    with refused(422, "Invalid") as caught:
        bench.admin.create(manifest)
    assert caught[0].message.startswith('Deployment.apps "x" is invalid: spec.template.metadata.labels: Invalid value')
    assert "`selector` does not match template `labels`" in caught[0].message


def test_a_pod_needs_containers(bench: Bench, namespace: str) -> None:
    with refused(422, "Invalid") as caught:
        bench.admin.create({**pod("x", namespace), "spec": {"containers": []}})
    assert caught[0].message == 'Pod "x" is invalid: spec.containers: Required value'


def test_a_selector_cannot_change(bench: Bench, namespace: str) -> None:
    bench.admin.create(deployment("x", namespace, 0))
    labels = {"app": "other"}
    change = {"spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}}}}
    with refused(422, "Invalid") as caught:
        bench.admin.patch("deployments", "x", change, namespace)
    assert "field is immutable" in caught[0].message


def test_intent_is_counted_and_metadata_is_not(bench: Bench, namespace: str) -> None:
    assert bench.admin.create(deployment("x", namespace, 0))["metadata"]["generation"] == 1
    bench.admin.patch("deployments", "x", {"metadata": {"labels": {"a": "b"}}}, namespace)
    changed = bench.admin.patch("deployments", "x", {"spec": {"minReadySeconds": 1}}, namespace)
    assert changed["metadata"]["generation"] == 2


def test_replacing_replaces_all(bench: Bench, namespace: str) -> None:
    before = bench.admin.create(config_map("x", namespace, {"a": "1"}, labels={"l": "1"}))
    after = bench.admin.replace(config_map("x", namespace, {"b": "2"}))
    assert after["data"] == {"b": "2"}
    assert "labels" not in after["metadata"]
    for name in ("uid", "creationTimestamp"):
        assert after["metadata"][name] == before["metadata"][name]


def test_who_replaces_an_older_version_is_refused(bench: Bench, namespace: str) -> None:
    before = bench.admin.create(config_map("x", namespace, {"a": "1"}))
    bench.admin.patch("configmaps", "x", {"data": {"a": "2"}}, namespace)
    with refused(409, "Conflict") as caught:
        bench.admin.replace({**before, "data": {"a": "3"}})
    assert caught[0].message == (
        'Operation cannot be fulfilled on configmaps "x": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )


def test_a_change_of_nothing_stores_nothing(bench: Bench, namespace: str) -> None:
    before = bench.admin.create(config_map("x", namespace, {"a": "1"}))
    for after in (
        bench.admin.patch("configmaps", "x", {"data": {"a": "1"}}, namespace),
        bench.admin.replace(before),
    ):
        assert after["metadata"]["resourceVersion"] == before["metadata"]["resourceVersion"]


def test_status_is_written_through_its_subresource_alone(bench: Bench, namespace: str) -> None:
    created = bench.admin.create({**deployment("x", namespace, 0), "status": {"replicas": 7}})
    assert created.get("status", {}).get("replicas", 0) == 0
    bench.admin.create(pod("y", namespace))
    patched = bench.admin.patch("pods", "y", {"status": {"phase": "Running"}}, namespace)
    assert patched["status"]["phase"] == "Pending"
    patched = bench.admin.patch_status("pods", "y", {"phase": "Running"}, namespace)
    assert patched["status"]["phase"] == "Running"
    path = f"/api/v1/namespaces/{namespace}/pods/y/status"
    replaced = bench.admin.call("PUT", path, {**patched, "status": {"phase": "Failed"}, "spec": {"containers": []}})
    assert replaced["status"]["phase"] == "Failed"
    assert replaced["spec"]["containers"][0]["name"] == "main"


def test_a_new_node_keeps_its_status(bench: Bench) -> None:
    name = bench.unique("node")
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}, "status": {"capacity": {"pods": "9"}}}
    assert bench.admin.create(node)["status"]["capacity"] == {"pods": "9"}
    patched = bench.admin.patch("nodes", name, {"status": {"capacity": {"pods": "1"}}})
    assert patched["status"]["capacity"] == {"pods": "9"}
    patched = bench.admin.patch_status("nodes", name, {"capacity": {"example.com/a": "3"}})
    assert patched["status"]["capacity"] == {"pods": "9", "example.com/a": "3"}
    bench.admin.delete("nodes", name)


def test_a_binding_puts_a_pod_on_a_node(bench: Bench, namespace: str) -> None:
    bench.admin.create(pod("x", namespace))
    binding = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "x"}, "target": {"name": "node"}}
    path = f"/api/v1/namespaces/{namespace}/pods/x/binding"
    bench.admin.call("POST", path, binding)
    found = bench.admin.get("pods", "x", namespace)
    assert found["spec"]["nodeName"] == "node"
    assert [each["status"] for each in found["status"]["conditions"] if each["type"] == "PodScheduled"] == ["True"]
    with refused(409, "Conflict") as caught:
        bench.admin.call("POST", path, binding)
    assert 'pod x is already assigned to node "node"' in caught[0].message
    bench.admin.delete("pods", "x", namespace, options={"gracePeriodSeconds": 0})


def test_a_role_binding_keeps_its_role(bench: Bench) -> None:
    name, api = bench.unique(), "rbac.authorization.k8s.io"
    binding: Json = {
        "apiVersion": f"{api}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name},
        "roleRef": {"kind": "ClusterRole", "name": "system:node-proxier"},
        "subjects": [{"kind": "Group", "name": "eks:kube-proxy-windows"}],
    }
    created = bench.admin.create(binding)
    assert created["roleRef"]["apiGroup"] == created["subjects"][0]["apiGroup"] == api
    with refused(422, "Invalid") as caught:
        bench.admin.patch("clusterrolebindings", name, {"roleRef": {"name": "cluster-admin"}})
    assert "cannot change roleRef" in caught[0].message
    bench.admin.delete("clusterrolebindings", name)


@pytest.mark.parametrize("name", ["cluster-admin", "system:node-proxier", "system:discovery"])
def test_standard_roles_are_there(bench: Bench, name: str) -> None:
    assert bench.admin.get("clusterroles", name)["rules"]


def test_both_versions_of_a_group_show_the_same_objects(bench: Bench) -> None:
    if bench.minor > 21:
        pytest.skip("this release has no beta versions")
    name, group = bench.unique(), "admissionregistration.k8s.io"
    created = bench.admin.create(
        {
            "apiVersion": f"{group}/v1beta1",
            "kind": "MutatingWebhookConfiguration",
            "metadata": {"name": name},
            "webhooks": [{"name": "a.example.com", "clientConfig": {"service": {"namespace": "x", "name": "y"}}}],
        }
    )
    webhook = created["webhooks"][0]
    assert (webhook["failurePolicy"], webhook["sideEffects"], webhook["timeoutSeconds"]) == ("Ignore", "Unknown", 30)
    stable = bench.admin.get("mutatingwebhookconfigurations", name)
    assert (stable["apiVersion"], stable["webhooks"][0]) == (f"{group}/v1", webhook)
    bench.admin.delete("mutatingwebhookconfigurations", name)
