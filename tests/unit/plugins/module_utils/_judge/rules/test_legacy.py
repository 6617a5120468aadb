# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.render import as_result
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    LegacyObjects,
    LegacyReferences,
    ObjectRef,
    Observation,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import (
    CONTROL_PLANE_GOALS,
    Failure,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    CONTROL_PLANE_WEBHOOK,
    CONTROLLER,
    DENIED,
    EKSCTL_CONFIGURATION,
    EKSCTL_SERVICE,
    EKSCTL_WEBHOOK,
    KUBE_PROXY_BINDING,
    LEGACY_SECRET,
    cluster,
    config_map,
    finding,
    findings,
    legacy,
    legacy_cluster,
    node,
    node_group,
    observed,
    options,
    ready,
    with_legacy,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.serving import serving

FAILURES = {
    "legacy.components": Failure(
        observed(legacy=legacy(deployments=(ObjectRef("Deployment", "kube-system", "vpc-admission-webhook"),))),
        "warning",
        ("enable",),
    ),
    "legacy.controller_blocks": Failure(
        observed(legacy=legacy(deployments=(ObjectRef("Deployment", "kube-system", "vpc-resource-controller"),))),
        "error",
        CONTROL_PLANE_GOALS,
        stops_pods=True,
    ),
    "legacy.rollout": Failure(
        legacy_cluster(legacy=legacy(deployments=(CONTROLLER,))), "error", ("legacy_install",), stops_pods=True
    ),
    "legacy.role_binding": Failure(legacy_cluster(), "error", ("legacy_install",), stops_pods=True),
    "legacy.second_controller": Failure(
        observed(legacy=legacy(deployments=(ObjectRef("Deployment", "x", "windows-vpc-resource-controller"),))),
        "error",
        CONTROL_PLANE_GOALS,
        stops_pods=True,
    ),
}

REMOVAL = ("legacy_remove", "migrate")
EACH = ("enable", *REMOVAL)


@pytest.mark.parametrize(
    ("parts", "configurations", "status", "blocks"),
    [
        ({}, (), "pass", EACH),
        ({"cluster_role_bindings": (KUBE_PROXY_BINDING,)}, (), "pass", EACH),
        ({"deployments": (CONTROLLER,)}, (), "fail", ("enable",)),
        ({"deployments": (EKSCTL_WEBHOOK,)}, (), "fail", ("enable",)),
        ({}, (EKSCTL_CONFIGURATION,), "fail", ("enable",)),
        ({"secrets": (LEGACY_SECRET,)}, (), "fail", ()),
        ({"services": (EKSCTL_SERVICE,)}, (), "fail", ()),
        ({"cluster_role_bindings": (ObjectRef("ClusterRoleBinding", "", "vpc-resource-controller"),)}, (), "fail", ()),
        ({"details": (ObjectRef("CertificateSigningRequest", "", "vpc-admission-webhook.x"),)}, (), "fail", ()),
        ({"secrets": DENIED}, (), "unknown", REMOVAL),
        ({"details": DENIED}, (), "unknown", REMOVAL),
        ({"deployments": DENIED}, (), "unknown", EACH),
        ({}, DENIED, "unknown", EACH),
        ({"secrets": (LEGACY_SECRET,), "deployments": DENIED}, (), "fail", EACH),
        ({"deployments": (CONTROLLER,), "secrets": DENIED}, (), "fail", EACH),
        ({"services": (EKSCTL_SERVICE,), "secrets": DENIED}, (), "fail", REMOVAL),
    ],
)
def test_components(parts: Any, configurations: Any, status: str, blocks: tuple[str, ...]) -> None:
    seen = configurations if configurations is DENIED else (CONTROL_PLANE_WEBHOOK, *configurations)
    found = finding("legacy.components", observed(legacy=legacy(**parts), webhook_configurations=seen))
    assert (found.status, found.severity, found.blocks) == (status, "warning", blocks)


def test_components_are_all_listed_with_what_could_not_be_read() -> None:
    parts = legacy(
        deployments=(CONTROLLER, EKSCTL_WEBHOOK),
        services=(EKSCTL_SERVICE,),
        secrets=DENIED,
        cluster_role_bindings=(KUBE_PROXY_BINDING,),
    )
    found = finding("legacy.components", observed(legacy=parts, webhook_configurations=(EKSCTL_CONFIGURATION,)))
    assert [item.object for item in found.evidence] == [
        "Deployment kube-system/vpc-resource-controller",
        "Deployment kube-system/vpc-admission-webhook",
        "MutatingWebhookConfiguration vpc-admission-webhook-cfg",
        "Service kube-system/vpc-admission-webhook",
        "GET /api/v1/something",
    ]
    assert "4 objects of legacy support (eksctl) left" in found.summary
    assert "GET /api/v1/something could not be read" in found.summary


def test_components_below_the_version_table_are_what_it_needs() -> None:
    found = finding("legacy.components", legacy_cluster())
    assert (found.status, found.evidence_total) == ("not_applicable", 4)


HELM_CONTROLLER = ObjectRef("Deployment", "windows", "windows-vpc-resource-controller")
HELM_WEBHOOK = ObjectRef("Deployment", "windows", "windows-vpc-admission-webhook")
ON, OFF = config_map({"enable-windows-ipam": "true"}), config_map({"enable-windows-ipam": "false"})


@pytest.mark.parametrize(
    ("deployments", "live", "goal", "status"),
    [
        ((), ON, "enable", "pass"),
        ((HELM_CONTROLLER,), ON, "none", "fail"),
        ((HELM_CONTROLLER, HELM_WEBHOOK), ON, "enable", "fail"),
        ((HELM_CONTROLLER,), OFF, "enable", "fail"),
        ((HELM_CONTROLLER,), OFF, "migrate", "fail"),
        ((HELM_CONTROLLER,), None, "enable", "fail"),
        ((HELM_CONTROLLER,), DENIED, "enable", "fail"),
        ((HELM_CONTROLLER, CONTROLLER), ON, "none", "fail"),
        ((HELM_CONTROLLER,), OFF, "none", "not_applicable"),
        ((HELM_CONTROLLER,), OFF, "disable", "not_applicable"),
        ((HELM_CONTROLLER,), OFF, "legacy_remove", "not_applicable"),
        ((HELM_CONTROLLER,), None, "none", "not_applicable"),
        ((HELM_CONTROLLER,), DENIED, "none", "unknown"),
        ((CONTROLLER, EKSCTL_WEBHOOK), ON, "enable", "pass"),
        ((HELM_WEBHOOK,), ON, "enable", "pass"),
        (DENIED, ON, "none", "unknown"),
    ],
)
def test_second_controller(deployments: Any, live: Any, goal: Any, status: str) -> None:
    seen = observed(legacy=legacy(deployments=deployments), cni_config_map=live)
    found = finding("legacy.second_controller", seen, goal=goal)
    assert (found.status, found.severity, found.blocks) == (status, "error", ("enable", "migrate"))
    assert found.stops_pods is (status in ("fail", "unknown"))
    if status == "fail":
        assert [item.object for item in found.evidence] == [str(HELM_CONTROLLER)]
        assert "migrate_legacy" in found.remedy
        assert found.resolved_by == ("remove_second_controller",)


def test_the_charts_controller_below_the_version_table_is_what_it_needs() -> None:
    seen = legacy_cluster(legacy=legacy(deployments=(HELM_CONTROLLER,)))
    found = findings(seen, goal="enable")
    assert found["legacy.second_controller"].status == "not_applicable"
    assert found["legacy.components"].status == "not_applicable"


@pytest.mark.parametrize(
    ("deployments", "status"),
    [
        ((), "pass"),
        ((EKSCTL_WEBHOOK,), "pass"),
        ((ObjectRef("Deployment", "kube-system", "windows-vpc-resource-controller"),), "pass"),
        ((ObjectRef("Deployment", "default", "vpc-resource-controller"),), "pass"),
        ((EKSCTL_WEBHOOK, CONTROLLER), "fail"),
        (DENIED, "unknown"),
    ],
)
def test_controller_blocks(deployments: Any, status: str) -> None:
    found = finding("legacy.controller_blocks", observed(legacy=legacy(deployments=deployments)))
    assert (found.status, found.severity, found.blocks, found.resolved_by) == (
        status,
        "error",
        ("enable", "migrate"),
        ("remove_legacy_controller",),
    )


OLD = cluster(version="1.19", platform_version="eks.5")


def old(**changes: Any) -> Observation:
    """eksctl's legacy support below the version table, where it runs Windows pods."""
    return with_legacy(**{"cluster": OLD, "webhook_configurations": (EKSCTL_CONFIGURATION,), **changes})


def without(*gone: ObjectRef) -> LegacyObjects:
    return legacy(
        deployments=tuple(found for found in (CONTROLLER, EKSCTL_WEBHOOK) if found not in gone),
        references=LegacyReferences(),
    )


@pytest.mark.parametrize(
    ("changes", "goal", "status", "words"),
    [
        ({}, "none", "pass", "its pods run"),
        ({}, "legacy_install", "pass", "its pods run"),
        ({"cluster": cluster()}, "none", "not_applicable", ""),
        ({"cluster": cluster()}, "legacy_install", "pass", ""),
        ({"legacy": without(CONTROLLER)}, "none", "fail", "has no controller"),
        ({"legacy": without(EKSCTL_WEBHOOK), "legacy_webhooks": ()}, "none", "fail", "has no webhook"),
        (
            {"webhook_configurations": (), "legacy_webhooks": None, "legacy": without(CONTROLLER)},
            "none",
            "fail",
            "has no controller and no webhook configuration",
        ),
        ({"webhook_configurations": (), "legacy_webhooks": None, "legacy": legacy()}, "none", "fail", "not there"),
        ({"legacy": legacy(deployments=(CONTROLLER, EKSCTL_WEBHOOK))}, "none", "unknown", "not looked at"),
        ({"legacy": legacy(deployments=(CONTROLLER, EKSCTL_WEBHOOK), references=DENIED)}, "none", "unknown", ""),
        ({"legacy": legacy(deployments=DENIED)}, "none", "unknown", "forbidden"),
        ({"legacy": legacy(services=DENIED)}, "legacy_install", "unknown", "forbidden"),
        ({"webhook_configurations": DENIED, "legacy_webhooks": None}, "legacy_install", "unknown", "forbidden"),
        ({"legacy_webhooks": DENIED}, "legacy_install", "unknown", "forbidden"),
        ({"cluster": DENIED}, "none", "unknown", "forbidden"),
    ],
)
def test_rollout(changes: dict[str, Any], goal: Any, status: str, words: str) -> None:
    found = finding("legacy.rollout", old(**changes), goal=goal)
    assert (found.status, found.severity, found.blocks) == (status, "error", ("legacy_install",))
    assert words in found.summary
    unread = status == "unknown" and "cluster" not in changes
    assert found.resolved_by == (() if unread else ("install_legacy_controller", "install_legacy_webhook"))
    assert found.stops_pods is (status in ("fail", "unknown"))


@pytest.mark.parametrize("version", [{}, {"cluster": cluster()}])
@pytest.mark.parametrize(
    ("changes", "goal", "is_stopped"),
    [
        ({"paused": True, "eased": True}, "cert_renew", True),
        ({"paused": True}, "cert_renew", False),
        ({"eased": True}, "cert_renew", False),
        ({"paused": True, "eased": True}, "legacy_install", False),
        ({"paused": True, "eased": True}, "none", False),
    ],
)
def test_a_paused_webhook_stops_what_would_restart_it(
    version: dict[str, Any], changes: dict[str, Any], goal: Any, is_stopped: bool
) -> None:
    found = finding("legacy.rollout", old(legacy_webhooks=(serving(**changes),), **version), goal=goal)
    assert (found.status == "fail", "cert_renew" in found.blocks) == (is_stopped, is_stopped)
    if is_stopped:
        assert (found.resolved_by, found.stops_pods) == ((), False)
        assert found.remedy.startswith("Run kubectl rollout resume -n kube-system deployment/vpc-admission-webhook,")
        assert [(item.object, item.value) for item in found.evidence] == [(str(EKSCTL_WEBHOOK), "paused: true")]


def test_pods_that_do_not_run_stop_no_installation() -> None:
    idle = LegacyReferences(deployments=(ready(CONTROLLER), ready(EKSCTL_WEBHOOK, ready=False)))
    seen = old(legacy=legacy(deployments=(CONTROLLER, EKSCTL_WEBHOOK), references=idle))
    found = finding("legacy.rollout", seen, goal="legacy_install")
    assert (found.status, found.blocks, found.stops_pods) == ("fail", (), True)
    assert found.summary.startswith(f"The pods of {EKSCTL_WEBHOOK} don't all run; {EKSCTL_WEBHOOK} was installed anoth")
    assert finding("legacy.rollout", seen).summary == f"The pods of {EKSCTL_WEBHOOK} don't all run"


@pytest.mark.parametrize(
    ("changes", "goal", "status"),
    [
        ({}, "none", "pass"),
        ({"legacy": without()}, "none", "fail"),
        ({"legacy": without()}, "cert_renew", "fail"),
        ({"legacy": legacy(), "webhook_configurations": (), "legacy_webhooks": None}, "none", "not_applicable"),
        ({"legacy": legacy(), "webhook_configurations": (), "legacy_webhooks": None}, "legacy_install", "fail"),
        ({"cluster": cluster(), "legacy": without()}, "legacy_install", "fail"),
        ({"legacy": legacy(deployments=(CONTROLLER,), cluster_role_bindings=DENIED)}, "none", "unknown"),
        ({"legacy": legacy(deployments=DENIED)}, "none", "unknown"),
        ({"cluster": DENIED}, "none", "unknown"),
    ],
)
def test_role_binding(changes: dict[str, Any], goal: Any, status: str) -> None:
    found = finding("legacy.role_binding", old(**changes), goal=goal)
    assert (found.status, found.severity, found.blocks) == (status, "error", ("legacy_install",))
    assert found.resolved_by == ("create_role_binding",)
    assert found.stops_pods is (status in ("fail", "unknown"))


BOUND, UNBOUND = legacy(cluster_role_bindings=(KUBE_PROXY_BINDING,)), legacy()
NO_BINDINGS = legacy(cluster_role_bindings=DENIED)
LINUX = (node("a"), node("b"))


@pytest.mark.parametrize(
    ("changes", "goal", "status"),
    [
        ({"legacy": BOUND}, "none", "pass"),
        ({"legacy": UNBOUND}, "none", "fail"),
        ({"legacy": UNBOUND}, "enable", "fail"),
        ({"legacy": UNBOUND}, "legacy_remove", "fail"),
        ({"legacy": UNBOUND, "node_groups": None}, "none", "fail"),
        ({"legacy": UNBOUND, "node_groups": DENIED}, "none", "fail"),
        ({"legacy": UNBOUND, "nodes": LINUX}, "none", "fail"),
        ({"legacy": UNBOUND, "nodes": DENIED}, "none", "fail"),
        ({"legacy": UNBOUND, "cluster": cluster(version="1.26", platform_version="?")}, "none", "fail"),
        # Legacy support on a version whose control plane can do without it.
        ({"legacy": legacy(deployments=(CONTROLLER, EKSCTL_WEBHOOK))}, "none", "fail"),
        ({"legacy": UNBOUND}, "disable", "not_applicable"),
        ({"legacy": UNBOUND, "nodes": LINUX, "node_groups": ()}, "none", "not_applicable"),
        ({"legacy": UNBOUND, "nodes": LINUX, "node_groups": None}, "none", "not_applicable"),
        ({"legacy": UNBOUND, "nodes": LINUX, "node_groups": (node_group("linux"),)}, "none", "not_applicable"),
        ({"legacy": NO_BINDINGS}, "none", "unknown"),
        ({"legacy": NO_BINDINGS, "nodes": LINUX, "node_groups": ()}, "none", "not_applicable"),
        ({"legacy": UNBOUND, "nodes": DENIED, "node_groups": ()}, "none", "unknown"),
        ({"legacy": UNBOUND, "nodes": LINUX, "node_groups": DENIED}, "none", "unknown"),
        ({"legacy": BOUND, "nodes": DENIED, "node_groups": DENIED}, "none", "pass"),
    ],
)
def test_role_binding_of_control_plane_support_only_warns(changes: dict[str, Any], goal: Any, status: str) -> None:
    found = finding("legacy.role_binding", observed(**changes), goal=goal)
    assert (found.status, found.stops_pods) == (status, False)
    if status in ("fail", "unknown"):
        assert (found.severity, found.blocks, found.resolved_by) == ("warning", (), ())


@pytest.mark.parametrize(("groups", "words"), [((), "no Windows node group"), (None, "node groups were not asked for")])
def test_node_groups_that_were_not_asked_for_are_not_said_to_be_absent(groups: Any, words: str) -> None:
    found = finding("legacy.role_binding", observed(legacy=UNBOUND, nodes=LINUX, node_groups=groups))
    assert found.summary.endswith(words)


def test_how_the_role_binding_is_made_where_legacy_install_refuses() -> None:
    found = finding("legacy.role_binding", observed(legacy=UNBOUND))
    assert (
        "kubectl create clusterrolebinding eks:kube-proxy-windows --clusterrole=system:node-proxier "
        "--group=eks:kube-proxy-windows"
    ) in found.remedy
    assert "A binding of another name that gives the group the role does as well" in found.remedy
    assert [(item.object, item.value) for item in found.evidence] == [(str(KUBE_PROXY_BINDING), "absent")]
    assert as_result(observed(legacy=UNBOUND), options())["ready"] is True


def test_a_role_binding_that_can_not_be_seen_says_what_lets_it() -> None:
    found = finding("legacy.role_binding", observed(legacy=NO_BINDINGS))
    assert (found.remedy, found.evidence[0].object) == (DENIED.remedy, DENIED.source)


def test_components_name_what_only_has_the_name() -> None:
    secret = ObjectRef("Secret", "team", "vpc-admission-webhook-certs")
    seen = observed(legacy=legacy(secrets=(secret,), references=LegacyReferences(certificates={secret: ""})))
    found = finding("legacy.components", seen)
    assert (found.status, found.summary) == ("pass", "Nothing is left of legacy support")
    assert [(item.object, item.value) for item in found.evidence] == [
        (str(secret), "stays: nothing of legacy support refers to it")
    ]
