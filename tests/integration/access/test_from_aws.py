# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Identities of AWS and proxies: role enable reads and writes as the one that is asked for, and as nobody else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.access import (
    OPERATOR,
    OTHER_ACCOUNT,
    assert_enabled,
    disabled,
    enable,
    namesake,
    new_role,
    principals,
    reached_by_proxy,
    token_of,
    users,
)
from tests.support.clusters import live_data, policy_attached, set_config_map
from tests.support.echo import EchoProxy, Passage
from tests.support.playbook import PlaybookRun, run_playbook, run_tasks
from tests.testbed import Testbed
from tests.testbed.cluster import TestbedCluster
from tests.testbed.specs import CHART_DATA


def test_an_assumed_role_with_an_external_id(emulated: Testbed) -> None:
    cluster = emulated.clusters["one"]
    arn, session = new_role(emulated, "enabler", cluster, external_id="outside")
    refused = enable(emulated, cluster, eks_windows_assume_role_arn=arn, eks_windows_assume_role_external_id="another")
    assert refused.returncode == 2
    assert "sts:AssumeRole" in refused.failure("localhost")
    assert not policy_attached(emulated, cluster)
    assert cluster.requests() == []

    run = enable(emulated, cluster, eks_windows_assume_role_arn=arn, eks_windows_assume_role_external_id="outside")
    assert_enabled(emulated, cluster, run)
    assert principals(emulated) == {session}
    assert users(cluster) == ({session}, {session})
    assert {request.parameters["ExternalId"] for request in emulated.aws.requests() if request.service == "sts"} == {
        "outside"
    }


def test_another_role_for_kubernetes(emulated: Testbed) -> None:
    cluster = emulated.clusters["one"]
    arn, session = new_role(emulated, "administrator", cluster)
    run = enable(emulated, cluster, eks_windows_kubernetes_role_arn=arn)
    assert_enabled(emulated, cluster, run)
    assert principals(emulated) == {OPERATOR}
    assert users(cluster) == ({session}, {session})


def test_a_profile(emulated: Testbed) -> None:
    cluster = emulated.clusters["elsewhere"]
    # Keys of the environment and a profile are too much of a good thing to amazon.aws.
    environment = emulated.aws.base_environment
    run = enable(emulated, cluster, environment, eks_windows_profile=f"{OTHER_ACCOUNT}-aws")
    assert_enabled(emulated, cluster, run)
    operator = f"arn:aws:iam::{OTHER_ACCOUNT}:user/operator"
    assert principals(emulated) == {operator}
    assert users(cluster) == ({operator}, {operator})


def enable_in_a_play(cluster: TestbedCluster, of_ansible: dict[str, str], **play: Any) -> PlaybookRun:
    """Role enable in a play with keywords of its own, and no variable that says where the cluster is."""
    role = {"name": "Enable", "ansible.builtin.import_role": {"name": "cloudops.eks_windows.enable"}}
    variables = {
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "eks_windows_cluster_name": cluster.name,
        "eks_windows_wait_timeout": 20,
    }
    return run_tasks([role], of_ansible, play={"vars": variables, **play})


# Ansible gives its modules the environment of a play, and not its lookups.
def test_an_environment_of_the_play_leads_no_write_to_another_cluster(emulated: Testbed, tmp_path: Path) -> None:
    production = emulated.clusters["three"]
    of_production = {"environment": {"AWS_REGION": production.spec.region}}
    with namesake(emulated, production, "eu-west-1", tmp_path) as development:
        disabled(emulated, production, development)
        environment = {**emulated.environment, "AWS_REGION": development.spec.region}
        run = enable_in_a_play(production, environment, **of_production)
        assert run.returncode == 2
        said = run.failure("localhost")
        assert "Nothing was changed. " in said
        assert f"Cluster three is {development.arn} for lookup eks_kubeconfig, but option arn wants" in said
        assert f"wants {production.arn}. Keyword environment of a play or task reaches modules and no lookup" in said
        assert development.requests() == []
        assert [request for request in (*production.requests(), *emulated.aws.requests()) if request.write] == []

        # The same environment given to Ansible itself is everybody's.
        disabled(emulated, production, development)
        run = enable_in_a_play(production, {**environment, **of_production["environment"]})
        assert_enabled(emulated, production, run)
        assert development.requests() == []


# The oldest ansible-core makes a kubeconfig for tasks of AWS, too, and refuses it there, before they write.
@pytest.mark.newest_client
def test_a_plan_that_writes_to_aws_alone_needs_no_kubeconfig(emulated: Testbed, tmp_path: Path) -> None:
    production = emulated.clusters["three"]
    with namesake(emulated, production, "eu-central-1", tmp_path) as development:
        disabled(emulated, production, development)
        set_config_map(production, {**CHART_DATA, "enable-windows-ipam": "true"})
        environment = {**emulated.environment, "AWS_REGION": development.spec.region}
        run = enable_in_a_play(production, environment, environment={"AWS_REGION": production.spec.region})
        assert run.returncode == 0, run.stdout[-4000:] + run.stderr
        assert run.facts("localhost")["eks_windows_result"]["changed_steps"] == ["attach_cluster_policy"]
        assert policy_attached(emulated, production)
        assert not policy_attached(emulated, development)
        assert development.requests() == []


def test_a_server_in_the_environment_of_the_play_is_not_written_to(emulated: Testbed) -> None:
    cluster, other = emulated.clusters["three"], emulated.clusters["one"]
    deployer, _session = new_role(emulated, "deployer", other)
    of_other = {"K8S_AUTH_HOST": other.endpoint, "K8S_AUTH_VERIFY_SSL": "false"}
    environment = {**emulated.environment, "AWS_REGION": cluster.spec.region}
    disabled(emulated, cluster, other)
    run = enable_in_a_play(cluster, environment, environment=of_other)
    assert_enabled(emulated, cluster, run)
    assert other.requests() == []

    # Beside a token kubernetes.core goes by no kubeconfig, but by the server that it is given all the same.
    with_token = {**of_other, "K8S_AUTH_API_KEY": token_of(emulated, other, deployer)}
    disabled(emulated, cluster, other)
    run = enable_in_a_play(cluster, environment, environment=with_token)
    assert run.returncode == 2
    assert "enable_windows_ipam" in run.failure("localhost")
    assert live_data(cluster) == live_data(other) == CHART_DATA
    assert other.requests() == []


def test_an_environment_of_the_play_where_lookups_see_no_such_cluster(emulated: Testbed) -> None:
    cluster = emulated.clusters["three"]
    disabled(emulated, cluster)
    environment = {**emulated.environment, "AWS_REGION": "ap-south-1"}
    run = enable_in_a_play(cluster, environment, environment={"AWS_REGION": cluster.spec.region})
    assert run.returncode == 2
    said = run.failure("localhost")
    assert f"Cluster three: lookup eks_kubeconfig does not find {cluster.arn}, which option arn wants: " in said
    assert "There is no cluster three in region ap-south-1" in said
    assert "eks_windows_region" in said
    assert [request for request in (*cluster.requests(), *emulated.aws.requests()) if request.write] == []


def test_each_host_has_its_own_proxy_or_none(emulated: Testbed, tmp_path: Path) -> None:
    clusters = {name: emulated.clusters[name] for name in ("one", "two", "three")}
    disabled(emulated, *clusters.values())
    with (
        reached_by_proxy(emulated, {"one": "127.0.0.1:1", "two": "127.0.0.1:2"}) as routes,
        EchoProxy(routes) as first,
        EchoProxy(routes) as second,
        EchoProxy() as of_the_environment,
    ):
        variables: dict[str, dict[str, Any]] = {
            "one": {"eks_windows_proxy": first.url.replace("://", "://jane:w%40rd-planted@")},
            "two": {"eks_windows_proxy": second.url},
            "three": {"eks_windows_proxy": second.url, "eks_windows_no_proxy": "10.0.0.0/8,127.0.0.1"},
        }
        inventory = tmp_path / "hosts.yml"
        hosts = {name: {"eks_windows_cluster_name": name, **of_host} for name, of_host in variables.items()}
        inventory.write_text(json.dumps({"all": {"vars": {"eks_windows_region": "us-east-1"}, "hosts": hosts}}))
        run = run_playbook(
            "cloudops.eks_windows.enable",
            {**emulated.environment, "HTTPS_PROXY": of_the_environment.url},
            inventory=inventory,
            arguments=["-vvvv"],
        )
        for cluster in clusters.values():
            assert_enabled(emulated, cluster, run)
            assert users(cluster) == ({OPERATOR}, {OPERATOR})
        assert set(first.passages) == {Passage("127.0.0.1:1", "Basic amFuZTp3QHJkLXBsYW50ZWQ=")}
        assert set(second.passages) == {Passage("127.0.0.1:2", "")}
        assert of_the_environment.passages == []


def test_nothing_is_written_where_the_proxy_is_not_there(emulated: Testbed) -> None:
    cluster = emulated.clusters["two"]
    run = enable(emulated, cluster, eks_windows_proxy="http://127.0.0.1:9", eks_windows_request_timeout=2)
    assert run.returncode == 2
    assert f"{cluster.endpoint} through proxy http://127.0.0.1:9 could not be reached" in run.failure("localhost")
    assert live_data(cluster) == CHART_DATA
    assert cluster.requests() == []
