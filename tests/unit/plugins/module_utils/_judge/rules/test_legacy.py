# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import ObjectRef
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    CONTROL_PLANE_WEBHOOK,
    CONTROLLER,
    DENIED,
    EKSCTL_CONFIGURATION,
    EKSCTL_SERVICE,
    EKSCTL_WEBHOOK,
    KUBE_PROXY_BINDING,
    LEGACY_SECRET,
    config_map,
    finding,
    legacy,
    legacy_cluster,
    observed,
)


@pytest.mark.parametrize(
    ("parts", "configurations", "status", "blocks"),
    [
        ({}, (), "pass", ("enable",)),
        ({"cluster_role_bindings": (KUBE_PROXY_BINDING,)}, (), "pass", ("enable",)),
        ({"deployments": (CONTROLLER,)}, (), "fail", ("enable",)),
        ({"deployments": (EKSCTL_WEBHOOK,)}, (), "fail", ("enable",)),
        ({}, (EKSCTL_CONFIGURATION,), "fail", ("enable",)),
        ({"secrets": (LEGACY_SECRET,)}, (), "fail", ()),
        ({"services": (EKSCTL_SERVICE,)}, (), "fail", ()),
        ({"cluster_role_bindings": (ObjectRef("ClusterRoleBinding", "", "vpc-resource-controller"),)}, (), "fail", ()),
        ({"details": (ObjectRef("CertificateSigningRequest", "", "vpc-admission-webhook.x"),)}, (), "fail", ()),
        ({"secrets": DENIED}, (), "unknown", ()),
        ({"details": DENIED}, (), "unknown", ()),
        ({"deployments": DENIED}, (), "unknown", ("enable",)),
        ({}, DENIED, "unknown", ("enable",)),
        ({"secrets": (LEGACY_SECRET,), "deployments": DENIED}, (), "fail", ("enable",)),
        ({"deployments": (CONTROLLER,), "secrets": DENIED}, (), "fail", ("enable",)),
        ({"services": (EKSCTL_SERVICE,), "secrets": DENIED}, (), "fail", ()),
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
    ("deployments", "live", "goal", "second"),
    [
        ((HELM_CONTROLLER,), ON, "none", True),
        ((HELM_CONTROLLER, HELM_WEBHOOK), ON, "enable", True),
        ((HELM_CONTROLLER,), OFF, "enable", True),
        ((HELM_CONTROLLER,), None, "enable", True),
        ((HELM_CONTROLLER,), DENIED, "enable", True),
        ((HELM_CONTROLLER, CONTROLLER), ON, "none", True),
        ((HELM_CONTROLLER,), OFF, "none", False),
        ((HELM_CONTROLLER,), OFF, "disable", False),
        ((HELM_CONTROLLER,), None, "none", False),
        ((HELM_CONTROLLER,), DENIED, "none", False),
        ((CONTROLLER, EKSCTL_WEBHOOK), ON, "enable", False),
        ((HELM_WEBHOOK,), ON, "enable", False),
    ],
)
def test_a_second_controller_is_an_error(deployments: Any, live: Any, goal: Any, second: bool) -> None:
    seen = observed(legacy=legacy(deployments=deployments), cni_config_map=live)
    found = finding("legacy.components", seen, goal=goal)
    assert (found.status, found.blocks) == ("fail", ("enable",))
    assert (found.severity, found.stops_pods) == (("error", True) if second else ("warning", False))
    assert ("Deployment windows/windows-vpc-resource-controller as second controller" in found.summary) is second
    marked = [item.object for item in found.evidence if item.value == "present, a second controller"]
    assert marked == ([str(HELM_CONTROLLER)] if second else [])
    assert found.evidence_total == len(deployments)


def test_a_second_controller_comes_first_and_its_remedy_keeps_it_from_being_ignored() -> None:
    parts = legacy(deployments=(HELM_WEBHOOK, HELM_CONTROLLER), secrets=DENIED)
    found = finding("legacy.components", observed(legacy=parts))
    assert [item.object for item in found.evidence] == [str(HELM_CONTROLLER), str(HELM_WEBHOOK), DENIED.source]
    assert found.summary == (
        "2 objects of legacy support (helm) left, with Deployment windows/windows-vpc-resource-controller as second "
        "controller beside the control plane's; GET /api/v1/something could not be read"
    )
    assert found.remedy.startswith("Scale the second controller to 0")
    assert "ignore" not in found.remedy


def test_the_charts_controller_below_the_version_table_is_what_it_needs() -> None:
    found = finding("legacy.components", legacy_cluster(legacy=legacy(deployments=(HELM_CONTROLLER,))), goal="enable")
    assert found.status == "not_applicable"


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
    assert (found.status, found.severity, found.blocks, found.resolved_by) == (status, "error", ("enable",), ())
