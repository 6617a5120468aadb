# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Identities of AWS and proxies: role enable reads and writes as the one that is asked for, and as nobody else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.support.access import (
    OPERATOR,
    OTHER_ACCOUNT,
    assert_enabled,
    disabled,
    enable,
    new_role,
    principals,
    reached_by_proxy,
    users,
)
from tests.support.clusters import live_data, policy_attached
from tests.support.echo import EchoProxy, Passage
from tests.support.playbook import run_playbook
from tests.testbed import Testbed
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
