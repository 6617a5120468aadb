# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds of plans whatever a ConfigMap and an add-on's configuration say."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import SETTINGS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.addon_configuration import parse_configuration
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.addon_patch import needed_patch
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.plan import plan
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.prediction import after
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.render import as_result
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.tables import report_lines
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    LegacyReferences,
    ObjectRef,
    Observation,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    CONTROL_PLANE_WEBHOOK,
    CONTROLLER,
    CONTROLLER_ACCOUNT,
    CONTROLLER_BINDING,
    CONTROLLER_ROLE,
    DENIED,
    EKSCTL_CONFIGURATION,
    EKSCTL_SERVICE,
    EKSCTL_WEBHOOK,
    KUBE_PROXY_BINDING,
    LEGACY_SECRET,
    SIGNING_REQUEST,
    addon,
    cluster,
    config_map,
    disabling,
    legacy,
    options,
    windows_pod,
)
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.serving import serving

# How long an example takes is the machine's business.
settings.register_profile("any_machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any_machine")

TEXTS = st.sampled_from(["true", "T", "false", "0", "yes", "", "5", "-1", "+3", "x"]) | st.text(max_size=4)
LIVE = st.none() | st.dictionaries(st.sampled_from([key for setting in SETTINGS for key in setting.keys]), TEXTS)
SCALARS = st.none() | st.booleans() | st.integers(-3, 9) | TEXTS
SPELLINGS = [setting.addon_key for setting in SETTINGS] + ["ENABLE_WINDOWS_IPAM", "warm-windows-ip-target", "other"]
SECTIONS = st.dictionaries(st.sampled_from(SPELLINGS), SCALARS, max_size=3)
VALUES = st.dictionaries(
    st.sampled_from([*SPELLINGS, "env", "init"]), SCALARS | SECTIONS | st.lists(SCALARS, max_size=2)
)
TARGETS = st.none() | st.integers(0, 5)
ASKED = st.fixed_dictionaries(
    {
        "goal": st.sampled_from(["enable", "migrate", "disable"]),
        "prefix_delegation": st.none() | st.booleans(),
        "warm_ip_target": TARGETS,
        "minimum_ip_target": TARGETS,
        "warm_prefix_target": TARGETS,
    }
)


STATUSES = st.sampled_from(["ACTIVE", "DEGRADED", "UPDATE_FAILED", "UPDATING", "CREATING"])


def seen(live: dict[str, str] | None, values: dict[str, Any], status: str = "ACTIVE") -> Observation:
    """A cluster whose add-on takes any configuration that has the settings."""
    takes_all: dict[str, object] = {"properties": {setting.addon_key: {} for setting in SETTINGS}}
    return disabling(
        cni_config_map=None if live is None else config_map(live),
        vpc_cni=addon(json.dumps(values), status=status),
        vpc_cni_schema=takes_all,
    )


@given(LIVE, VALUES, STATUSES, ASKED)
def test_a_plan_that_is_carried_out_leaves_nothing_to_do(live: Any, values: Any, status: str, asked: Any) -> None:
    subject = Subject(seen(live, values, status), options(**asked))
    done = after(subject, plan(subject))
    assert plan(done) == ()
    assert needed_patch(done) is None


@given(LIVE, VALUES, STATUSES, ASKED)
def test_a_plan_leaves_alone_what_it_does_not_speak_of(live: Any, values: Any, status: str, asked: Any) -> None:
    subject = Subject(seen(live, values, status), options(**asked))
    steps = {step.step: step for step in plan(subject)}
    done = after(subject, steps.values()).observation
    written = {"enable-windows-ipam"}
    if "configure_windows_addressing" in steps:
        written |= set(json.loads(steps["configure_windows_addressing"].after))
    data = getattr(done.cni_config_map, "data", None) or {}
    for key, text in (live or {}).items():
        if key not in written:
            assert data[key] == text
    patch = json.loads(steps["configure_addon"].after) if "configure_addon" in steps else {}
    new = parse_configuration(done.vpc_cni.configuration_values)  # type: ignore[union-attr]
    for key, value in values.items():
        if key not in patch:
            assert new[key] == value
    assert all(key in patch or key in values for key in new)


@given(LIVE, VALUES, ASKED)
def test_every_report_fits_and_no_rule_breaks(live: Any, values: Any, asked: Any) -> None:
    result = as_result(seen(live, values), options(**asked))
    assert [item["summary"] for item in result["findings"] if "could not be judged" in item["summary"]] == []
    assert max(map(len, report_lines(result))) <= 100
    assert json.loads(json.dumps(result)) == result
    if asked["goal"] == "disable":
        assert result["support_after"]["windows_ipam"]["effective"] is False
    else:
        assert result["support_after"]["windows_ipam"]["effective"] is True


REFS = {
    "deployments": [CONTROLLER, EKSCTL_WEBHOOK, ObjectRef("Deployment", "win", "windows-vpc-resource-controller")],
    "services": [EKSCTL_SERVICE, ObjectRef("Service", "team", "vpc-admission-webhook-svc")],
    "secrets": [LEGACY_SECRET, ObjectRef("Secret", "team", LEGACY_SECRET.name)],
    "cluster_role_bindings": [KUBE_PROXY_BINDING, CONTROLLER_BINDING],
    "details": [CONTROLLER_ACCOUNT, CONTROLLER_ROLE, SIGNING_REQUEST],
}
PARTS = st.fixed_dictionaries(
    {kind: st.just(DENIED) | st.sets(st.sampled_from(refs)).map(tuple) for kind, refs in REFS.items()}
    | {"references": st.sampled_from([None, DENIED, LegacyReferences()])}
)
CHAINS = (
    st.none()
    | st.just(DENIED)
    | st.builds(
        lambda days, changes: (serving(days, **changes),),
        st.sampled_from([-1, 5, 300]),
        st.fixed_dictionaries(
            {
                "service_exists": st.booleans(),
                "deployment": st.sampled_from([None, EKSCTL_WEBHOOK]),
                "leaves_gap": st.booleans(),
                "paused": st.booleans(),
                "secret_exists": st.booleans(),
                "holds_pair": st.booleans(),
                "key_state": st.sampled_from(["matches", "differs", "missing", "unreadable", "unknown"]),
                "managed_by": st.sampled_from(["none", "cert-manager"]),
                "backup": st.sampled_from(
                    [None, ObjectRef("Secret", "kube-system", "vpc-admission-webhook-certs-backup")]
                ),
            }
        ),
    )
)
PODS = st.just(DENIED) | st.lists(
    st.builds(
        lambda owner, limit: windows_pod(owner=owner, address_limit=limit),
        st.sampled_from([None, ObjectRef("Job", "shop", "j")]),
        st.sampled_from(["", "1"]),
    ),
    max_size=2,
).map(tuple)
VERSIONS = st.sampled_from(["1.19", "1.35"])
LEGACY_GOALS = st.sampled_from(["legacy_install", "legacy_remove", "migrate", "cert_renew"])


def of_legacy(version: str, parts: Any, chains: Any, pods: Any) -> Observation:
    """A cluster with any part of legacy support, of which any may not be read."""
    configurations = () if chains is None else (EKSCTL_CONFIGURATION,)
    return disabling(
        cluster=cluster(version=version, platform_version="eks.5"),
        legacy=legacy(**parts),
        webhook_configurations=(CONTROL_PLANE_WEBHOOK, *configurations),
        legacy_webhooks=chains,
        windows_pods=pods,
        cni_config_map=config_map({}),
    )


@given(VERSIONS, PARTS, CHAINS, PODS, LEGACY_GOALS)
def test_a_plan_of_legacy_support_leaves_nothing_to_do(
    version: str, parts: Any, chains: Any, pods: Any, goal: Any
) -> None:
    subject = Subject(of_legacy(version, parts, chains, pods), options(goal=goal))
    assert plan(after(subject, plan(subject))) == ()


@given(VERSIONS, PARTS, CHAINS, PODS, LEGACY_GOALS)
def test_no_plan_touches_what_is_shared_or_only_has_the_name(
    version: str, parts: Any, chains: Any, pods: Any, goal: Any
) -> None:
    subject = Subject(of_legacy(version, parts, chains, pods), options(goal=goal))
    for step in plan(subject):
        if step.after == "absent":
            assert "eks:kube-proxy-windows" not in step.object
            assert not [found for found in subject.legacy.namesakes if str(found) in step.object.split(", ")]


@given(VERSIONS, PARTS, CHAINS, PODS, LEGACY_GOALS)
def test_every_report_of_legacy_support_fits(version: str, parts: Any, chains: Any, pods: Any, goal: Any) -> None:
    result = as_result(of_legacy(version, parts, chains, pods), options(goal=goal))
    assert [item["summary"] for item in result["findings"] if "could not be judged" in item["summary"]] == []
    assert max(map(len, report_lines(result))) <= 100
    assert json.loads(json.dumps(result)) == result
    # What could not be seen stops what would delete it.
    if goal in ("legacy_remove", "migrate") and DENIED in (*parts.values(), chains):
        assert "legacy.components" in result["blockers"]
