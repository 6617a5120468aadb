# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Bad input gets one clear message that names it, and changes nothing."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.playbook import PlaybookRun, run_playbook, run_tasks
from tests.testbed.testbed import Testbed

MODULE = "cloudops.eks_windows.eks_windows_preflight"


@pytest.fixture(autouse=True)
def nothing_is_changed(module_fleet: Testbed) -> Iterator[None]:
    module_fleet.forget_requests()
    yield
    assert not [request for request in module_fleet.aws.requests() if request.write]
    for cluster in module_fleet.clusters.values():
        assert not [request for request in cluster.requests() if request.write]


def preflight(testbed: Testbed, **options: Any) -> PlaybookRun:
    arguments = {"cluster_name": "ready", "region": "us-east-1", **options}
    return run_tasks([{"name": "Examine", MODULE: arguments}], testbed.environment)


def message_of(run: PlaybookRun) -> str:
    """The one message of a run that failed as it should, without a traceback."""
    assert run.returncode == 2, run.stdout
    assert "Traceback" not in run.stdout + run.stderr
    failed = [task for task in run.of("localhost") if task.failed]
    # Playbook preflight holds a failure back until its report is written, and then says it again.
    assert len({task.message for task in failed}) == 1
    assert "Traceback" not in str(failed[0].result.get("exception"))
    return failed[0].message


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
def test_unknown_cluster(module_fleet: Testbed) -> None:
    message = message_of(preflight(module_fleet, cluster_name="raedy"))
    assert "raedy" in message
    assert "us-east-1" in message
    assert "ready" in message.replace("raedy", ""), "the nearest name helps"


# Judged by the library, whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_wrong_region(module_fleet: Testbed) -> None:
    message = message_of(preflight(module_fleet, region="eu-west-1"))
    assert "ready" in message
    assert "eu-west-1" in message


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
def test_unknown_rule_id(module_fleet: Testbed) -> None:
    message = message_of(preflight(module_fleet, ignore=["ipam.enabld"]))
    assert "ipam.enabld" in message
    assert "ipam.enabled" in message, "the nearest id helps"
    assert not module_fleet.aws.requests(), "input is judged before anything is asked"


# Judged by the library, whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_unknown_rule_id_of_a_waiver(module_fleet: Testbed) -> None:
    message = message_of(preflight(module_fleet, ignore=[{"id": "version.lifecicle", "reason": "none"}]))
    assert "version.lifecicle" in message


# Judged by the library, whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_waiver_with_a_date_that_is_none(module_fleet: Testbed) -> None:
    message = message_of(preflight(module_fleet, ignore=[{"id": "version.lifecycle", "until": "soon"}]))
    assert "soon" in message
    assert "version.lifecycle" in message


# Judged by the library, whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize("option", ["warm_ip_target", "minimum_ip_target", "warm_prefix_target"])
def test_negative_target(module_fleet: Testbed, option: str) -> None:
    message = message_of(preflight(module_fleet, goal="enable", **{option: -1}))
    assert message == f"Cluster ready: {option} is -1, and can't be negative"
    assert not module_fleet.aws.requests(), "input is judged before anything is asked"


# Judged by the library, whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_misspelt_module_option(module_fleet: Testbed) -> None:
    message = message_of(preflight(module_fleet, planed_instance_types=["m5.large"]))
    assert "planed_instance_types" in message


def test_misspelt_role_variable(module_fleet: Testbed) -> None:
    run = run_playbook(
        "cloudops.eks_windows.enable",
        module_fleet.environment,
        variables={"eks_windows_cluster_name": "other", "eks_windows_ipam_ownr": "addon"},
    )
    message = message_of(run)
    assert "eks_windows_ipam_ownr (nearest known name: eks_windows_ipam_owner)" in message
    assert "other" in message
    assert not module_fleet.aws.requests()


@pytest.mark.parametrize("playbook", ["preflight", "enable"])
def test_misspelt_cluster_variable_of_a_playbook(module_fleet: Testbed, playbook: str) -> None:
    run = run_playbook(
        f"cloudops.eks_windows.{playbook}", module_fleet.environment, variables={"eks_windows_cluster_nam": "other"}
    )
    assert "eks_windows_cluster_nam (nearest known name: eks_windows_cluster_name)" in message_of(run)


# Judged by the library, whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize("playbook", ["preflight", "enable"])
def test_playbook_without_a_cluster(module_fleet: Testbed, playbook: str) -> None:
    run = run_playbook(f"cloudops.eks_windows.{playbook}", module_fleet.environment)
    assert "eks_windows_cluster_name" in message_of(run)


# Judged by the library, whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_kubeconfig_without_the_context(module_fleet: Testbed, tmp_path: Path) -> None:
    file = tmp_path / "config"
    cluster = {"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}
    context = {"name": "there", "context": {"cluster": "c", "user": "u"}}
    document = {"clusters": [cluster], "contexts": [context], "users": [{"name": "u", "user": {}}]}
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    message = message_of(preflight(module_fleet, kubeconfig=str(file), context="missing"))
    assert "missing" in message
    assert "there" in message, "the contexts that are there help"


@pytest.fixture
def silent_address() -> Iterator[str]:
    """An address that takes connections and never says a word."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
def test_unreachable_endpoint_is_unknown_and_named_within_the_timeout(
    module_fleet: Testbed, silent_address: str
) -> None:
    cluster = module_fleet.clusters["other"]
    endpoint = cluster.endpoint
    module_fleet.aws.change_cluster(cluster.eks, endpoint=silent_address)
    try:
        started = time.monotonic()
        run = preflight(module_fleet, cluster_name="other", goal="enable", request_timeout=2)
        elapsed = time.monotonic() - started
    finally:
        module_fleet.aws.change_cluster(cluster.eks, endpoint=endpoint)
    assert run.returncode == 0, run.stdout
    found = run.of("localhost")[0].result
    assert found["ready"] is False
    unknown = {finding["id"]: finding for finding in found["findings"] if finding["status"] == "unknown"}
    assert {"ipam.enabled", "capacity.linux", "legacy.controller_blocks"} <= set(unknown)
    assert "ipam.enabled" in found["blockers"]
    said = unknown["ipam.enabled"]["summary"] + unknown["ipam.enabled"]["remedy"]
    assert silent_address.removeprefix("https://") in said
    assert found["plan"] == []
    # Ansible's own start takes about two seconds of this.
    assert elapsed < 12


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
def test_enable_refuses_what_it_cannot_reach(module_fleet: Testbed, silent_address: str) -> None:
    cluster = module_fleet.clusters["other"]
    endpoint = cluster.endpoint
    module_fleet.aws.change_cluster(cluster.eks, endpoint=silent_address)
    try:
        run = run_playbook(
            "cloudops.eks_windows.enable",
            module_fleet.environment,
            variables={"eks_windows_cluster_name": "other", "eks_windows_request_timeout": 2},
        )
    finally:
        module_fleet.aws.change_cluster(cluster.eks, endpoint=endpoint)
    message = message_of(run)
    assert "Cluster other" in message
    assert silent_address.removeprefix("https://") in message
    assert "nothing was changed" in message
