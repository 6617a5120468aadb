# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Values merged into a managed add-on's configuration: what is sent to EKS, what stays, and what EKS does to it."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.playbook import TaskRun, run_tasks
from tests.testbed.aws import AddonIssue, AwsServer
from tests.testbed.aws.eks_state import AddonState, EksCluster

MODULE = "cloudops.eks_windows.eks_addon_config"
VERSION = "v1.19.0-eksbuild.1"
OLD_VERSION = "v1.13.4-eksbuild.1"
IPAM_ON = {"enableWindowsIpam": "true"}
ENV = {"env": {"ENABLE_POD_ENI": "true", "WARM_IP_TARGET": "5"}}
ASSOCIATION = "arn:aws:eks:us-east-1:111122223333:podidentityassociation/c/a-1234567890abcdefg"
DESCRIBED = "DescribeAddon"
NUMBERS = itertools.count(1)
ONE_UPDATE = ["DescribeAddon", "DescribeAddonConfiguration", "UpdateAddon", "DescribeUpdate", "DescribeAddon"]


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsServer]:
    with AwsServer() as server:
        yield server


class Bed:
    """One cluster with its add-on, and the module run on it."""

    def __init__(self, aws: AwsServer, name: str) -> None:
        self.aws = aws
        self.cluster: EksCluster = aws.add_cluster(name)
        self.label = f"add-on vpc-cni of cluster {name}"

    @property
    def addon(self) -> AddonState:
        return self.cluster.addons["vpc-cni"]

    @property
    def configuration(self) -> Any:
        return json.loads(self.addon.configuration_values or "{}")

    def add(self, configuration: str = "", **more: Any) -> None:
        self.aws.add_addon(self.cluster, configuration_values=configuration, **more)

    def run(self, *arguments: str, environment: Mapping[str, str] | None = None, **options: Any) -> TaskRun:
        """Run the module; what it asks of AWS is counted from here on."""
        self.aws.forget_requests()
        given = {"cluster_name": self.cluster.name, "addon_name": "vpc-cni", "values": IPAM_ON, "wait_delay": 1}
        task = {"name": "Configure", MODULE: {**given, **options}}
        found = run_tasks([task], {**self.aws.environment, **(environment or {})}, arguments=arguments)
        assert "Traceback" not in found.stdout + found.stderr
        return found.of("localhost")[0]

    @contextmanager
    def busy_for_two_looks(self, configuration: str) -> Iterator[None]:
        """Somebody else's update, which ends with this configuration once the add-on was described twice."""
        self.aws.set_addon_status(self.cluster, "vpc-cni", "UPDATING")
        self.aws.forget_requests()
        over = threading.Event()

        def end() -> None:
            while not over.wait(0.1):
                if sum(request.status > 0 for request in self.aws.requests()) >= 2:
                    self.addon.configuration_values = configuration
                    self.aws.set_addon_status(self.cluster, "vpc-cni", "ACTIVE")
                    return

        thread = threading.Thread(target=end)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
        assert self.asked()[0] == DESCRIBED
        assert len(self.aws.requests()) >= 3

    def asked(self) -> list[str]:
        """The calls since the last run, one for each kind in a row."""
        operations = [request.operation for request in self.aws.requests()]
        return [each for index, each in enumerate(operations) if operations[index - 1 : index] != [each]]

    def writes(self) -> list[str]:
        return [request.operation for request in self.aws.requests() if request.write]

    def sent(self) -> dict[str, Any]:
        """The parameters of the last update."""
        found = [request.parameters for request in self.aws.requests() if request.operation == "UpdateAddon"]
        return dict(found[-1])

    def role(self) -> str:
        """ARN of a role for the add-on's service account."""
        return self.aws.add_role(f"{self.cluster.name}-cni")


@pytest.fixture
def bed(aws: AwsServer) -> Iterator[Bed]:
    yield Bed(aws, f"c{next(NUMBERS)}")
    aws.clear_faults()


def test_only_the_configuration_changes_and_only_once(bed: Bed) -> None:
    role = bed.role()
    bed.add(json.dumps(ENV), service_account_role_arn=role, pod_identity_associations=(ASSOCIATION,))
    changed = bed.run()
    assert changed.changed, changed.message
    assert bed.asked() == ONE_UPDATE
    token = bed.sent().pop("clientRequestToken")
    assert bed.sent() == {
        "clusterName": bed.cluster.name,
        "addonName": "vpc-cni",
        "addonVersion": VERSION,
        "serviceAccountRoleArn": role,
        "configurationValues": json.dumps({**ENV, **IPAM_ON}),
        "resolveConflicts": "PRESERVE",
        "clientRequestToken": token,
    }
    assert changed.result["addon"] == {
        "name": "vpc-cni",
        "arn": bed.addon.arn,
        "version": VERSION,
        "status": "ACTIVE",
        "configuration_values": {**ENV, **IPAM_ON},
        "service_account_role_arn": role,
        "pod_identity_associations": [ASSOCIATION],
        "health_issues": [],
    }
    assert changed.result["cluster_name"] == bed.cluster.name
    (update,) = bed.cluster.updates.values()
    assert changed.result["addon_update"] == {"id": update.id, "status": "Successful", "errors": []}
    assert (bed.addon.service_account_role_arn, bed.addon.pod_identity_associations) == (role, (ASSOCIATION,))
    assert bed.addon.rendered["enable-windows-ipam"] == "true"
    again = bed.run()
    assert not again.changed
    assert bed.asked() == [DESCRIBED]
    assert len(bed.aws.requests()) == 1
    assert again.result["addon"] == changed.result["addon"]
    assert "addon_update" not in again.result


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.newest_client
def test_an_add_on_without_role_and_values_gets_no_role(bed: Bed) -> None:
    bed.add()
    assert bed.run().changed
    assert "serviceAccountRoleArn" not in bed.sent()
    assert "podIdentityAssociations" not in bed.sent()
    assert bed.configuration == IPAM_ON


def test_check_mode_predicts_and_writes_nothing(bed: Bed) -> None:
    bed.add(json.dumps(ENV))
    predicted = bed.run("--check", "--diff")
    assert predicted.changed
    assert bed.asked() == ["DescribeAddon", "DescribeAddonConfiguration"]
    assert predicted.result["diff"] == {"before": ENV, "after": {**ENV, **IPAM_ON}}
    real = bed.run("--diff")
    for key in ("changed", "diff", "addon", "cluster_name"):
        assert predicted.result[key] == real.result[key]
    assert not bed.run("--check").changed
    assert bed.asked() == [DESCRIBED]


def test_yaml_stays_yaml_and_strings_stay_strings(bed: Bed) -> None:
    before = "env:\n  ENABLE_POD_ENI: \"true\"\n  WARM_IP_TARGET: '5'\nlivenessProbeTimeoutSeconds: 10\n"
    bed.add(before)
    changed = bed.run(values={**IPAM_ON, "warmWindowsIPTarget": 5, "env": {"WARM_IP_TARGET": None}})
    assert changed.changed
    assert bed.addon.configuration_values == (
        'env:\n  ENABLE_POD_ENI: "true"\nlivenessProbeTimeoutSeconds: 10\n'
        'enableWindowsIpam: "true"\nwarmWindowsIPTarget: 5\n'
    )
    assert not bed.run(values={**IPAM_ON, "warmWindowsIPTarget": 5, "env": {"WARM_IP_TARGET": None}}).changed
    assert len(bed.aws.requests()) == 1


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.newest_client
def test_the_last_key_can_be_removed(bed: Bed) -> None:
    bed.add(json.dumps(IPAM_ON))
    assert bed.run(values={"enableWindowsIpam": None}).changed
    assert bed.sent()["configurationValues"] == "{}"
    assert not bed.run(values={"enableWindowsIpam": None}).changed


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.newest_client
@pytest.mark.parametrize("arguments", [(), ("--check",)])
def test_a_misplaced_key_is_refused(bed: Bed, arguments: tuple[str, ...]) -> None:
    bed.add(json.dumps(ENV))
    failed = bed.run(*arguments, values={"env": IPAM_ON})
    assert failed.failed
    assert f"configuration of {bed.label} would not be one that its version {VERSION} takes" in failed.message
    assert "env.enableWindowsIpam: no such key in the schema" in failed.message
    assert "The add-on was not changed. Give enableWindowsIpam instead of env.enableWindowsIpam" in failed.message
    assert bed.writes() == []


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_a_version_whose_schema_lacks_the_key(bed: Bed) -> None:
    bed.add(version=OLD_VERSION)
    failed = bed.run()
    assert failed.failed
    assert f"configuration of {bed.label} would not be one that its version {OLD_VERSION} takes" in failed.message
    assert "enableWindowsIpam: no such key in the schema" in failed.message
    assert "Update the add-on to a version that has enableWindowsIpam" in failed.message
    assert bed.writes() == []
    assert bed.configuration == {}


@pytest.mark.thorough
def test_a_boolean_where_the_schema_has_a_string(bed: Bed) -> None:
    bed.add()
    failed = bed.run(values={"enableWindowsIpam": True})
    assert "enableWindowsIpam: True is not of type 'string'" in failed.message
    assert bed.writes() == []


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.newest_client
def test_what_is_not_there_is_named(bed: Bed) -> None:
    failed = bed.run()
    assert f"Could not describe {bed.label} in region us-east-1" in failed.message
    assert "EKS does not manage it there" in failed.message
    nowhere = bed.run(cluster_name="nobody")
    assert "cluster nobody in region us-east-1" in nowhere.message
    assert "Check the cluster's name, the account and the region" in nowhere.message
    assert bed.writes() == []


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.newest_client
def test_somebody_elses_update_is_waited_for(bed: Bed) -> None:
    bed.add(json.dumps(ENV))
    bed.aws.set_addon_status(bed.cluster, "vpc-cni", "UPDATING")
    impatient = bed.run(wait=False)
    assert f"EKS is at work on {bed.label}, which is UPDATING, and wait is false" in impatient.message
    assert bed.asked() == [DESCRIBED]
    with bed.busy_for_two_looks('{"enableNetworkPolicy": "true"}'):
        changed = bed.run()
    assert changed.changed, changed.message
    assert bed.configuration == {"enableNetworkPolicy": "true", **IPAM_ON}
    assert bed.writes() == ["UpdateAddon"]


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_somebody_elses_update_that_brings_the_values(bed: Bed) -> None:
    bed.add()
    with bed.busy_for_two_looks(json.dumps(IPAM_ON)):
        waited = bed.run()
    assert not waited.changed, waited.message
    assert waited.result["addon"]["status"] == "ACTIVE"
    assert bed.asked() == [DESCRIBED]


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_somebody_elses_update_that_takes_too_long(bed: Bed) -> None:
    bed.add()
    bed.aws.set_addon_status(bed.cluster, "vpc-cni", "UPDATING")
    failed = bed.run(wait_timeout=1)
    assert f"{bed.label}, which is still UPDATING after 1 seconds" in failed.message
    assert bed.writes() == []


def run_each(aws: AwsServer, beds: Mapping[str, Bed]) -> Iterator[tuple[str, Bed, TaskRun]]:
    """Run the module on each in one play."""
    aws.forget_requests()
    tasks = [
        {
            "name": status,
            MODULE: {"cluster_name": bed.cluster.name, "addon_name": "vpc-cni", "values": IPAM_ON, "wait_delay": 1},
            "ignore_errors": True,
        }
        for status, bed in beds.items()
    ]
    found = run_tasks(tasks, aws.environment)
    assert "Traceback" not in found.stdout + found.stderr
    done = found.of("localhost")
    assert [task.name for task in done] == list(beds)
    return ((task.name, beds[task.name], task) for task in done)


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_states_that_are_refused(aws: AwsServer) -> None:
    beds = {status: Bed(aws, f"c{next(NUMBERS)}") for status in ("DELETING", "CREATE_FAILED", "DELETE_FAILED")}
    for status, bed in beds.items():
        bed.add(status=status, issues=(AddonIssue("AccessDenied", "no right"),))
    for status, bed, failed in run_each(aws, beds):
        assert f"vpc-cni of cluster {bed.cluster.name} is {status} (AccessDenied: no right)" in failed.message
    assert [request.operation for request in aws.requests()] == [DESCRIBED] * 3


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.newest_client
def test_sick_add_ons_are_updated_with_a_warning(aws: AwsServer) -> None:
    beds = {status: Bed(aws, f"c{next(NUMBERS)}") for status in ("DEGRADED", "UPDATE_FAILED")}
    for status, bed in beds.items():
        bed.add(status=status, issues=(AddonIssue("InsufficientNumberOfReplicas", "too few", ("aws-node",)),))
    for status, bed, changed in run_each(aws, beds):
        assert changed.changed, changed.message
        said = f"{bed.label} was {status} (InsufficientNumberOfReplicas: too few (aws-node))".removeprefix("a")
        assert said in str(changed.result["warnings"])
        assert bed.addon.status == "ACTIVE"


def test_a_failing_update_is_told_and_the_next_run_converges(bed: Bed) -> None:
    bed.add(json.dumps(ENV))
    bed.aws.fail_next_update("ConfigurationConflict", "Conflicts:\nConfigMap amazon-vpc-cni", resource_ids=["cm"])
    failed = bed.run()
    assert failed.failed
    assert (
        f"of {bed.label} ended as Failed: ConfigurationConflict: Conflicts: ConfigMap amazon-vpc-cni (cm). "
        "The add-on is UPDATE_FAILED (ConfigurationConflict" in failed.message
    )
    assert failed.changed
    assert failed.result["addon_update"]["status"] == "Failed"
    assert failed.result["addon_update"]["errors"][0]["code"] == "ConfigurationConflict"
    assert failed.result["addon"]["status"] == "UPDATE_FAILED"
    again = bed.run()
    assert again.changed, again.message
    assert again.result["addon"]["status"] == "ACTIVE"
    assert bed.addon.rendered["enable-windows-ipam"] == "true"
    assert not bed.run().changed
    assert bed.writes() == []


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_an_update_that_leaves_the_add_on_degraded(bed: Bed) -> None:
    bed.add()

    def degrade(*_arguments: Any) -> list[str]:
        """Once EKS is done, and before the module looks again."""
        issues = (AddonIssue("InsufficientNumberOfReplicas", "too few"),)
        threading.Timer(0.3, bed.aws.set_addon_status, (bed.cluster, "vpc-cni", "DEGRADED", issues)).start()
        return []

    bed.aws.on_addon_applied = degrade
    try:
        failed = bed.run()
    finally:
        bed.aws.on_addon_applied = None
    assert failed.failed
    assert (
        f"After its update {bed.label}, which was ACTIVE, is DEGRADED (InsufficientNumberOfReplicas: too few)"
        in failed.message
    )
    assert failed.changed
    assert failed.result["addon_update"]["status"] == "Successful"


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_an_update_that_takes_too_long(bed: Bed) -> None:
    bed.add()
    bed.aws.hold_next_update(6)
    failed = bed.run(wait_timeout=1)
    assert f"of {bed.label} is still in progress after 1 seconds" in failed.message
    assert failed.changed
    assert failed.result["addon_update"]["status"] == "InProgress"
    again = bed.run()
    assert not again.changed, again.message
    assert again.result["addon"]["status"] == "ACTIVE"
    assert bed.writes() == []


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_without_wait_the_update_goes_on_by_itself(bed: Bed) -> None:
    bed.add()
    bed.aws.hold_next_update(5)
    started = bed.run(wait=False)
    assert started.changed
    assert started.result["addon_update"]["status"] == "InProgress"
    assert started.result["addon"]["status"] == "UPDATING"
    assert bed.asked() == ["DescribeAddon", "DescribeAddonConfiguration", "UpdateAddon", "DescribeAddon"]
    assert not bed.run().changed


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.newest_client
def test_a_refused_update_changes_nothing_and_the_next_run_converges(bed: Bed) -> None:
    bed.add(json.dumps(ENV))
    bed.aws.fail_next("eks", "UpdateAddon", "InvalidRequestException", "Cluster is not ACTIVE")
    failed = bed.run()
    assert f"Could not update {bed.label}" in failed.message
    assert "Cluster is not ACTIVE. The add-on was not changed" in failed.message
    assert not failed.changed
    assert bed.configuration == ENV
    assert bed.run().changed
    assert bed.configuration == {**ENV, **IPAM_ON}


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_an_update_that_eks_took_though_it_answered_an_error(bed: Bed) -> None:
    bed.add(json.dumps(ENV))
    bed.aws.fail_next("eks", "UpdateAddon", "ServerException", "lost", after_applied=True, status=500)
    failed = bed.run(environment={"AWS_MAX_ATTEMPTS": "1"})
    assert f"Could not update {bed.label}" in failed.message
    assert "Whether EKS took the update is not known: the next run goes on from there" in failed.message
    again = bed.run()
    assert not again.changed
    assert bed.writes() == []
    assert bed.configuration == {**ENV, **IPAM_ON}


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.newest_client
def test_an_update_whose_answer_is_lost_is_one_change(bed: Bed) -> None:
    role = bed.role()
    bed.add(json.dumps(ENV), service_account_role_arn=role)
    bed.aws.hold_next_update(4)
    bed.aws.fail_next("eks", "UpdateAddon", "ServerException", "lost", after_applied=True, status=500)
    changed = bed.run()
    assert changed.changed, changed.message
    assert changed.result["diff"]["before"] == ENV
    assert "addon_update" not in changed.result
    assert len(bed.cluster.updates) == 1
    assert bed.addon.service_account_role_arn == role


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.newest_client
def test_a_race_is_waited_out(bed: Bed) -> None:
    bed.add(json.dumps(ENV))
    bed.aws.fail_next("eks", "UpdateAddon", "ResourceInUseException", "in UPDATING state", status=409)
    changed = bed.run()
    assert changed.changed, changed.message
    assert bed.writes() == ["UpdateAddon"] * 2
    assert len(bed.cluster.updates) == 1
    bed.aws.fail_next("eks", "UpdateAddon", "ResourceInUseException", "in UPDATING state", times=9, status=409)
    failed = bed.run(values={"enableWindowsIpam": "false"}, wait_timeout=2)
    assert f"Could not update {bed.label}" in failed.message
    assert "in UPDATING state" in failed.message
    assert bed.configuration == {**ENV, **IPAM_ON}


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize("permission", ["DescribeAddon", "DescribeAddonConfiguration", "UpdateAddon", "DescribeUpdate"])
def test_a_permission_that_is_missing_is_named(bed: Bed, permission: str) -> None:
    bed.add()
    bed.aws.deny(f"eks:{permission}")
    failed = bed.run()
    assert failed.failed
    assert bed.label in failed.message
    assert f"Give the caller eks:{permission}" in failed.message
    assert failed.changed is (permission == "DescribeUpdate")


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.newest_client
def test_the_right_to_pass_the_role_is_named(bed: Bed) -> None:
    role = bed.role()
    bed.add(service_account_role_arn=role)
    words = f"User: arn:aws:iam::1:user/u is not authorized to perform: iam:PassRole on resource: {role}"
    bed.aws.fail_next("eks", "UpdateAddon", "AccessDeniedException", words, status=403)
    assert f"Give the caller iam:PassRole on {role}" in bed.run().message


def test_without_jsonschema_nothing_is_written(bed: Bed) -> None:
    bed.add()
    bed.aws.forget_requests()
    task = {
        "name": "Configure",
        MODULE: {"cluster_name": bed.cluster.name, "addon_name": "vpc-cni", "values": IPAM_ON},
        "environment": {"PYTHONPATH": "{{ playbook_dir }}"},
    }
    hide = {
        "name": "Hide",
        "ansible.builtin.copy": {"dest": "{{ playbook_dir }}/jsonschema.py", "content": "raise ImportError\n"},
    }
    found = run_tasks([hide, task], bed.aws.environment)
    failed = found.of("localhost")[-1]
    assert "can't be checked: jsonschema is not installed where this runs" in failed.message
    assert bed.writes() == []


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.newest_client
def test_another_add_on(bed: Bed) -> None:
    bed.aws.add_addon(bed.cluster, "coredns", "v1.11.4-eksbuild.2")
    changed = bed.run(addon_name="coredns", values={"replicaCount": 3})
    assert changed.changed, changed.message
    assert changed.result["addon"]["configuration_values"] == {"replicaCount": 3}
