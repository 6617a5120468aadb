# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Has each write of a role fail once, in one play over several clusters, and sees that no write is left out.

In each run every cluster fails at one write more than in the run before it, and goes on from what that one left: on one
cluster before the server has applied the write, on the other after. The last run but one completes, and the last one
writes nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.support.playbook import PlaybookRun, run_playbook
from tests.support.roles import writes
from tests.testbed.cluster import TestbedCluster
from tests.testbed.kubernetes.emulator.faults import Faults
from tests.testbed.specs import ClusterSpec
from tests.testbed.testbed import Testbed

BEFORE, AFTER = "before", "after"
FINAL = 501
"""A status that no client sends a request again for."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A request that fails.

    Attributes:
        call: Verb and path, in which ``*`` stands for a name, or service and operation of AWS.
        body: Searched for in the body.
        status: Of the answer.
        attempts: How often it is sent where it fails: kubernetes.core sends some patches again, as another kind.
        skip: How many requests of this call pass before.
        applied: Whether the server has applied it all the same, of one that fails beside a write.
    """

    call: str
    body: str = ""
    status: int = 500
    attempts: int = 1
    skip: int = 0
    applied: bool = False


@dataclass(frozen=True, kw_only=True)
class Write(Fault):
    """A write of a role, as the server that fails it sees it.

    Attributes:
        step: Whose it is.
        says: A part of the message.
        beside: What fails before it in the same run, or there would be no such write.
    """

    step: str
    says: str = ""
    beside: Fault | None = None


Sequences = Mapping[str, Sequence[Write]]
"""The writes of each cluster, in the order in which they fail."""


def both(sequences: Mapping[str, Callable[[str], Sequence[Write]]]) -> Sequences:
    """For a cluster whose writes fail before, and one whose writes fail after they are applied."""
    return {f"{name}-{when}": sequence(when) for name, sequence in sequences.items() for when in (BEFORE, AFTER)}


def clusters(*specs: ClusterSpec) -> list[ClusterSpec]:
    """The specs of the clusters of :func:`both`."""
    return [replace(spec, name=f"{spec.name}-{when}") for spec in specs for when in (BEFORE, AFTER)]


def fail_one_after_the_other(
    testbed: Testbed,
    playbook: str,
    sequences: Sequences,
    goes_on: Callable[[TestbedCluster, Write], None],
    shown: Sequences | None = None,
    **variables: Any,
) -> None:
    """Run the playbook until each write has failed, then until nothing is left to do.

    Args:
        testbed: The clusters.
        playbook: Its name in the collection.
        sequences: What fails.
        goes_on: Looks at a cluster after each failure.
        shown: Writes that another sequence shows to fail, and that so need not do it here.
        variables: For the playbook.
    """
    for number in range(max(map(len, sequences.values()))):
        due = {name: sequence[number] for name, sequence in sequences.items() if number < len(sequence)}
        for name, write in due.items():
            strike(testbed, testbed.clusters[name], write)
        run = run_on(testbed, playbook, due, variables)
        clear(testbed)
        for name, write in due.items():
            assert_said(run, name, write)
            goes_on(testbed.clusters[name], write)

    healed = run_on(testbed, playbook, sequences, variables)
    assert healed.returncode == 0, healed.stdout[-3000:]
    assert_each_failed(testbed, sequences, shown or {})

    testbed.forget_requests()
    second = run_on(testbed, playbook, sequences, variables)
    assert second.returncode == 0, second.stdout[-3000:]
    assert all(counts["changed"] == 0 for counts in second.stats.values())
    assert [write for cluster in testbed.clusters.values() for write in writes(testbed, cluster)] == []


def run_on(testbed: Testbed, playbook: str, names: Iterable[str], variables: Mapping[str, Any]) -> PlaybookRun:
    """Run the playbook for these clusters."""
    return run_playbook(
        f"cloudops.eks_windows.{playbook}",
        testbed.environment,
        inventory=testbed.inventory,
        arguments=("--limit", ",".join(names)),
        variables=variables,
    )


def strike(testbed: Testbed, cluster: TestbedCluster, write: Write) -> None:
    """Let it fail. AWS's faults know no cluster: of two that call the same, one fails before and one after."""
    after_applied = cluster.name.endswith(AFTER)
    if " " not in write.call:
        service, operation = write.call.split(":")
        testbed.aws.fail_next(service, operation, "AccessDeniedException", "Not now", after_applied=after_applied)
        return
    if write.beside:
        fail_next(cluster, write.beside, after_applied=write.beside.applied)
    fail_next(cluster, write, after_applied=after_applied)


def fail_next(cluster: TestbedCluster, fault: Fault, *, after_applied: bool = False) -> None:
    """Let a request of Kubernetes fail."""
    verb, path = fault.call.split()
    found = re.escape(path).replace(r"\*", "[^/]+")
    faults_of(cluster).fail_next(
        verb, f"{found}$", fault.status, "Not now", fault.attempts, after_applied, fault.skip, fault.body
    )


def clear(testbed: Testbed) -> None:
    """Let nothing fail any more."""
    testbed.aws.clear_faults()
    for cluster in testbed.clusters.values():
        faults_of(cluster).clear()


def faults_of(cluster: TestbedCluster) -> Faults:
    """The faults of an emulated cluster: no other has any."""
    found = getattr(cluster.kubernetes, "faults", None)
    assert isinstance(found, Faults), "the control plane is not emulated"
    return found


def assert_said(run: PlaybookRun, name: str, write: Write) -> None:
    """The run failed at this write, and says so."""
    assert run.stats[name]["failures"], f"{write} did not fail on {name}: changed {run.changes(name)}"
    message = run.failure(name)
    assert message.startswith(f"Cluster {name}: step {write.step} failed on "), (write, message)
    assert "Not now" in message
    assert write.says in message
    assert "Remedy: " in message


def assert_each_failed(testbed: Testbed, sequences: Sequences, shown: Sequences) -> None:
    """Each write failed as often as it was due, and there is no kind of write that did not, before and after."""
    asked = [request for request in testbed.aws.requests() if request.write]
    refused = Counter(f"{request.service}:{request.operation}" for request in asked if request.error)
    calls = Counter(write.call for sequence in sequences.values() for write in sequence if " " not in write.call)
    assert refused == calls
    assert set(calls.values()) <= {2}
    assert {f"{request.service}:{request.operation}" for request in asked} == set(calls)

    made: set[str] = set()
    failed: dict[str, set[str]] = {BEFORE: set(), AFTER: set()}
    for name, sequence in sequences.items():
        seen = testbed.clusters[name].requests()
        made |= {kind_of(request.verb, request.path) for request in seen if request.write}
        due = sum(fault.attempts for write in sequence if " " in write.call for fault in (write, write.beside) if fault)
        assert len([request for request in seen if request.status in (500, FINAL)]) == due
        failed[name.rpartition("-")[2]] |= kinds(sequence)
    elsewhere = {kind for sequence in shown.values() for kind in kinds(sequence)}
    assert {when: found | elsewhere for when, found in failed.items()} == dict.fromkeys(failed, made | elsewhere)


def kinds(sequence: Sequence[Write]) -> set[str]:
    """The kinds of the writes of Kubernetes."""
    return {kind_of(*write.call.split()) for write in sequence if " " in write.call}


def kind_of(verb: str, path: str) -> str:
    """The verb and the resource; a Deployment is a controller or a webhook, which the steps treat differently."""
    found = re.search(r"/(?:v1|v1beta1)/(?:namespaces/[^/]+/)?([^/]+)(.*)", path)
    assert found, path
    return f"{verb} {found[1]}{' controller' if found[2].endswith('-controller') else ''}"
