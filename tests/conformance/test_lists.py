# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists: selectors, pages, metadata alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.bench import Bench, config_map, deployment, pod, refused

METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"


@pytest.fixture(scope="module")
def stocked(bench: Bench) -> Iterator[str]:
    """A namespace with three labelled ConfigMaps."""
    name = bench.unique()
    bench.admin.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    for item, labels in (
        ("a", {"color": "red", "size": "1"}),
        ("b", {"color": "blue", "size": "5"}),
        ("c", {"shape": "round"}),
    ):
        bench.admin.create(
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": item, "namespace": name, "labels": {**labels, "set": "case"}},
                "data": {"large": "x" * 100},
            }
        )
    yield name
    bench.admin.delete("namespaces", name)


def names(bench: Bench, namespace: str, resource: str = "configmaps", **query: str) -> list[str]:
    """Names of what a list finds."""
    return [each["metadata"]["name"] for each in bench.admin.list(resource, namespace, query=query)]


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("", "abc"),
        ("color=red", "a"),
        ("color==red", "a"),
        ("color!=red", "bc"),
        ("color in (red,blue)", "ab"),
        ("color in (red, blue),size=5", "b"),
        ("color notin (red)", "bc"),
        ("color", "ab"),
        ("!color", "c"),
        ("color=red,shape", ""),
        ("size>1", "b"),
        ("size<5", "a"),
        ("color=", ""),
    ],
)
def test_label_selectors(bench: Bench, stocked: str, selector: str, found: str) -> None:
    chosen = ",".join(filter(None, ("set=case", selector)))
    assert names(bench, stocked, labelSelector=chosen) == list(found)


@pytest.mark.parametrize("selector", ["color in red", "color=red,,", "=red", "a b", "size>x", "color in (red"])
def test_label_selectors_that_cannot_be_read(bench: Bench, stocked: str, selector: str) -> None:
    with refused(400, "BadRequest"):
        bench.admin.list("configmaps", stocked, query={"labelSelector": selector})


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("metadata.name=a", "a"),
        ("metadata.name==a", "a"),
        ("metadata.name!=a", "bc"),
        ("metadata.name=a,metadata.namespace=nowhere", ""),
        ("metadata.name=missing", ""),
    ],
)
def test_field_selectors(bench: Bench, stocked: str, selector: str, found: str) -> None:
    assert names(bench, stocked, labelSelector="set=case", fieldSelector=selector) == list(found)


def test_a_field_selector_reaches_into_all_namespaces(bench: Bench, stocked: str) -> None:
    query = {"fieldSelector": f"metadata.namespace={stocked}", "labelSelector": "set=case"}
    assert len(bench.admin.list("configmaps", query=query)) == 3


@pytest.mark.parametrize(
    ("resource", "selector", "message"),
    [
        ("configmaps", "data.large=x", '"data.large" is not a known field selector'),
        ("deployments", "spec.replicas=1", '"spec.replicas" is not a known field selector'),
        ("pods", "spec.hostNetwork=true", "field label not supported: spec.hostNetwork"),
        ("secrets", "data.x=1", "field label not supported: data.x"),
    ],
)
def test_fields_that_cannot_be_selected_by(bench: Bench, resource: str, selector: str, message: str) -> None:
    with refused(400, "BadRequest") as caught:
        bench.admin.list(resource, query={"fieldSelector": selector})
    assert message in caught[0].message


def test_pods_are_selected_by_node_and_phase(bench: Bench, namespace: str) -> None:
    bench.admin.create(pod("placed", namespace, nodeName="some-node"))
    bench.admin.create(pod("waiting", namespace))
    bench.admin.patch_status("pods", "placed", {"phase": "Running"}, namespace)
    for selector, found in (
        ("spec.nodeName=some-node", ["placed"]),
        ("spec.nodeName=", ["waiting"]),
        ("status.phase=Running", ["placed"]),
        ("status.phase!=Running", ["waiting"]),
        ("status.phase=Running,spec.nodeName!=some-node", []),
    ):
        assert names(bench, namespace, "pods", fieldSelector=selector) == found, selector
    bench.admin.delete("pods", "placed", namespace, options={"gracePeriodSeconds": 0})


def test_events_are_selected_by_their_object(bench: Bench, namespace: str) -> None:
    for name, kind in (("one", "Pod"), ("two", "Node")):
        bench.admin.create(
            {
                "apiVersion": "v1",
                "kind": "Event",
                "metadata": {"name": name, "namespace": namespace},
                "involvedObject": {"kind": kind, "name": "x", "namespace": namespace},
                "reason": "Unsupported",
                "type": "Warning",
            }
        )
    query = "involvedObject.kind=Pod,involvedObject.name=x,reason=Unsupported,type=Warning"
    assert names(bench, namespace, "events", fieldSelector=query) == ["one"]


def test_events_of_nodes_are_selected_by_who_sent_them(bench: Bench) -> None:
    namespace = "default"
    names_of: dict[str, str] = {}
    for source, kind in (
        ("vpc-resource-controller", "Node"),
        ("kubelet", "Node"),
        ("vpc-resource-controller", "Pod"),
        ("vpc-resource-controller", "CNINode"),
    ):
        name = names_of[f"{source} {kind}"] = bench.unique()
        involved = {"kind": kind, "name": "some", "apiVersion": "v1"}
        if kind == "Pod":
            involved["namespace"] = namespace
        bench.admin.create(
            {
                "apiVersion": "v1",
                "kind": "Event",
                "metadata": {"name": name, "namespace": namespace},
                "involvedObject": involved,
                "reason": "Unsupported",
                "source": {"component": source},
            }
        )
    of_nodes = {names_of[f"vpc-resource-controller {kind}"] for kind in ("Node", "CNINode")}
    selector = "involvedObject.kind!=Pod,source=vpc-resource-controller"
    found = names(bench, namespace, "events", fieldSelector=selector)
    assert {name for name in found if name in names_of.values()} == of_nodes
    others = names(bench, namespace, "events", fieldSelector="source!=vpc-resource-controller")
    assert [name for name in others if name in names_of.values()] == [names_of["kubelet Node"]]


def test_endpoint_slices_are_selected_by_their_service(bench: Bench, namespace: str) -> None:
    for name, labels in (
        ("balanced", {"kubernetes.io/service-name": "web"}),
        ("headless", {"kubernetes.io/service-name": "db", "service.kubernetes.io/headless": ""}),
        ("other", {}),
    ):
        bench.admin.create(
            {
                "apiVersion": "discovery.k8s.io/v1beta1",
                "kind": "EndpointSlice",
                "metadata": {"name": name, "namespace": namespace, "labels": labels},
                "addressType": "IPv4",
                "endpoints": [
                    {
                        "addresses": ["10.0.0.1"],
                        "conditions": {"ready": True},
                        "topology": {"kubernetes.io/hostname": "node"},
                    }
                ],
                "ports": [],
            }
        )
    query = {"labelSelector": "kubernetes.io/service-name,!service.kubernetes.io/headless"}
    found = bench.admin.list("endpointslices", namespace, query=query, api="discovery.k8s.io/v1beta1")
    assert [each["metadata"]["name"] for each in found] == ["balanced"]
    assert found[0]["endpoints"][0]["topology"] == {"kubernetes.io/hostname": "node"}


def test_many_nodes_are_left_out_by_one_selector(bench: Bench, namespace: str) -> None:
    for name, node in (("here", "windows-1"), ("elsewhere", "linux-449")):
        bench.admin.create(pod(name, namespace, nodeName=node))
    others = ",".join(f"spec.nodeName!=ip-10-0-0-{number}.eu-central-1.compute.internal" for number in range(449))
    assert names(bench, namespace, "pods", fieldSelector=f"{others},spec.nodeName!=linux-449") == ["here"]


def test_lists_are_in_the_order_of_names(bench: Bench, namespace: str) -> None:
    for name in ("b", "c", "a"):
        bench.admin.create(config_map(name, namespace, {}, labels={"set": "case"}))
    assert names(bench, namespace, labelSelector="set=case") == ["a", "b", "c"]


def test_entries_of_built_in_lists_do_not_repeat_their_kind(bench: Bench, stocked: str) -> None:
    listed = bench.admin.call("GET", f"/api/v1/namespaces/{stocked}/configmaps")
    assert (listed["kind"], listed["apiVersion"]) == ("ConfigMapList", "v1")
    assert not any("kind" in each or "apiVersion" in each for each in listed["items"])
    assert int(listed["metadata"]["resourceVersion"]) > 0


def test_a_list_of_nothing_has_items(bench: Bench, namespace: str) -> None:
    bench.admin.create(deployment("x", namespace, 0))
    query = {"labelSelector": "set=none"}
    listed = bench.admin.call("GET", f"/apis/apps/v1/namespaces/{namespace}/deployments", query=query)
    assert (listed["kind"], listed["items"]) == ("DeploymentList", [])


def test_metadata_alone(bench: Bench, stocked: str) -> None:
    path = f"/api/v1/namespaces/{stocked}/configmaps"
    listed = bench.admin.call("GET", path, headers={"Accept": METADATA_LIST})
    assert (listed["kind"], listed["apiVersion"]) == ("PartialObjectMetadataList", "meta.k8s.io/v1")
    for item in listed["items"]:
        assert set(item) == {"kind", "apiVersion", "metadata"}
        assert (item["kind"], item["apiVersion"]) == ("PartialObjectMetadata", "meta.k8s.io/v1")
    one = bench.admin.call("GET", f"{path}/a", headers={"Accept": METADATA})
    assert (one["kind"], one["metadata"]["labels"]["color"]) == ("PartialObjectMetadata", "red")
    assert "data" not in one


def test_metadata_alone_pages_too(bench: Bench, stocked: str) -> None:
    path, query = f"/api/v1/namespaces/{stocked}/configmaps", {"limit": "1"}
    first = bench.admin.call("GET", path, query=query, headers={"Accept": METADATA_LIST})
    assert (len(first["items"]), bool(first["metadata"]["continue"])) == (1, True)


def test_pages(bench: Bench, namespace: str) -> None:
    for number in range(5):
        bench.admin.create(config_map(f"item-{number}", namespace, {}))
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    everything = [each["metadata"]["name"] for each in bench.admin.call("GET", path)["items"]]
    first = bench.admin.call("GET", path, query={"limit": "2"})
    assert len(first["items"]) == 2
    assert first["metadata"]["remainingItemCount"] == len(everything) - 2
    found, page = [each["metadata"]["name"] for each in first["items"]], first
    while page["metadata"].get("continue"):
        page = bench.admin.call("GET", path, query={"limit": "2", "continue": page["metadata"]["continue"]})
        found += [each["metadata"]["name"] for each in page["items"]]
        assert page["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    assert found == everything
    assert "remainingItemCount" not in page["metadata"]


def test_pages_of_a_selection_do_not_tell_what_remains(bench: Bench, stocked: str) -> None:
    path, query = f"/api/v1/namespaces/{stocked}/configmaps", {"limit": "1", "labelSelector": "set=case"}
    first = bench.admin.call("GET", path, query=query)
    assert first["metadata"]["continue"]
    assert "remainingItemCount" not in first["metadata"]
    assert names(bench, stocked, **query) == ["a", "b", "c"]


def test_pages_show_the_moment_of_the_first(bench: Bench, namespace: str) -> None:
    for name in ("a", "b"):
        bench.admin.create(config_map(name, namespace, {}, labels={"set": "case"}))
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    query = {"limit": "1", "labelSelector": "set=case"}
    first = bench.admin.call("GET", path, query=query)
    bench.admin.create(config_map("aa", namespace, {}, labels={"set": "case"}))
    bench.admin.delete("configmaps", "b", namespace)
    token = first["metadata"]["continue"]
    second = bench.admin.call("GET", path, query={**query, "continue": token})
    assert [each["metadata"]["name"] for each in second["items"]] == ["b"]


def test_a_token_that_never_was_one_is_refused(bench: Bench, stocked: str) -> None:
    query = {"limit": "1", "continue": "bogus"}
    with refused(400, "BadRequest") as caught:
        bench.admin.call("GET", f"/api/v1/namespaces/{stocked}/configmaps", query=query)
    assert "continue" in caught[0].message
