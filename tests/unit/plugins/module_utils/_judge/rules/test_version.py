# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import ClusterVersion
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.failures import (
    CONTROL_PLANE_GOALS,
    Failure,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    DENIED,
    cluster,
    finding,
    legacy_cluster,
    observed,
)

FAILURES = {
    "version.control_plane_support": Failure(
        observed(cluster=cluster(version="1.18")), "error", CONTROL_PLANE_GOALS, stops_pods=True
    ),
    "version.legacy_obsolete": Failure(observed(), "error", ("legacy_install",), goals=("legacy_install",)),
    "version.lifecycle": Failure(observed(cluster_version=None), "warning"),
}

NEVER = {
    ("version.control_plane_support", "not_applicable"): "Every cluster has a version.",
    ("version.lifecycle", "not_applicable"): "Every cluster has a version.",
}
"""What a rule never says, and why."""

VERSIONS = [
    ("1.18", "eks.9", "fail"),
    ("1.19", "eks.6", "fail"),
    ("1.19", "eks.7", "pass"),
    ("1.19", "eks.10", "pass"),
    ("1.20", "eks.2", "fail"),
    ("1.20", "eks.3", "pass"),
    ("1.21", "eks.2", "fail"),
    ("1.21", "eks.3", "pass"),
    ("1.22", "eks.1", "pass"),
    ("1.23", "eks.1", "pass"),
    ("1.24", "eks.1", "pass"),
    ("1.35", "", "pass"),
    ("2.0", "eks.1", "pass"),
    ("1.22", "eks-local-outposts.1", "unknown"),
    ("1.22", "", "unknown"),
    ("new", "eks.1", "unknown"),
]


@pytest.mark.parametrize(("version", "platform", "status"), VERSIONS)
def test_control_plane_support(version: str, platform: str, status: str) -> None:
    seen = observed(cluster=cluster(version=version, platform_version=platform))
    found = finding("version.control_plane_support", seen, goal="enable")
    assert (found.status, found.severity, found.blocks) == (status, "error", ("enable", "migrate"))


def test_what_the_table_asks_is_said() -> None:
    seen = observed(cluster=cluster(version="1.20", platform_version="eks.2"))
    found = finding("version.control_plane_support", seen)
    assert "1.20 eks.2 is below 1.20 eks.3" in found.summary
    assert "legacy_install" in found.remedy
    older = observed(cluster=cluster(version="1.17", platform_version="eks.2"))
    assert "below 1.19 eks.7" in finding("version.control_plane_support", older).summary


@pytest.mark.parametrize(("goal", "severity"), [("none", "warning"), ("cert_renew", "warning"), ("enable", "error")])
def test_where_legacy_support_runs_windows_an_old_version_is_a_warning(goal: Any, severity: str) -> None:
    found = finding("version.control_plane_support", legacy_cluster(), goal=goal)
    assert (found.status, found.severity) == ("fail", severity)


@pytest.mark.parametrize(("version", "platform", "status"), VERSIONS)
def test_legacy_is_obsolete_where_the_control_plane_can(version: str, platform: str, status: str) -> None:
    opposite = {"pass": "fail", "fail": "pass", "unknown": "unknown"}[status]
    seen = observed(cluster=cluster(version=version, platform_version=platform))
    found = finding("version.legacy_obsolete", seen, goal="legacy_install")
    assert (found.status, found.severity, found.blocks) == (opposite, "error", ("legacy_install",))


def test_legacy_obsolete_matters_to_its_installation_alone() -> None:
    for goal in ("enable", "none", "disable", "migrate"):
        assert finding("version.legacy_obsolete", goal=goal).status == "not_applicable"


@pytest.mark.parametrize(
    ("version", "status", "words"),
    [
        (ClusterVersion("1.35", "STANDARD_SUPPORT", "", "2027-03-27", "2028-03-27"), "pass", "until 2027-03-27"),
        (ClusterVersion("1.35", "STANDARD_SUPPORT", "", "", ""), "pass", "in standard support"),
        (ClusterVersion("1.32", "EXTENDED_SUPPORT", "", "2026-03-23", "2027-03-23"), "fail", "until 2027-03-23"),
        (ClusterVersion("1.29", "UNSUPPORTED", "", "", ""), "fail", "not supported any more"),
        (ClusterVersion("1.40", "PREVIEW", "", "", ""), "unknown", "PREVIEW"),
        (None, "fail", "does not list Kubernetes 1.35"),
        (DENIED, "unknown", "forbidden"),
    ],
)
def test_lifecycle(version: Any, status: str, words: str) -> None:
    found = finding("version.lifecycle", observed(cluster_version=version))
    assert (found.status, found.severity, found.blocks) == (status, "warning", ())
    assert words in found.summary
