# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Rules on legacy Windows support fail on a real control plane that has its objects, and what is wrong with them.

Nothing runs behind the objects. The examination runs in this process, by the function that the module runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.conftest import require_real_control_plane
from tests.integration.littered import become_client
from tests.support.cluster_changes import Change, Options, both, made, told
from tests.support.examination import examine
from tests.support.shown_rules import Shown
from tests.testbed.cluster import TestbedCluster
from tests.testbed.kubernetes.crds import CERTIFICATE
from tests.testbed.legacy_objects import legacy_objects
from tests.testbed.specs import ClusterSpec, LegacySpec, chart_data
from tests.testbed.testbed import Testbed

# All of it happens in this process, whose releases are always the newest.
pytestmark = pytest.mark.newest_client

SPEC = ClusterSpec("left", config_map=chart_data(enable_windows_ipam="true"), objects=(CERTIFICATE,))
DAY = timedelta(days=1)
RENEW = {"goal": "cert_renew"}
BLOCKING = "Deployment kube-system/vpc-resource-controller"
EXPIRED: dict[str, Any] = {"not_before": -366 * DAY, "not_after": -DAY}


def installed(spec: LegacySpec) -> Change:
    """Somebody installed legacy support."""

    @contextmanager
    def change(bed: Testbed, cluster: TestbedCluster) -> Iterator[None]:
        objects = legacy_objects(spec, cluster.kubernetes.authority)
        with made(*objects.first, *objects.configurations)(bed, cluster):
            yield

    return change


def needed(spec: LegacySpec) -> Change:
    """Somebody installed it where the control plane has no Windows support."""
    return both(told("1.19", "eks.5"), installed(spec))


@contextmanager
def in_the_way(bed: Testbed, cluster: TestbedCluster) -> Iterator[Options]:
    """The API server refuses every pod, as it has to ask a webhook that does not answer. Asked for a probe then."""
    with installed(LegacySpec("B", failure_policy="Fail", **EXPIRED))(bed, cluster):
        cluster.wait(lambda: not cluster.admits_pods(), "the legacy webhook is in the way")
        yield {"probe": True}


@contextmanager
def asked_about_another_namespace(bed: Testbed, cluster: TestbedCluster) -> Iterator[Options]:
    """The webhook whose certificate is to be renewed is not asked about the namespace of the dry run."""
    selection = {"namespaceSelector": {"matchLabels": {"windows": "yes"}}}
    with installed(LegacySpec("B", selection=selection, **EXPIRED))(bed, cluster):
        yield {"probe": True}


FAILURES: tuple[tuple[Change, Shown], ...] = (
    (
        needed(LegacySpec("B")),
        Shown(
            "version.control_plane_support", "warning", ("1.19 eks.5 is below 1.19 eks.7", "legacy support is there")
        ),
    ),
    (
        needed(LegacySpec("D", webhook=False)),
        Shown("version.control_plane_support", "error", ("1.19 eks.5 is below 1.19 eks.7",)),
    ),
    (in_the_way, Shown("ipam.probe", "error", ("refuses Windows pods", "vpc-admission-webhook.amazonaws.com"))),
    (
        asked_about_another_namespace,
        Shown(
            "ipam.probe",
            "error",
            ("namespaceSelector windows=yes of MutatingWebhookConfiguration vpc-admission-webhook-cfg leaves out",),
            RENEW,
        ),
    ),
    (
        installed(LegacySpec("A")),
        Shown("legacy.components", "warning", ("(preview)", "Deployment default/vpc-admission-webhook-deployment")),
    ),
    (
        installed(LegacySpec("B", signing_request=True)),
        Shown("legacy.components", "warning", ("(manifests)", "CertificateSigningRequest vpc-admission-webhook-svc.")),
    ),
    (
        installed(LegacySpec("D")),
        Shown("legacy.components", "warning", ("(eksctl)", "Service kube-system/vpc-admission-webhook'")),
    ),
    (
        installed(LegacySpec("E")),
        Shown("legacy.components", "warning", ("(terraform)", "ServiceAccount kube-system/vpc-resource-controller-2")),
    ),
    (
        installed(LegacySpec("F")),
        Shown("legacy.components", "warning", ("(helm)", "Secret kube-system/windows-vpc-admission-webhook-tls")),
    ),
    (
        installed(LegacySpec("D", webhook=False, controller_replicas=0)),
        Shown("legacy.controller_blocks", "error", (BLOCKING, "present")),
    ),
    (
        installed(LegacySpec("F")),
        Shown("legacy.second_controller", "error", ("windows-vpc-resource-controller is a second controller",)),
    ),
    (
        needed(LegacySpec("B")),
        Shown("legacy.rollout", "error", ("don't all run", BLOCKING, "vpc-admission-webhook-deployment")),
    ),
    (
        needed(LegacySpec("D", webhook=False)),
        Shown("legacy.rollout", "error", ("has no webhook and no webhook configuration",)),
    ),
    (needed(LegacySpec("D")), Shown("legacy.role_binding", "error", ("ClusterRoleBinding eks:kube-proxy-windows",))),
    (
        installed(LegacySpec("B", **EXPIRED)),
        Shown("legacy.certificate", "error", ("the certificate expired at", "failurePolicy Ignore")),
    ),
    (
        installed(LegacySpec("D", not_before=-345 * DAY, not_after=20 * DAY)),
        Shown("legacy.certificate", "warning", ("vpc-admission-webhook-cfg", " days left, failurePolicy Ignore")),
    ),
    (
        installed(LegacySpec("B", key_matches=False)),
        Shown("legacy.certificate", "error", ("is not that of the certificate",)),
    ),
    (
        installed(LegacySpec("B", hosts=("vpc-admission-webhook-svc.default.svc",))),
        Shown("legacy.certificate", "error", ("and not for vpc-admission-webhook-svc.kube-system.svc",)),
    ),
    (
        installed(LegacySpec("D", ca_bundle="another")),
        Shown("legacy.certificate", "error", ("does not lead to the certificate",)),
    ),
    (
        installed(LegacySpec("E", secret="absent")),
        Shown("legacy.certificate", "error", ("kube-system/vpc-admission-webhook-certs",)),
    ),
    (
        installed(LegacySpec("F")),
        Shown("legacy.certificate_owner", "error", ("windows-vpc-admission-webhook-tls", "cert-manager's"), RENEW),
    ),
)


@pytest.fixture(scope="module")
def bed() -> Iterator[Testbed]:
    require_real_control_plane()
    with Testbed([SPEC], control_plane="real", stand_ins=False) as testbed, pytest.MonkeyPatch.context() as patch:
        become_client(testbed, patch)
        yield testbed


@pytest.mark.parametrize(("change", "shown"), FAILURES, ids=[str(shown) for _change, shown in FAILURES])
def test_rule(bed: Testbed, change: Change, shown: Shown) -> None:
    cluster = bed.clusters[SPEC.name]
    before = examine(cluster, **shown.options)
    with change(bed, cluster) as wrong:
        after = examine(cluster, **{**shown.options, **(wrong or {})})
    shown.assert_shown(before, after)
