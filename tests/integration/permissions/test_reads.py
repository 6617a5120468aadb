# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each playbook reads: the documented permissions are enough, and without any one of them the finding that hangs
on it is unknown, names it, and no other finding gets better.

The cluster has all that makes the examination ask for more than it usually does. The examination runs in this process,
by the function that the module runs: some hundred identities take as long as one play of five would.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.preflight import backend
from tests.integration.littered import (
    CLEAN,
    EXAMINED,
    IN_USE,
    WINDOWS_POD,
    become_client,
    client,
    legacy,
    littered_testbed,
)
from tests.integration.permissions.documented import (
    Permissions,
    Taken,
    aws_auth_row,
    bare,
    documented,
    each_taken,
    entry_command,
)
from tests.integration.permissions.identities import admit, apply, enforced_role, words
from tests.testbed.cluster import TestbedCluster
from tests.testbed.specs import ClusterSpec
from tests.testbed.testbed import Testbed

pytestmark = [pytest.mark.newest_client, pytest.mark.thorough]

WAITING_POD = {
    **WINDOWS_POD,
    "spec": {**WINDOWS_POD["spec"], "nodeSelector": {"kubernetes.io/os": "windows", "no-node-has": "this"}},
}
SELECTING = ClusterSpec(
    "selecting",
    nodes=CLEAN.nodes,
    fargate_profiles=CLEAN.fargate_profiles,
    addon=CLEAN.addon,
    objects=(WAITING_POD, *legacy("B", selection={"namespaceSelector": {"matchLabels": {"windows": "yes"}}})),
)
"""One whose legacy webhook is asked about some namespaces alone, and on which a Windows pod waits."""

CLUSTERS = (*EXAMINED, IN_USE.name, SELECTING.name)

GOALS = {
    "preflight": "enable",
    "enable": "enable",
    "disable": "disable",
    "smoke_test": "none",
    "cert_renew": "cert_renew",
    "legacy_remove": "legacy_remove",
    "migrate_legacy": "migrate",
    "legacy_install": "legacy_install",
}

GIVEN_ON = ("list configmaps", "list nodes/status")
"""What legacy_install has only to give it to the controller."""

NOT_FOR = {"disable": {"ListRolePolicies", "GetPolicy"}}
"""What is asked for all the same, and not documented for a playbook, since nothing hangs on it with its goal."""

Findings = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def bed() -> Iterator[Testbed]:
    """Emulated clusters, without controllers: nothing here waits for one."""
    with littered_testbed(IN_USE, SELECTING, ClusterSpec("mapped", authentication_mode="CONFIG_MAP")) as testbed:
        yield testbed


@pytest.fixture(autouse=True)
def environment(bed: Testbed, monkeypatch: pytest.MonkeyPatch) -> None:
    """That of a client of the testbed."""
    become_client(bed, monkeypatch)


def examine(bed: Testbed, cluster: TestbedCluster, role: str, goal: str) -> dict[str, Any]:
    """What the module returns to an identity."""
    module = backend()
    given = {
        "cluster_name": cluster.name,
        "region": cluster.eks.region,
        "goal": goal,
        "assume_role_arn": role,
        "assume_role_session_name": "test",
    }
    checked = ArgumentSpecValidator(module.argument_spec).validate(given)
    assert not checked.error_messages
    return dict(module.run(checked.validated_parameters, False))


def findings(result: dict[str, Any]) -> Findings:
    return {finding["id"]: finding for finding in result["findings"]}


def unknown(found: Findings) -> set[str]:
    return {rule for rule, finding in found.items() if finding["status"] == "unknown"}


def identity(bed: Testbed, permissions: Permissions, cluster: TestbedCluster, name: str) -> str:
    """A role with these permissions on a cluster."""
    own = permissions.named(f"-{name}")
    role = enforced_role(bed, f"{name}-{cluster.name}", own)
    admit(bed, cluster, role, own)
    return role


def reads(permissions: Permissions) -> list[Taken]:
    """Each reading permission of a playbook taken away; of smoke_test's those that its preflight needs."""
    taken = [each for each in each_taken(permissions) if not each.write]
    return [each for each in taken if not each.name.endswith((" namespace", " default")) and each.name not in GIVEN_ON]


def missed(found: Findings, taken: Taken) -> bool:
    """Whether a finding that is not fine names the permission."""
    return any(
        all(word in f"{finding['summary']} {finding['evidence']} {finding['remedy']}" for word in taken.words)
        for finding in found.values()
        if finding["status"] in ("unknown", "fail")
    )


@pytest.mark.parametrize("name", CLUSTERS)
@pytest.mark.parametrize("playbook", GOALS)
def test_what_is_documented_is_enough(bed: Testbed, playbook: str, name: str) -> None:
    cluster = bed.clusters[name]
    permissions = documented(playbook, words(cluster))
    bed.forget_requests()
    result = examine(bed, cluster, identity(bed, permissions, cluster, playbook), GOALS[playbook])
    assert unknown(findings(result)) == set()
    refused = [request.operation for request in bed.aws.requests() if request.status == 403]
    refused += [f"{request.verb} {request.path}" for request in cluster.requests() if request.status == 403]
    assert set(refused) <= NOT_FOR.get(playbook, set())


@pytest.mark.parametrize(
    ("playbook", "name"), [(playbook, taken.name) for playbook in GOALS for taken in reads(bare(playbook))]
)
def test_without_one_a_finding_names_it_and_none_gets_better(bed: Testbed, playbook: str, name: str) -> None:
    number = [taken.name for taken in reads(bare(playbook))].index(name)
    for cluster in (bed.clusters[each] for each in CLUSTERS):
        whole = documented(playbook, words(cluster))
        taken = reads(whole)[number]
        complete = seen_with_all(bed, playbook, cluster, whole)
        role = identity(bed, taken.left, cluster, f"{playbook}-{number}")
        found = findings(examine(bed, cluster, role, GOALS[playbook]))
        for rule, finding in found.items():
            # What did not matter, since something else was known, is judged where that is not known.
            if finding["status"] != complete[rule]["status"] != "not_applicable":
                assert finding["status"] == "unknown", (rule, finding)
        if missed(found, taken):
            return
    pytest.fail(f"no finding names {taken.words}")


_SEEN: dict[tuple[str, str], Findings] = {}


def seen_with_all(bed: Testbed, playbook: str, cluster: TestbedCluster, whole: Permissions) -> Findings:
    """What is seen with every permission; examined once."""
    key = (playbook, cluster.name)
    if key not in _SEEN:
        role = identity(bed, whole, cluster, f"{playbook}-complete")
        _SEEN[key] = findings(examine(bed, cluster, role, GOALS[playbook]))
    return _SEEN[key]


def test_the_access_entry_as_documented(bed: Testbed) -> None:
    cluster = bed.clusters["clean"]
    replaced = words(cluster, operator_role="by-entry")
    permissions = documented("enable", replaced)
    enforced_role(bed, "by-entry", permissions)
    apply(cluster, permissions)
    command = entry_command(replaced)
    client(bed, "eks", command.pop("region_name")).create_access_entry(**command)
    result = examine(bed, cluster, command["principalArn"], "enable")
    assert unknown(findings(result)) == set()


def test_the_row_of_aws_auth_as_documented(bed: Testbed) -> None:
    cluster = bed.clusters["mapped"]
    replaced = words(cluster, operator_role="by-row")
    permissions = documented("enable", replaced)
    role = enforced_role(bed, "by-row", permissions)
    assert "Unauthorized" in str(findings(examine(bed, cluster, role, "enable"))["ipam.enabled"])
    apply(cluster, permissions)
    present = cluster.admin.get("configmaps", "aws-auth", "kube-system")["data"]["mapRoles"]
    rows = {"data": {"mapRoles": present + aws_auth_row(replaced)}}
    cluster.admin.patch("configmaps", "aws-auth", rows, "kube-system")
    result = examine(bed, cluster, role, "enable")
    assert unknown(findings(result)) == set()
