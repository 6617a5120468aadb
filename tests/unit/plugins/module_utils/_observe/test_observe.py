# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.cluster import KubernetesConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_access import KubernetesAccess
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe import (
    key_pair,
    kubernetes_reads,
    node_events,
    observe,
    service_backends,
    workloads,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.karpenter import GROUP
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    AwsNode,
    CniNode,
    KarpenterNodeClass,
    NodeGroup,
    Observation,
    Placement,
    RoleUser,
    RoleUsers,
    Unknown,
)

POLICY = {"metadata": {"namespace": "a", "name": "p"}, "spec": {"podSelector": {}}}
POD = {"metadata": {"namespace": "a", "name": "pod"}, "spec": {"nodeSelector": {"kubernetes.io/os": "windows"}}}

Look = Callable[..., Observation]


def node(name: str, *, ready: bool = True, system: str = "linux", compute_type: str = "") -> dict[str, Any]:
    return {
        "metadata": {"name": name, "labels": {"eks.amazonaws.com/compute-type": compute_type}},
        "status": {
            "nodeInfo": {"operatingSystem": system},
            "conditions": [{"type": "Ready", "status": "True" if ready else "Unknown"}],
        },
    }


@pytest.fixture
def look(aws, kubernetes, monkeypatch: pytest.MonkeyPatch) -> Look:
    """Observes a cluster by the fakes."""
    aws.client = lambda service: None
    aws.answers = {
        "describe_cluster": {"cluster": {"name": "production", "roleArn": "role"}},
        "list_fargate_profiles": [],
    }
    kubernetes.close = lambda: None
    tokens: list[str] = []
    aws.eks_token = lambda identifier, role_arn: tokens.append(identifier)
    aws.tokens = tokens

    def access(options: Any, cluster: Any, token: Callable[[], Any]) -> KubernetesAccess:
        token()
        return KubernetesAccess(KubernetesConnection("https://cluster", "", True), kubernetes)

    monkeypatch.setattr(observe, "access", access)
    return lambda **options: observe.observe(aws, {"cluster_name": "production", **options})


@pytest.mark.parametrize(
    ("nodes", "asked"),
    [
        ([node("a"), node("b")], False),
        ([node("a"), node("b", ready=False)], True),
        ([node("a"), node("b", system="windows")], True),
        ([node("a"), node("b", compute_type="fargate")], True),
        ([node("a"), node("b", compute_type="auto")], False),
        ([], True),
    ],
)
def test_fargate_profiles_are_read_unless_enough_linux_nodes_are_ready(
    aws, kubernetes, look: Look, nodes: list[dict[str, Any]], asked: bool
) -> None:
    kubernetes.answers[kubernetes_reads.NODES] = nodes
    observation = look()
    assert ("eks:list_fargate_profiles" in aws.asked) is asked
    assert ("fargate_profiles" in observation.examined) is asked


def test_what_hangs_on_nodes_is_unknown_where_they_are(kubernetes, look: Look) -> None:
    kubernetes.answers = {kubernetes_reads.NODES: 403, "/api/v1/pods": [POD]}
    observation = look()
    assert isinstance(observation.nodes, Unknown)
    for part in ("windows_pods", "service_backends", "node_events", "fargate_profiles"):
        assert getattr(observation, part) is observation.nodes
    assert not {"pods", "windows_pods", "endpoint_slices", "events", "fargate_profiles"} & set(observation.examined)


def test_windows_pods_are_seen_where_nodes_are(kubernetes, look: Look) -> None:
    kubernetes.answers = {kubernetes_reads.NODES: [], "/api/v1/pods": [POD, {"metadata": {"name": "other"}}]}
    assert (look().examined["windows_pods"], look().examined["pods"]) == (1, 2)


@pytest.mark.parametrize("asked", [True, False])
def test_fargate_profiles_matter_to_windows_pods(aws, kubernetes, look: Look, asked: bool) -> None:
    kubernetes.answers = {kubernetes_reads.NODES: [node("a"), node("b")], "/api/v1/pods": [POD] if asked else []}
    observation = look()
    assert ("eks:list_fargate_profiles" in aws.asked) is asked
    assert ("fargate_profiles" in observation.examined) is asked


@pytest.mark.parametrize(("system", "asked"), [("windows", True), ("linux", False)])
def test_slices_and_events_are_read_where_there_is_a_windows_node(
    kubernetes, look: Look, system: str, asked: bool
) -> None:
    slices = {"metadata": {"namespace": "a", "labels": {"kubernetes.io/service-name": "s"}}}
    kubernetes.answers = {
        kubernetes_reads.NODES: [node("a", system=system)],
        service_backends.ENDPOINT_SLICES: [slices],
        node_events.EVENTS: [{"reason": "Unsupported", "involvedObject": {"kind": "Node", "name": "a"}}],
    }
    observation = look()
    paths = {service_backends.ENDPOINT_SLICES, node_events.EVENTS}
    assert bool(paths & {path for path, *_rest in kubernetes.asked}) is asked
    assert (observation.examined.get("endpoint_slices"), observation.examined.get("events")) == (
        (1, 1) if asked else (None, None)
    )
    assert (len(observation.service_backends), len(observation.node_events)) == ((1, 1) if asked else (0, 0))  # type: ignore[arg-type]


def test_workloads_by_kind_and_aws_node_of_one_list(kubernetes, look: Look) -> None:
    named = [{"metadata": {"namespace": "kube-system", "name": name}} for name in ("aws-node", "kube-proxy")]
    kubernetes.answers = {
        workloads.DAEMON_SETS: named,
        workloads.DEPLOYMENTS: named[:1],
        workloads.STATEFUL_SETS: 403,
    }
    observation = look()
    assert len(observation.workloads.daemon_sets) == 2  # type: ignore[arg-type]
    assert isinstance(observation.aws_node, AwsNode)
    assert len(observation.workloads.deployments) == 1  # type: ignore[arg-type]
    assert isinstance(observation.workloads.stateful_sets, Unknown)
    assert (observation.examined["daemon_sets"], observation.examined["deployments"]) == (2, 1)
    assert "stateful_sets" not in observation.examined
    kubernetes.answers[workloads.DAEMON_SETS] = 403
    assert look().aws_node is not None
    assert isinstance(look().aws_node, Unknown)


WINDOWS_ALONE = {"key": "kubernetes.io/os", "operator": "In", "values": ["windows"]}


def required(term: dict[str, Any]) -> dict[str, Any]:
    """A spec with required node affinity of one term."""
    terms = {"nodeSelectorTerms": [term]}
    return {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}}


@pytest.mark.parametrize(
    ("template", "asks"),
    [(required({"matchExpressions": [WINDOWS_ALONE]}), True), ({}, False), (403, True)],
)
def test_a_daemon_set_s_pod_asks_for_windows_by_its_template(kubernetes, look: Look, template: Any, asks: bool) -> None:
    to_node = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["w"]}]}
    owner = {"kind": "DaemonSet", "name": "logs", "controller": True}
    pod = {
        "metadata": {"namespace": "a", "name": "logs-x7k2p", "ownerReferences": [owner]},
        "spec": {"nodeName": "w", **required(to_node)},
    }
    daemon_set = {"metadata": {"namespace": "a", "name": "logs"}, "spec": {"template": {"spec": template}}}
    kubernetes.answers = {
        kubernetes_reads.NODES: [node("w", system="windows")],
        "/api/v1/pods": [pod],
        workloads.DAEMON_SETS: template if template == 403 else [daemon_set],
    }
    (found,) = look().windows_pods  # type: ignore[misc]
    assert found.asks_for_windows is asks


CLASS = {"metadata": {"name": "windows-2022"}, "scheduling": {"nodeSelector": {"kubernetes.io/os": "windows"}}}


@pytest.mark.parametrize("path", [workloads.DEPLOYMENTS, workloads.DAEMON_SETS, workloads.STATEFUL_SETS])
def test_runtime_classes_are_read_where_a_workload_names_one(kubernetes, look: Look, path: str) -> None:
    named = {"metadata": {"name": "iis"}, "spec": {"template": {"spec": {"runtimeClassName": "windows-2022"}}}}
    kubernetes.answers = {
        **{kind: [] for kind in (workloads.DEPLOYMENTS, workloads.DAEMON_SETS, workloads.STATEFUL_SETS)},
        path: [named],
        workloads.RUNTIME_CLASSES: [CLASS],
    }
    observation = look()
    parts = (
        observation.workloads.deployments,
        observation.workloads.daemon_sets,
        observation.workloads.stateful_sets,
    )
    (found,) = (each for part in parts for each in part)  # type: ignore[union-attr]
    assert (found.runtime_class, found.placement) == ("windows-2022", Placement({"kubernetes.io/os": "windows"}))
    assert observation.examined["runtime_classes"] == 1
    assert [each[0] for each in kubernetes.asked].count(workloads.RUNTIME_CLASSES) == 1
    kubernetes.answers[workloads.RUNTIME_CLASSES] = 403
    refused = look()
    assert isinstance(refused.workloads.runtime_classes, Unknown)
    assert refused.workloads.runtime_classes.source == f"GET {workloads.RUNTIME_CLASSES}"
    assert "runtime_classes" not in refused.examined
    kubernetes.asked.clear()
    kubernetes.answers[path] = [{"metadata": {"name": "plain"}}]
    assert look().workloads.runtime_classes == {}
    assert workloads.RUNTIME_CLASSES not in {each[0] for each in kubernetes.asked}


@pytest.mark.parametrize(
    ("description", "identifier"),
    [
        ({"name": "production"}, "production"),
        ({}, "production"),
        ({"name": "production", "id": "0a1b", "outpostConfig": {"outpostArns": ["o"]}}, "0a1b"),
    ],
)
def test_the_token_is_made_for(aws, look: Look, description: dict[str, Any], identifier: str) -> None:
    aws.answers["describe_cluster"] = {"cluster": description}
    look()
    assert aws.tokens == [identifier]


SCHEMA = '{"properties": {"enableWindowsIpam": {"type": "string"}}}'
CONTROLLER = "AmazonEKSVPCResourceController"
PARTS = ("vpc_cni_schema", "node_groups", "karpenter_node_classes", "cni_nodes", "role_users")


def with_addon(aws) -> None:
    aws.answers["describe_addon"] = {"addon": {"addonVersion": "v1.19.0-eksbuild.1"}}
    aws.answers["describe_addon_configuration"] = {"configurationSchema": SCHEMA}


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ({"goal": "enable"}, True),
        ({"goal": "enable", "ipam_owner": "auto"}, True),
        ({"goal": "enable", "ipam_owner": "addon"}, True),
        ({"goal": "enable", "ipam_owner": "config_map"}, False),
        ({"goal": "disable"}, False),
        ({"goal": "none"}, False),
        ({}, False),
    ],
)
def test_the_add_on_s_schema_is_read_where_enable_may_configure_it(
    aws, look: Look, options: dict[str, Any], asked: bool
) -> None:
    with_addon(aws)
    observation = look(**options)
    assert aws.asked.count("eks:describe_addon_configuration") == int(asked)
    expected = {"properties": {"enableWindowsIpam": {"type": "string"}}} if asked else None
    assert observation.vpc_cni_schema == expected


@pytest.mark.parametrize(
    ("configuration", "options", "asked"),
    [
        ('{"enableWindowsIpam": "true"}', {}, True),
        ("enableWindowsIpam: true", {}, True),
        ('{"enableWindows\\u0049pam": "true"}', {}, True),
        ('{"enableWindowsIpam": "true"}', {"ipam_owner": "config_map"}, False),
        ('{"env": {"A": "b"}}', {}, False),
        ("", {}, False),
    ],
)
def test_the_schema_is_read_where_disable_may_configure_the_add_on(
    aws, look: Look, configuration: str, options: dict[str, Any], asked: bool
) -> None:
    with_addon(aws)
    aws.answers["describe_addon"]["addon"]["configurationValues"] = configuration
    assert (look(goal="disable", **options).vpc_cni_schema is not None) is asked
    assert aws.asked.count("eks:describe_addon_configuration") == int(asked)


def test_no_schema_without_a_managed_add_on(aws, look: Look) -> None:
    aws.answers["describe_addon"] = aws.refusal("ResourceNotFoundException")
    assert look(goal="enable").vpc_cni_schema is None
    assert "eks:describe_addon_configuration" not in aws.asked


def test_no_schema_where_the_add_on_is_unknown(aws, look: Look) -> None:
    observation = look(goal="enable")
    assert isinstance(observation.vpc_cni, Unknown)
    assert observation.vpc_cni_schema is observation.vpc_cni
    assert "eks:describe_addon_configuration" not in aws.asked


@pytest.mark.parametrize("answer", [None, {"configurationSchema": "[]"}])
def test_a_schema_that_can_t_be_read_names_its_call(aws, look: Look, answer: dict[str, Any] | None) -> None:
    with_addon(aws)
    aws.answers["describe_addon_configuration"] = answer or aws.refusal("AccessDenied", "DescribeAddonConfiguration")
    schema = look(goal="enable").vpc_cni_schema
    assert isinstance(schema, Unknown)
    assert schema.source == "eks:DescribeAddonConfiguration"
    assert schema.remedy == (
        "Look at aws eks describe-addon-configuration --addon-name vpc-cni --addon-version v1.19.0-eksbuild.1"
        if answer
        else "Give the caller eks:DescribeAddonConfiguration"
    )


@pytest.fixture
def in_use(aws, kubernetes, look: Look) -> Look:
    """Observes, for goal disable, a cluster that has one of everything."""
    role = "arn:aws:iam::111122223333:role/cluster"
    description = {"arn": "arn:aws:eks:eu-central-1:111122223333:cluster/production", "roleArn": role}
    aws.answers.update(
        {
            "describe_cluster": {"cluster": {"name": "production", **description}},
            "describe_addon": aws.refusal("ResourceNotFoundException"),
            "describe_cluster_versions": [],
            "list_attached_role_policies": [
                {"PolicyName": name, "PolicyArn": f"arn:aws:iam::aws:policy/{name}"}
                for name in (CONTROLLER, "AmazonEKSClusterPolicy")
            ],
            "list_nodegroups": ["w"],
            "describe_nodegroup": {"nodegroup": {"status": "ACTIVE", "amiType": "WINDOWS_FULL_2022_x86_64"}},
            "describe_regions": {"Regions": [{"RegionName": "eu-central-1"}, {"RegionName": "eu-west-1"}]},
            "list_clusters": ["production"],
        }
    )
    kubernetes.answers = {
        kubernetes_reads.NODES: [node("w", system="windows"), node("a"), node("b")],
        kubernetes_reads.WEBHOOK_CONFIGURATIONS: [],
        kubernetes_reads.CNI_NODES: [{"metadata": {"name": "a"}, "spec": {"features": [{"name": "F"}]}}],
        "/apis/apps/v1/deployments": [],
        "/api/v1/services": [],
        "/api/v1/secrets": [],
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings": [],
        GROUP: {"preferredVersion": {"version": "v1"}},
        f"{GROUP}/v1/ec2nodeclasses": [{"metadata": {"name": "c"}, "spec": {"amiFamily": "Windows2022"}}],
        "/api/v1/pods": [POD],
        workloads.DAEMON_SETS: [],
        workloads.STATEFUL_SETS: [],
        service_backends.ENDPOINT_SLICES: [],
        node_events.EVENTS: [],
    }
    return lambda **options: look(goal="disable", **options)


def unknown(observation: Observation) -> dict[str, Unknown]:
    parts = {name: getattr(observation, name) for name in (*PARTS, "windows_pods", "nodes", "security_group_policies")}
    return {name: part for name, part in parts.items() if isinstance(part, Unknown)}


def test_what_disable_looks_at(in_use: Look) -> None:
    observation = in_use()
    assert unknown(observation) == {}
    assert observation.node_groups == (NodeGroup("w", "ACTIVE", "WINDOWS_FULL_2022_x86_64", 0),)
    assert observation.karpenter_node_classes == (KarpenterNodeClass("c", "Windows2022", ()),)
    assert observation.cni_nodes == (CniNode("a", ("F",)),)
    assert observation.role_users == RoleUsers((RoleUser("eu-west-1", "production"),), ("eu-central-1", "eu-west-1"))
    assert [pod.name for pod in observation.windows_pods] == ["pod"]  # type: ignore[union-attr]
    assert observation.examined == {
        "clusters": 1,
        "cni_nodes": 1,
        "daemon_sets": 0,
        "deployments": 0,
        "endpoint_slices": 0,
        "events": 0,
        "fargate_profiles": 0,
        "karpenter_node_classes": 1,
        "mutating_webhook_configurations": 0,
        "node_groups": 1,
        "nodes": 3,
        "pods": 1,
        "regions": 2,
        "security_group_policies": 0,
        "services": 0,
        "stateful_sets": 0,
        "windows_pods": 1,
    }


@pytest.mark.parametrize(
    ("goal", "asked"), [("enable", ["node_groups"]), ("legacy_install", ["node_groups"]), ("none", []), (None, [])]
)
def test_other_goals_ask_for_none_of_it_but_node_groups(
    aws, kubernetes, in_use: Look, look: Look, goal: str | None, asked: list[str]
) -> None:
    kubernetes.answers[kubernetes_reads.NODES] = [node("a"), node("b")]
    observation = look(goal=goal)
    assert [name for name in PARTS if getattr(observation, name) is not None] == asked
    assert ("node_groups" in observation.examined, "eks:list_nodegroups" in aws.asked) == (bool(asked), bool(asked))
    assert not {"clusters", "regions"} & set(observation.examined)
    assert "ec2:describe_regions" not in aws.asked
    assert not {GROUP, kubernetes_reads.CNI_NODES} & {path for path, *_rest in kubernetes.asked}


@pytest.mark.parametrize(
    ("operation", "call", "part"),
    [
        ("list_nodegroups", "ListNodegroups", "node_groups"),
        ("describe_nodegroup", "DescribeNodegroup", "node_groups"),
        ("describe_regions", "DescribeRegions", "role_users"),
    ],
)
def test_one_call_of_aws_that_is_denied_hides_no_other(aws, in_use: Look, operation: str, call: str, part: str) -> None:
    aws.answers[operation] = aws.refusal("AccessDenied", call)
    found = unknown(in_use())
    assert set(found) == {part}
    service = "ec2" if call == "DescribeRegions" else "eks"
    assert (found[part].source, found[part].remedy) == (f"{service}:{call}", f"Give the caller {service}:{call}")


@pytest.mark.parametrize(
    ("path", "part"),
    [
        (GROUP, "karpenter_node_classes"),
        (f"{GROUP}/v1/ec2nodeclasses", "karpenter_node_classes"),
        (kubernetes_reads.CNI_NODES, "cni_nodes"),
        ("/api/v1/pods", "windows_pods"),
        (kubernetes_reads.SECURITY_GROUP_POLICIES, "security_group_policies"),
    ],
)
def test_one_kind_that_is_forbidden_hides_no_other(kubernetes, in_use: Look, path: str, part: str) -> None:
    kubernetes.answers[path] = 403
    observation = in_use()
    assert set(unknown(observation)) == {part}
    assert unknown(observation)[part].source == f"GET {path}"
    assert part not in observation.examined


def test_disable_does_not_guess_pods_where_nodes_are_unknown(kubernetes, in_use: Look) -> None:
    kubernetes.answers[kubernetes_reads.NODES] = 403
    observation = in_use()
    assert observation.windows_pods is observation.nodes
    assert "windows_pods" not in observation.examined


def test_nobody_is_searched_for_where_there_is_no_policy_to_detach(aws, in_use: Look) -> None:
    aws.answers["list_attached_role_policies"] = []
    observation = in_use()
    assert observation.role_users is None
    assert "ec2:describe_regions" not in aws.asked
    assert "clusters" not in observation.examined


@pytest.mark.parametrize(("cluster_policy", "searched"), [("manage", True), ("verify", False), ("ignore", False)])
def test_nobody_is_searched_for_where_the_policy_is_left_alone(
    aws, in_use: Look, cluster_policy: str, searched: bool
) -> None:
    observation = in_use(cluster_policy=cluster_policy)
    assert (observation.role_users is not None) is searched
    assert ("ec2:describe_regions" in aws.asked) is searched


def test_who_uses_a_role_that_can_t_be_read_is_unknown(aws, in_use: Look) -> None:
    aws.answers["list_attached_role_policies"] = aws.refusal("AccessDenied", "ListAttachedRolePolicies")
    observation = in_use()
    assert isinstance(observation.cluster_role, Unknown)
    assert observation.role_users is observation.cluster_role
    assert "ec2:describe_regions" not in aws.asked


def test_disable_where_the_cluster_may_not_be_described(aws, in_use: Look) -> None:
    aws.answers["describe_cluster"] = aws.refusal("AccessDenied", "DescribeCluster")
    observation = in_use()
    assert observation.role_users is observation.cluster
    assert observation.node_groups == (NodeGroup("w", "ACTIVE", "WINDOWS_FULL_2022_x86_64", 0),)


LEGACY = "vpc-admission-webhook"
WEBHOOK_PATH = f"/apis/apps/v1/namespaces/kube-system/deployments/{LEGACY}"
SECRET_PATH = f"/api/v1/namespaces/kube-system/secrets/{LEGACY}-certs"
SERVICE_PATH = f"/api/v1/namespaces/kube-system/services/{LEGACY}"


@pytest.fixture
def with_legacy(kubernetes, look: Look) -> Look:
    """Observes a cluster on which eksctl's webhook is left."""
    place = {"namespace": "kube-system"}
    service = {**place, "name": LEGACY, "path": "/mutate"}
    mount = [{"name": "v", "secret": {"secretName": f"{LEGACY}-certs"}}]
    deployment = {
        "metadata": {**place, "name": LEGACY},
        "spec": {"template": {"metadata": {"labels": {"app": LEGACY}}, "spec": {"volumes": mount}}},
    }
    secret = {"metadata": {**place, "name": f"{LEGACY}-certs"}, "data": {"cert.pem": "", "key.pem": ""}}
    kubernetes.answers = {
        kubernetes_reads.NODES: [node("a"), node("b")],
        kubernetes_reads.WEBHOOK_CONFIGURATIONS: [
            {
                "metadata": {"name": f"{LEGACY}-cfg"},
                "webhooks": [{"name": "w", "clientConfig": {"service": service}, "failurePolicy": "Ignore"}],
            }
        ],
        "/apis/apps/v1/deployments": [deployment],
        "/apis/apps/v1/namespaces/kube-system/deployments": [deployment],
        WEBHOOK_PATH: deployment,
        SERVICE_PATH: {"metadata": {**place, "name": LEGACY}, "spec": {"selector": {"app": LEGACY}}},
        SECRET_PATH: secret,
        "/api/v1/namespaces/kube-system/secrets": [],
        "/api/v1/namespaces/kube-system/pods": [],
        "/api/v1/services": [{"metadata": {**place, "name": LEGACY}}],
        "/api/v1/secrets": [secret],
        "/api/v1/pods": [],
        "/api/v1/serviceaccounts": [],
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings": [],
        "/apis/rbac.authorization.k8s.io/v1/clusterroles": [],
        "/apis/certificates.k8s.io/v1beta1/certificatesigningrequests": [],
    }
    return look


@pytest.mark.parametrize("goal", ["none", "enable", "legacy_remove", "migrate", "legacy_install", "cert_renew"])
def test_what_is_asked_where_legacy_support_is_left(kubernetes, with_legacy: Look, goal: str) -> None:
    account = {"name": "vpc-resource-controller", "namespace": "kube-system"}
    kubernetes.answers["/api/v1/serviceaccounts"] = [
        {"metadata": {**account, "annotations": {"eks.amazonaws.com/role-arn": "arn:of:the:role"}}}
    ]
    observation = with_legacy(goal=goal)
    (chain,) = observation.legacy_webhooks  # type: ignore[misc,union-attr]
    assert (str(chain.deployment), str(chain.secret)) == (
        f"Deployment kube-system/{LEGACY}",
        f"Secret kube-system/{LEGACY}-certs",
    )
    references = observation.legacy.references
    assert [str(each.ref) for each in references.deployments] == [str(chain.deployment)]  # type: ignore[union-attr]
    assert observation.legacy.certificates_api == "certificates.k8s.io/v1beta1"
    assert [*observation.legacy.account_roles.values()] == ["arn:of:the:role"]
    assert (observation.webhook_pods is not None) is (goal == "cert_renew")
    asked = [path for path, *_rest in kubernetes.asked]
    # The Secret is listed by its name, with the Helm chart's, and with the backup of a renewal. A removal lists the
    # backups of either, too.
    again = {"cert_renew": 2, "legacy_remove": 3, "migrate": 3}
    assert len(asked) - len(set(asked)) == again.get(goal, 1)


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("windows-vpc-admission-webhook-tls", {}),
        (f"{LEGACY}-certs-backup", {"eks-windows.cloudops/backup-of": f"{LEGACY}-certs"}),
    ],
)
@pytest.mark.parametrize("goal", ["none", "cert_renew", "legacy_remove", "migrate"])
def test_a_secret_that_is_left_alone_is_a_trace_where_it_is_to_go(
    kubernetes, with_legacy: Look, name: str, labels: dict[str, str], goal: str
) -> None:
    for path in (kubernetes_reads.WEBHOOK_CONFIGURATIONS, "/apis/apps/v1/deployments", "/api/v1/services"):
        kubernetes.answers[path] = []
    kubernetes.answers["/api/v1/secrets"] = [{"metadata": {"namespace": "kube-system", "name": name, "labels": labels}}]
    legacy = with_legacy(goal=goal).legacy
    removes = goal in ("legacy_remove", "migrate")
    assert [str(each) for each in legacy.secrets] == [f"Secret kube-system/{name}"] * removes  # type: ignore[union-attr]
    assert (legacy.references is not None) is removes


def test_what_others_entries_of_a_legacy_configuration_call_is_not_looked_at(kubernetes, with_legacy: Look) -> None:
    (configuration,) = kubernetes.answers[kubernetes_reads.WEBHOOK_CONFIGURATIONS]
    theirs = {"name": "theirs", "clientConfig": {"service": {"namespace": "shop", "name": "shop", "path": "/"}}}
    configuration["webhooks"].append(theirs)
    (chain,) = with_legacy(goal="cert_renew").legacy_webhooks  # type: ignore[misc,union-attr]
    assert chain.webhook == "w"
    assert not [path for path, *_rest in kubernetes.asked if "/namespaces/shop/" in path]


def test_nothing_more_is_asked_where_nothing_is_left(kubernetes, with_legacy: Look) -> None:
    for path in (kubernetes_reads.WEBHOOK_CONFIGURATIONS, "/apis/apps/v1/deployments", "/api/v1/services"):
        kubernetes.answers[path] = []
    kubernetes.answers["/api/v1/secrets"] = []
    observation = with_legacy(goal="cert_renew")
    assert (observation.legacy_webhooks, observation.webhook_pods, observation.legacy.references) == (None, None, None)
    assert "/api/v1/serviceaccounts" not in [path for path, *_rest in kubernetes.asked]


@pytest.mark.parametrize(
    ("goal", "selector", "asked"),
    [
        ("cert_renew", None, False),
        ("cert_renew", {}, False),
        ("cert_renew", {"matchLabels": {"windows": "yes"}}, True),
        ("cert_renew", {"matchExpressions": [{"key": "windows", "operator": "Exists"}]}, True),
        ("none", {"matchLabels": {"windows": "yes"}}, False),
    ],
)
def test_namespaces_matter_where_the_webhook_that_is_renewed_selects_by_them(
    kubernetes, with_legacy: Look, goal: str, selector: Any, asked: bool
) -> None:
    (configuration,) = kubernetes.answers[kubernetes_reads.WEBHOOK_CONFIGURATIONS]
    configuration["webhooks"][0]["namespaceSelector"] = selector
    kubernetes.answers[kubernetes_reads.NAMESPACES] = [{"metadata": {"name": "a", "labels": {"windows": "yes"}}}]
    assert with_legacy(goal=goal).namespaces == ({"a": {"windows": "yes"}} if asked else None)
    assert [path for path, *_rest in kubernetes.asked].count(kubernetes_reads.NAMESPACES) == (1 if asked else 0)


@pytest.mark.parametrize(
    ("goal", "labels"), [("cert_renew", True), ("migrate", False), ("none", False), ("enable", False)]
)
def test_the_probe_of_a_renewal_has_the_label_that_old_webhooks_know(
    kubernetes, with_legacy: Look, goal: str, labels: bool
) -> None:
    with_legacy(goal=goal, probe=True)
    ((_path, pod),) = kubernetes.created
    assert ("beta.kubernetes.io/os" in pod["spec"]["nodeSelector"]) is labels


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        (SECRET_PATH, {"legacy_webhooks", "references", "webhook_pods"}),
        (WEBHOOK_PATH, {"references", "webhook_pods"}),
        ("/api/v1/namespaces/kube-system/pods", {"webhook_pods"}),
        ("/api/v1/serviceaccounts", {"details", "references", "webhook_pods"}),
    ],
)
def test_what_may_not_be_read_of_legacy_support_is_unknown(
    kubernetes, with_legacy: Look, path: str, parts: set[str]
) -> None:
    kubernetes.answers[path] = 403
    observation = with_legacy(goal="cert_renew")
    seen = {
        "legacy_webhooks": observation.legacy_webhooks,
        "webhook_pods": observation.webhook_pods,
        "details": observation.legacy.details,
        "references": observation.legacy.references,
    }
    unknown_parts = {name: part for name, part in seen.items() if isinstance(part, Unknown)}
    assert set(unknown_parts) == parts
    assert {part.source for part in unknown_parts.values()} == {f"GET {path}"}


def test_whose_certificate_it_is_is_unknown_without_cryptography(
    kubernetes, with_legacy: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n"
    for path in (kubernetes_reads.WEBHOOK_CONFIGURATIONS, "/apis/apps/v1/deployments"):
        kubernetes.answers[path] = []
    kubernetes.answers[SECRET_PATH]["data"] = {"cert.pem": base64.b64encode(pem.encode()).decode()}
    assert not isinstance(with_legacy().legacy.references, Unknown)
    monkeypatch.setattr(key_pair, "HAS_CRYPTOGRAPHY", False)
    references = with_legacy().legacy.references
    assert isinstance(references, Unknown)
    assert (references.source, "cryptography" in references.remedy) == (f"Secret kube-system/{LEGACY}-certs", True)
    kubernetes.answers[SECRET_PATH]["data"] = {}
    assert not isinstance(with_legacy().legacy.references, Unknown)
