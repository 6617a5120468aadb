# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who asks, and what they may."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.bench import Bench, config_map, eventually, refused
from tests.testbed.kubernetes.admin import AdminClient, Answer
from tests.testbed.kubernetes.types import KubernetesRequest

CONFIG_MAPS = {"apiGroups": [""], "resources": ["configmaps"]}


def test_an_unknown_token_is_unauthorized(bench: Bench) -> None:
    client = AdminClient(bench.server.url, bench.server.ca_pem, bench.unique("nobody"))
    with refused(401, "Unauthorized") as caught:
        client.call("GET", "/version")
    assert caught[0].body == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": "Unauthorized",
        "reason": "Unauthorized",
        "code": 401,
    }


def test_without_credentials_one_is_anonymous(bench: Bench) -> None:
    client = AdminClient(bench.server.url, bench.server.ca_pem)
    assert client.request("GET", "/version").status == 200
    with refused(403, "Forbidden") as caught:
        client.call("GET", "/apis")
    assert caught[0].message == 'forbidden: User "system:anonymous" cannot get path "/apis"'


def test_every_user_may_discover(bench: Bench) -> None:
    client = bench.client(bench.new_user())
    assert client.call("GET", "/apis")["kind"] == "APIGroupList"
    assert client.call("GET", "/version")["major"] == "1"


def test_a_client_certificate_names_its_user(bench: Bench, tmp_path: Path) -> None:
    user = bench.unique("user")
    pair = bench.server.client_certificate(user, ("people",))
    (tmp_path / "crt").write_text(pair.certificate)
    (tmp_path / "key").write_text(pair.key)
    client = AdminClient(
        bench.server.url, bench.server.ca_pem, cert_file=str(tmp_path / "crt"), key_file=str(tmp_path / "key")
    )
    with refused(403) as caught:
        client.list("nodes")
    assert f'User "{user}"' in caught[0].message


@pytest.mark.parametrize(
    ("method", "path", "message"),
    [
        (
            "GET",
            "/api/v1/namespaces/kube-system/configmaps",
            (
                'configmaps is forbidden: User "{user}" cannot list resource "configmaps" in API group "" '
                'in the namespace "kube-system"'
            ),
        ),
        (
            "GET",
            "/api/v1/namespaces/kube-system/configmaps/amazon-vpc-cni",
            (
                'configmaps "amazon-vpc-cni" is forbidden: User "{user}" cannot get resource "configmaps" '
                'in API group "" in the namespace "kube-system"'
            ),
        ),
        (
            "GET",
            "/api/v1/nodes",
            'nodes is forbidden: User "{user}" cannot list resource "nodes" in API group "" at the cluster scope',
        ),
        (
            "GET",
            "/apis/apps/v1/deployments?fieldSelector=metadata.name%3Dx",
            (
                'deployments.apps "x" is forbidden: User "{user}" cannot list resource "deployments" '
                'in API group "apps" at the cluster scope'
            ),
        ),
        (
            "DELETE",
            "/apis/apps/v1/namespaces/default/deployments/x",
            (
                'deployments.apps "x" is forbidden: User "{user}" cannot delete resource "deployments" '
                'in API group "apps" in the namespace "default"'
            ),
        ),
        (
            "GET",
            "/api/v1/namespaces/default/pods/x/status",
            (
                'pods "x" is forbidden: User "{user}" cannot get resource "pods/status" in API group "" '
                'in the namespace "default"'
            ),
        ),
        (
            "GET",
            "/apis/nobody.example.com/v1/things",
            (
                'things.nobody.example.com is forbidden: User "{user}" cannot list resource "things" '
                'in API group "nobody.example.com" at the cluster scope'
            ),
        ),
        ("GET", "/nowhere", 'forbidden: User "{user}" cannot get path "/nowhere"'),
    ],
)
def test_what_is_not_allowed_is_refused_in_these_words(bench: Bench, method: str, path: str, message: str) -> None:
    user = bench.new_user()
    with refused(403, "Forbidden") as caught:
        bench.client(user).call(method, path)
    assert caught[0].message == message.format(user=user)


def test_a_namespaced_right_holds_there_alone(bench: Bench, namespace: str) -> None:
    user = bench.new_user()
    bench.allow(user, [{**CONFIG_MAPS, "verbs": ["list"]}], namespace)
    client = bench.client(user)
    eventually(lambda: client.request("GET", f"/api/v1/namespaces/{namespace}/configmaps").status == 200)
    for refused_to in ("list", "get"):
        with refused(403):
            if refused_to == "list":
                client.list("configmaps", "kube-system")
            else:
                client.get("configmaps", "kube-root-ca.crt", namespace)


def test_a_cluster_wide_right_holds_everywhere(bench: Bench, namespace: str) -> None:
    user = bench.new_user()
    bench.allow(user, [{**CONFIG_MAPS, "verbs": ["*"]}])
    client = bench.client(user)
    eventually(lambda: client.request("GET", "/api/v1/configmaps").status == 200)
    client.create(config_map("x", namespace, {}))
    assert client.get("configmaps", "x", namespace)["metadata"]["name"] == "x"


def test_a_cluster_role_bound_in_a_namespace_holds_there(bench: Bench, namespace: str) -> None:
    user, name, api = bench.new_user(), bench.unique("right"), "rbac.authorization.k8s.io"
    rules = [{**CONFIG_MAPS, "verbs": ["list"]}]
    bench.admin.create({"apiVersion": f"{api}/v1", "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules})
    bench.admin.create(
        {
            "apiVersion": f"{api}/v1",
            "kind": "RoleBinding",
            "metadata": {"name": name, "namespace": namespace},
            "roleRef": {"apiGroup": api, "kind": "ClusterRole", "name": name},
            "subjects": [{"kind": "User", "name": user}],
        }
    )
    client = bench.client(user)
    eventually(lambda: client.request("GET", f"/api/v1/namespaces/{namespace}/configmaps").status == 200)
    for elsewhere in ("", "kube-system"):
        with refused(403):
            client.list("configmaps", elsewhere)


def test_a_right_of_a_group_is_its_members(bench: Bench) -> None:
    group, name, api = bench.unique("group"), bench.unique("right"), "rbac.authorization.k8s.io"
    user = bench.new_user(group)
    rules = [{"apiGroups": [""], "resources": ["nodes"], "verbs": ["list"]}]
    bench.admin.create({"apiVersion": f"{api}/v1", "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules})
    bench.admin.create(
        {
            "apiVersion": f"{api}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": name},
            "roleRef": {"apiGroup": api, "kind": "ClusterRole", "name": name},
            "subjects": [{"kind": "Group", "name": group}],
        }
    )
    eventually(lambda: bench.client(user).request("GET", "/api/v1/nodes").status == 200)
    assert bench.client(bench.new_user()).request("GET", "/api/v1/nodes").status == 403


def test_a_right_by_name_counts_for_lists_of_that_name(bench: Bench, namespace: str) -> None:
    user = bench.new_user()
    bench.allow(user, [{**CONFIG_MAPS, "verbs": ["get", "list"], "resourceNames": ["chosen"]}], namespace)
    client, path = bench.client(user), f"/api/v1/namespaces/{namespace}/configmaps"
    bench.admin.create(config_map("chosen", namespace, {}))
    eventually(lambda: client.request("GET", f"{path}/chosen").status == 200)

    def asked(**query: str) -> Answer:
        return client.request("GET", path, query=query)

    assert len(asked(fieldSelector="metadata.name=chosen").body["items"]) == 1
    assert asked(fieldSelector="metadata.name=other").status == 403
    assert asked().status == 403
    assert client.request("GET", f"{path}/other").status == 403


def test_a_right_to_the_resource_is_none_to_its_subresource(bench: Bench, namespace: str) -> None:
    user = bench.new_user()
    bench.allow(user, [{"apiGroups": [""], "resources": ["pods"], "verbs": ["*"]}], namespace)
    client, path = bench.client(user), f"/api/v1/namespaces/{namespace}/pods"
    eventually(lambda: client.request("GET", path).status == 200)
    assert client.request("GET", f"{path}/x/status").status == 403


def test_impersonation_needs_the_right_to_it(bench: Bench) -> None:
    other = bench.new_user()
    headers = {"Impersonate-User": other, "Impersonate-Group": "people"}
    with refused(403) as caught:
        bench.client(bench.new_user()).call("GET", "/apis", headers=headers)
    assert f'users "{other}" is forbidden' in caught[0].message
    assert 'cannot impersonate resource "users" in API group "" at the cluster scope' in caught[0].message
    with refused(403) as caught:
        bench.admin.call("GET", "/api/v1/nodes", headers=headers)
    assert f'User "{other}" cannot list' in caught[0].message


def test_one_may_ask_what_one_may(bench: Bench, namespace: str) -> None:
    user = bench.new_user()
    bench.allow(user, [{**CONFIG_MAPS, "verbs": ["patch"]}], namespace)
    client = bench.client(user)

    def may(verb: str) -> bool:
        attributes = {"namespace": namespace, "verb": verb, "resource": "configmaps"}
        review = client.call(
            "POST",
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            {
                "apiVersion": "authorization.k8s.io/v1",
                "kind": "SelfSubjectAccessReview",
                "spec": {"resourceAttributes": attributes},
            },
        )
        return bool(review["status"]["allowed"])

    eventually(lambda: may("patch"))
    assert not may("delete")


def test_requests_from_outside_are_recorded(bench: Bench) -> None:
    user = bench.new_user()
    bench.server.forget_requests()
    client = bench.client(user)
    client.request("GET", "/api/v1/nodes", query={"limit": "5"})
    client.request("PATCH", "/api/v1/namespaces/default/configmaps/x", {}, {"dryRun": "All"})
    bench.admin.list("nodes")
    patched = "/api/v1/namespaces/default/configmaps/x"
    assert bench.server.requests() == [
        KubernetesRequest("list", "/api/v1/nodes", {"limit": "5"}, user, 403),
        KubernetesRequest("patch", patched, {"dryRun": "All"}, user, 403),
    ]
    assert [request.write for request in bench.server.requests()] == [False, False]
    bench.server.forget_requests()
    assert bench.server.requests() == []
