# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""A twin answers as its module does, and hands over wherever the two could differ."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.playbook import CLIENT, PlaybookRun, TaskRun, run_tasks
from tests.testbed.testbed import Testbed

TWINS = ("cloudops.eks_windows.eks_windows_preflight", "cloudops.eks_windows.eks_cluster_info")
# What a task says of itself or of the time, and not of the cluster.
ASYNC = ("ansible_job_id", "finished", "started", "results_file", "stdout", "stdout_lines", "stderr", "stderr_lines")
OWN = ("action", "invocation", "observed_at", *ASYNC)

# Transport "loopback" is the local one under another name, as a connection to a remote host would have.
LOOPBACK_CONNECTION = """
from ansible.plugins.connection.local import Connection as Local

DOCUMENTATION = '''
name: loopback
short_description: the local connection under another name
description: the local connection under another name
options: {}
'''


class Connection(Local):
    transport = "loopback"
"""

# Run at the start of each Python: nothing finds boto3 any more.
WITHOUT_BOTO3 = """
import importlib.machinery

find_spec = importlib.machinery.PathFinder.find_spec


def without_boto3(name, path=None, target=None):
    return None if name.split(".")[0] in ("boto3", "botocore") else find_spec(name, path, target)


importlib.machinery.PathFinder.find_spec = without_boto3
"""


def task_of(module: str, **keywords: Any) -> dict[str, Any]:
    return {"name": "Examine", module: {"cluster_name": "ready", "region": "us-east-1"}, **keywords}


def run(testbed: Testbed, task: Mapping[str, Any], **options: Any) -> PlaybookRun:
    return run_tasks([task], testbed.environment, arguments=["-vvv"], **options)


def answer(found: TaskRun) -> dict[str, Any]:
    """What the task says of the cluster."""
    assert not found.failed, found.result
    return {key: value for key, value in found.result.items() if key not in OWN}


def handed_over(found: PlaybookRun) -> bool:
    return "running the module, because" in found.stdout + found.stderr


def here(testbed: Testbed, module: str) -> dict[str, Any]:
    """What the twin answers without its module."""
    found = run(testbed, task_of(module))
    assert not handed_over(found)
    return answer(found.of("localhost")[0])


@pytest.mark.parametrize("module", TWINS)
@pytest.mark.parametrize(
    ("keywords", "reason"),
    [
        pytest.param({"environment": {"UNRELATED": "1"}}, "the task sets an environment", id="environment"),
        pytest.param({"become": True, "become_method": "ansible.builtin.su"}, "becomes another user", id="become"),
        pytest.param({"async": 60, "poll": 1}, "the task is asynchronous", id="async"),
    ],
)
def test_keyword_hands_over(module_fleet: Testbed, module: str, keywords: dict[str, Any], reason: str) -> None:
    found = run(module_fleet, task_of(module, **keywords))
    assert reason in found.stdout + found.stderr
    assert answer(found.of("localhost")[0]) == here(module_fleet, module)


@pytest.mark.thorough
@pytest.mark.parametrize("module", TWINS)
def test_other_connection_hands_over(module_fleet: Testbed, module: str, tmp_path: Path) -> None:
    (tmp_path / "loopback.py").write_text(LOOPBACK_CONNECTION, encoding="utf-8")
    environment = {**module_fleet.environment, "ANSIBLE_CONNECTION_PLUGINS": str(tmp_path)}
    found = run_tasks([task_of(module, vars={"ansible_connection": "loopback"})], environment, arguments=["-vvv"])
    assert "the connection is loopback" in found.stdout + found.stderr
    assert answer(found.of("localhost")[0]) == here(module_fleet, module)


@pytest.mark.thorough
@pytest.mark.parametrize("module", TWINS)
def test_other_interpreter_hands_over(module_fleet: Testbed, module: str, tmp_path: Path) -> None:
    # The same packages behind another path: only the path tells that it is another environment.
    other = tmp_path / "python"
    other.write_text(f'#!/bin/sh\nexec "{CLIENT / "bin" / "python"}" "$@"\n', encoding="utf-8")
    other.chmod(0o755)
    found = run(module_fleet, task_of(module, vars={"ansible_python_interpreter": str(other)}))
    assert f"the interpreter is {other}" in found.stdout + found.stderr
    assert answer(found.of("localhost")[0]) == here(module_fleet, module)


# Judged by the library, whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize("module", TWINS)
def test_missing_import_hands_over_and_the_module_names_it(module_fleet: Testbed, module: str, tmp_path: Path) -> None:
    # A Python on the path whose boto3 can't be found.
    (tmp_path / "sitecustomize.py").write_text(WITHOUT_BOTO3, encoding="utf-8")
    environment = {**module_fleet.environment, "PYTHONPATH": str(tmp_path)}
    found = run_tasks([task_of(module)], environment, arguments=["-vvv"])
    assert handed_over(found)
    assert "this Python lacks boto3" in found.stdout + found.stderr
    failed = found.of("localhost")[0]
    assert failed.failed
    assert "boto3" in failed.message
    assert "Traceback" not in failed.message


# Judged by the library, whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize("module", TWINS)
@pytest.mark.parametrize("keywords", [{}, {"environment": {"UNRELATED": "1"}}], ids=["twin", "module"])
def test_calls_are_reported_where_they_are_asked_for(
    module_fleet: Testbed, module: str, keywords: dict[str, Any]
) -> None:
    arguments = {"cluster_name": "ready", "region": "us-east-1", "debug_botocore_endpoint_logs": True}
    found = run_tasks([{"name": "Examine", module: arguments, **keywords}], module_fleet.environment)
    assert "eks:DescribeCluster" in found.of("localhost")[0].result["resource_actions"]


# Judged by the library, whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize("keywords", [{}, {"environment": {"UNRELATED": "1"}}], ids=["twin", "module"])
def test_secrets_of_a_kubeconfig_are_scrubbed_and_its_words_are_not(
    module_fleet: Testbed, keywords: dict[str, Any]
) -> None:
    cluster = module_fleet.clusters["ready"]
    authority = base64.b64encode(cluster.certificate_authority.encode()).decode()
    kubeconfig = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "ready",
        "clusters": [
            {"name": "ready", "cluster": {"server": cluster.endpoint, "certificate-authority-data": authority}}
        ],
        "users": [{"name": "someone", "user": {"token": "planted-token-of-a-kubeconfig"}}],
        "contexts": [{"name": "ready", "context": {"cluster": "ready", "user": "someone"}}],
    }
    arguments = {"cluster_name": "ready", "region": "us-east-1", "kubeconfig": kubeconfig}
    environment = {**module_fleet.environment, "ANSIBLE_INJECT_INVOCATION": "1"}
    found = run_tasks([{"name": "Examine", TWINS[0]: arguments, **keywords}], environment)
    result = found.of("localhost")[0].result
    assert "planted-token-of-a-kubeconfig" not in str(result)
    assert result["cluster"]["name"] == "ready"
    assert result["cluster"]["endpoint"] == cluster.endpoint
    identity = next(finding for finding in result["findings"] if finding["id"] == "cluster.identity")
    assert identity["status"] == "pass"


@pytest.mark.parametrize("module", TWINS)
def test_module_defaults_of_the_group_reach_the_twin(module_fleet: Testbed, module: str) -> None:
    defaults = {"group/cloudops.eks_windows.eks_windows": {"region": "us-east-1", "cluster_name": "ready"}}
    found = run_tasks([{"name": "Examine", module: {}}], module_fleet.environment, play={"module_defaults": defaults})
    assert answer(found.of("localhost")[0]) == here(module_fleet, module)


# Judged by the library, whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize("module", TWINS)
@pytest.mark.parametrize("keywords", [{}, {"environment": {"UNRELATED": "1"}}], ids=["twin", "module"])
def test_arguments_are_judged_alike(module_fleet: Testbed, module: str, keywords: dict[str, Any]) -> None:
    wrong = {"cluster_name": "ready", "region": "us-east-1", "request_timeout": "soon"}
    failed = run_tasks([{"name": "Examine", module: wrong, **keywords}], module_fleet.environment).of("localhost")[0]
    assert failed.failed
    assert "request_timeout" in failed.message
    assert "int" in failed.message


# Judged by the library, whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize("module", TWINS)
@pytest.mark.parametrize("keywords", [{}, {"environment": {"UNRELATED": "1"}}], ids=["twin", "module"])
def test_unknown_options_are_refused_alike(module_fleet: Testbed, module: str, keywords: dict[str, Any]) -> None:
    task = {"name": "Examine", module: {"cluster_name": "ready", "regoin": "us-east-1"}, **keywords}
    failed = run_tasks([task], module_fleet.environment).of("localhost")[0]
    assert f"Unsupported parameters for ({module}) module: regoin." in failed.message


# Judged by the library, whichever releases the client has.
@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize("module", TWINS)
def test_aws_configuration_that_cannot_be_read_fails_the_task_alone(
    module_fleet: Testbed, module: str, tmp_path: Path
) -> None:
    """The twin reads service models when Ansible imports it, where an error would end the whole playbook."""
    broken = tmp_path / "config"
    broken.write_text("no configuration [[", encoding="utf-8")
    environment = {**module_fleet.environment, "AWS_CONFIG_FILE": str(broken)}
    found = run_tasks([task_of(module)], environment)
    assert found.returncode == 2
    assert f"Unable to parse config file: {broken}" in found.of("localhost")[0].message
    assert "Traceback" not in found.stdout + found.stderr


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
@pytest.mark.parametrize("module", TWINS)
@pytest.mark.parametrize("keywords", [{}, {"environment": {"UNRELATED": "1"}}], ids=["twin", "module"])
def test_secret_options_are_scrubbed(module_fleet: Testbed, module: str, keywords: dict[str, Any]) -> None:
    keys = module_fleet.environment
    secret = keys["AWS_SECRET_ACCESS_KEY"]
    options = {"cluster_name": "ready", "region": "us-east-1", "access_key": keys["AWS_ACCESS_KEY_ID"]}
    task = {"name": "Examine", module: {**options, "secret_key": secret}, **keywords}
    environment = {**module_fleet.environment, "ANSIBLE_INJECT_INVOCATION": "1"}
    found = run_tasks([task], environment, arguments=["-vvvv"])
    assert not found.of("localhost")[0].failed, found.stdout
    assert secret not in found.stdout + found.stderr
    module_args = found.of("localhost")[0].result["invocation"]["module_args"]
    assert module_args["secret_key"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    assert module_args["region"] == "us-east-1"


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
@pytest.mark.parametrize("keywords", [{}, {"environment": {"UNRELATED": "1"}}], ids=["twin", "module"])
def test_the_password_of_a_proxy_is_scrubbed(module_fleet: Testbed, keywords: dict[str, Any]) -> None:
    options = {"cluster_name": "ready", "region": "us-east-1", "proxy": "http://jane:w%40rd-planted@127.0.0.1:9"}
    environment = {**module_fleet.environment, "ANSIBLE_INJECT_INVOCATION": "1"}
    found = run_tasks([{"name": "Examine", TWINS[0]: options, **keywords}], environment, arguments=["-vvvv"])
    assert "through proxy http://127.0.0.1:9 could not be reached" in found.stdout
    assert "-planted" not in found.stdout + found.stderr
    assert found.of("localhost")[0].result["invocation"]["module_args"]["proxy"].endswith("@127.0.0.1:9")
