# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""One failing source never hides the others' findings.

Each source of the observation fails alone: every AWS operation and every path of the Kubernetes API that the servers
saw in an undisturbed examination, so that a source which is added later is among them by itself. What hangs on it is
unknown and names it; every other finding is word for word what it was. The examination runs in this process, by the
function that the module runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.preflight import backend
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect import kubernetes_api
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import GOALS
from tests.integration.littered import CLEAN, IN_USE, PREFIXES, become_client, littered_testbed
from tests.testbed.cluster import TestbedCluster
from tests.testbed.testbed import Testbed

# All of it happens in this process, whose releases are always the newest.
pytestmark = [pytest.mark.newest_client, pytest.mark.thorough]

FORBIDDEN, BROKEN = 403, 500
OFTEN = 1000
"""More requests than one examination makes."""

CASES = [
    *(("littered", goal, FORBIDDEN) for goal in GOALS),
    *((IN_USE.name, goal, FORBIDDEN) for goal in ("enable", "disable")),
    (CLEAN.name, "enable", FORBIDDEN),
    (PREFIXES.name, "none", FORBIDDEN),
    *((name, "disable", BROKEN) for name in ("littered", IN_USE.name)),
]

NOTHING_HANGS_ON = {
    "list /api/v1/namespaces/kube-system/pods": "when the legacy webhook's pods started: with goal cert_renew rule "
    "legacy.certificate hangs on it, where the certificate itself is sound, which that of no cluster here is",
}
"""Sources on which no finding of these clusters hangs, and why."""

FALLBACKS = {"ec2:DescribeInstanceTypes": "by the controller's list of "}
"""Sources in whose place something else is asked, and what a finding then says of that."""

HOLD_EITHER_WAY = (
    "capacity.pods",
    "network.subnet_addresses",
    "network.address_targets",
    "network.prefix_delegation",
)
"""Rules that pass where both modes of addresses would do, and then name what would tell the mode; and those that pass
whether what is set has effect or not, and then say that this is not known."""

Finding = dict[str, Any]


@dataclass(frozen=True, order=True)
class Source:
    """What is asked for: an AWS operation, or a verb and path of the Kubernetes API."""

    api: str
    name: str

    def __str__(self) -> str:
        return self.name if self.api == "kubernetes" else f"{self.api}:{self.name}"

    @property
    def words(self) -> str:
        """What a finding names that hangs on it."""
        return self.name.split()[1] if self.api == "kubernetes" else str(self)

    def fail(self, bed: Testbed, cluster: TestbedCluster, status: int) -> None:
        """Have the servers answer it with this status until their faults are cleared."""
        if self.api == "kubernetes":
            verb, path = self.name.split()
            message = f'User "nobody" cannot {verb} resource' if status == FORBIDDEN else "broken on purpose"
            faults = cluster.kubernetes.faults  # type: ignore[attr-defined]
            faults.fail_next(verb, f"^{re.escape(path)}$", status, message, OFTEN)
        elif status == FORBIDDEN:
            bed.aws.deny(str(self))
        else:
            bed.aws.fail_next(self.api, self.name, "ServerException", "broken on purpose", OFTEN, status=status)


@pytest.fixture(scope="module")
def bed() -> Iterator[Testbed]:
    with littered_testbed(IN_USE, PREFIXES) as testbed:
        yield testbed


@pytest.fixture(autouse=True)
def client(bed: Testbed, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process as a client that asks once: what fails here fails every time."""
    become_client(bed, monkeypatch)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setattr(kubernetes_api, "RETRIES", 0)


def examine(cluster: TestbedCluster, goal: str, **options: Any) -> dict[str, Any]:
    """What the module returns."""
    module = backend()
    given = {"cluster_name": cluster.name, "region": cluster.eks.region, "goal": goal, "probe": True, **options}
    checked = ArgumentSpecValidator(module.argument_spec).validate(given)
    assert not checked.error_messages
    return dict(module.run(checked.validated_parameters, False))


def examine_without(source: Source, bed: Testbed, cluster: TestbedCluster, goal: str, status: int) -> dict[str, Any]:
    """The same while this source fails."""
    source.fail(bed, cluster, status)
    try:
        return examine(cluster, goal)
    finally:
        bed.aws.clear_faults()
        cluster.kubernetes.faults.clear()  # type: ignore[attr-defined]


def sources(bed: Testbed, cluster: TestbedCluster) -> list[Source]:
    """What was asked for since the servers forgot their requests."""
    aws = {Source(request.service, request.operation) for request in bed.aws.requests()}
    kubernetes = {Source("kubernetes", f"{request.verb} {request.path}") for request in cluster.requests()}
    return sorted(aws | kubernetes)


def by_id(result: dict[str, Any]) -> dict[str, Finding]:
    return {finding["id"]: finding for finding in result["findings"]}


def changed(whole: dict[str, Any], found: dict[str, Any]) -> list[tuple[Finding, Finding]]:
    """The findings that differ, as they were and as they are."""
    before, after = by_id(whole), by_id(found)
    assert list(before) == list(after), "every rule has its finding"
    return [(before[rule], after[rule]) for rule in before if before[rule] != after[rule]]


def stays(before: Finding, after: Finding) -> bool:
    """Whether a finding may be what it was without the source, which it names."""
    return before["status"] == after["status"] and (after["status"] == "fail" or after["id"] in HOLD_EITHER_WAY)


def problems(whole: dict[str, Any], found: dict[str, Any], words: str) -> list[str]:
    """What a failed source did to the result that it may not do; ``words`` name the source."""
    wrong = []
    for before, after in changed(whole, found):
        if before["status"] == "not_applicable" and after["status"] in ("not_applicable", "pass"):
            # What did not matter, since something else was known, is judged where that is not, and holds.
            continue
        if words in FALLBACKS and FALLBACKS[words] in after["summary"]:
            continue
        if words not in str(after):
            wrong.append(f"{after['id']} changed without naming it: {after['summary']}")
        # A failure that is seen without the source stays one.
        elif after["status"] != "unknown" and not stays(before, after):
            wrong.append(f"{after['id']} was {before['status']} and is {after['status']}: {after['summary']}")
        elif after["status"] == "unknown" and not after["remedy"]:
            wrong.append(f"{after['id']} says nothing that mends it")
    for kind, number in found["examined"].items():
        if number > whole["examined"].get(kind, number):
            wrong.append(f"{kind}: {number} examined")
    if found["ready"] and not whole["ready"]:
        wrong.append("ready by what is not known")
    return wrong


class Trial:
    """An undisturbed examination, and one for each of its sources with that one failing."""

    def __init__(self, bed: Testbed, name: str, goal: str, status: int) -> None:
        cluster = bed.clusters[name]
        bed.forget_requests()
        self.whole = examine(cluster, goal)
        asked = sources(bed, cluster)
        self.without = {source: examine_without(source, bed, cluster, goal, status) for source in asked}
        self.afterwards = examine(cluster, goal)


@pytest.fixture(scope="module")
def trials() -> dict[tuple[str, str, int], Trial]:
    """Those that were made: each takes as many examinations as there are sources."""
    return {}


def trial(trials: dict[tuple[str, str, int], Trial], bed: Testbed, name: str, goal: str, status: int) -> Trial:
    key = (name, goal, status)
    if key not in trials:
        trials[key] = Trial(bed, *key)
    return trials[key]


@pytest.mark.parametrize(("name", "goal", "status"), CASES)
def test_a_source_that_fails_alone(
    bed: Testbed, trials: dict[tuple[str, str, int], Trial], name: str, goal: str, status: int
) -> None:
    made = trial(trials, bed, name, goal, status)
    assert {source.api for source in made.without} >= {"eks", "iam", "kubernetes"}
    wrong = [
        f"{source}: {problem}"
        for source, found in made.without.items()
        for problem in problems(made.whole, found, source.words)
    ]
    assert wrong == []
    assert made.afterwards["findings"] == made.whole["findings"], "what failed is forgotten"


def test_something_hangs_on_each_source(bed: Testbed, trials: dict[tuple[str, str, int], Trial]) -> None:
    """On some cluster, for some goal: what nothing hangs on need not be asked for."""
    hanging: dict[str, bool] = {}
    for name, goal, status in CASES:
        if status == FORBIDDEN:
            made = trial(trials, bed, name, goal, status)
            for source, found in made.without.items():
                hanging[str(source)] = hanging.get(str(source), False) or bool(changed(made.whole, found))
    assert {source for source, used in hanging.items() if not used} == set(NOTHING_HANGS_ON)


@pytest.mark.parametrize("service", ["iam", "ec2"])
def test_an_address_of_aws_that_nothing_answers_at(bed: Testbed, monkeypatch: pytest.MonkeyPatch, service: str) -> None:
    cluster = bed.clusters["littered"]
    whole = examine(cluster, "disable")
    monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service.upper()}", "http://127.0.0.1:9")
    found = examine(cluster, "disable")
    assert problems(whole, found, "127.0.0.1:9") == []
    assert {after["status"] for _before, after in changed(whole, found)} == {"unknown"}


def test_an_address_of_kubernetes_that_nothing_answers_at(bed: Testbed) -> None:
    cluster = bed.clusters["littered"]
    whole = examine(cluster, "disable")
    bed.aws.change_cluster(cluster.eks, endpoint="https://127.0.0.1:9")
    try:
        found = examine(cluster, "disable", request_timeout=3)
    finally:
        bed.aws.change_cluster(cluster.eks, endpoint=cluster.endpoint)
    assert {"capacity.linux", "ipam.enabled", "legacy.components"} <= {
        after["id"] for _b, after in changed(whole, found)
    }
    assert [after["id"] for _before, after in changed(whole, found) if "127.0.0.1:9" not in str(after)] == []
    assert {after["status"] for _before, after in changed(whole, found)} <= {"unknown", "pass"}
