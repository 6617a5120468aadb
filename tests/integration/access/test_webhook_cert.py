# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Module webhook_cert writes with the collection's own client: as the one that is asked for, and as nobody else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.access.renewals import (
    AT_ONCE,
    MODULE,
    assert_renewed,
    assert_renewed_by_role,
    renew,
    renew_by_role,
    written,
)
from tests.support.access import (
    CLUSTER_ADMIN,
    OPERATOR,
    OTHER_ACCOUNT,
    add_row,
    certificate_files,
    kubeconfig_file,
    new_role,
    reached_by_proxy,
    session_of,
    token_of,
)
from tests.support.echo import EchoProxy, Passage
from tests.support.hostile import UnwelcomeServer
from tests.support.playbook import run_tasks
from tests.support.webhook_certificates import BACKUP, RUNNING, given, pair, secret
from tests.testbed import Testbed
from tests.testbed.cluster import TestbedCluster

# The oldest releases take each way for role enable, whose reads go through the same library. The module they run by the
# role, below.
by_the_module = pytest.mark.newest_client

NOWHERE = "127.0.0.1:1"
"""Where EKS says that the cluster is, and nobody listens: a proxy alone leads there."""


@pytest.fixture
def cluster(webhooks: Testbed) -> TestbedCluster:
    return webhooks.clusters["webhook"]


@pytest.mark.thorough
@by_the_module
def test_keys_of_the_environment(webhooks: Testbed, cluster: TestbedCluster) -> None:
    arn, _session = new_role(webhooks, "pipeline", cluster)
    run = renew(webhooks, cluster, webhooks.aws.environment_for(webhooks.aws.assume(arn, "build")))
    session = session_of(arn, "build")
    assert_renewed(webhooks, cluster, run, session, session)


@pytest.mark.thorough
@by_the_module
def test_a_profile(webhooks: Testbed, cluster: TestbedCluster) -> None:
    webhooks.aws.credentials(OTHER_ACCOUNT)
    # Keys of the environment and a profile are too much of a good thing to amazon.aws.
    environment = {**webhooks.aws.base_environment, "AWS_PROFILE": f"{OTHER_ACCOUNT}-aws"}
    run = renew(webhooks, cluster, environment, profile=f"{webhooks.aws.account}-aws")
    assert_renewed(webhooks, cluster, run, OPERATOR, OPERATOR)


@pytest.mark.thorough
@by_the_module
def test_an_assumed_role_with_an_external_id_by_its_access_entry(webhooks: Testbed, cluster: TestbedCluster) -> None:
    arn, session = new_role(webhooks, "by-entry", external_id="outside")
    webhooks.aws.add_access_entry(cluster.eks, arn, username="by-entry:{{SessionName}}", policies=[CLUSTER_ADMIN])
    run = renew(webhooks, cluster, assume_role_arn=arn, assume_role_external_id="outside")
    assert_renewed(webhooks, cluster, run, session, "by-entry:cloudops.eks_windows")


@pytest.mark.thorough
@by_the_module
def test_another_role_for_kubernetes_by_its_row_of_aws_auth(webhooks: Testbed, cluster: TestbedCluster) -> None:
    arn, _session = new_role(webhooks, "by-aws-auth")
    add_row(cluster, arn, "by-aws-auth:{{AccountID}}")
    run = renew(webhooks, cluster, kubernetes_role_arn=arn)
    assert_renewed(webhooks, cluster, run, OPERATOR, "by-aws-auth:111122223333")


@pytest.mark.thorough
@by_the_module
def test_a_kubeconfig_with_a_context(webhooks: Testbed, cluster: TestbedCluster, tmp_path: Path) -> None:
    certificate, key = certificate_files(cluster, "jane", tmp_path)
    user = {"client-certificate": certificate, "client-key": key}
    with UnwelcomeServer() as elsewhere:
        kubeconfig = kubeconfig_file(tmp_path / "kubeconfig", cluster, elsewhere.url, user)
        environment = {**webhooks.environment, "K8S_AUTH_HOST": elsewhere.url, "K8S_AUTH_CONTEXT": "elsewhere"}
        run = renew(webhooks, cluster, environment, kubeconfig=kubeconfig, context="here")
        assert elsewhere.connections == 0
    assert_renewed(webhooks, cluster, run, OPERATOR, "jane")


@pytest.mark.thorough
@by_the_module
def test_a_host_with_a_token_of_the_environment(webhooks: Testbed, cluster: TestbedCluster) -> None:
    arn, _session = new_role(webhooks, "awx-credential", cluster)
    token = token_of(webhooks, cluster, arn)
    run = renew(webhooks, cluster, {**webhooks.environment, "K8S_AUTH_API_KEY": token}, host=cluster.endpoint)
    assert_renewed(webhooks, cluster, run, OPERATOR, session_of(arn, "awx"))
    assert token not in run.stdout + run.stderr


@pytest.mark.thorough
@by_the_module
def test_a_client_certificate(webhooks: Testbed, cluster: TestbedCluster, tmp_path: Path) -> None:
    certificate, key = certificate_files(cluster, "jill", tmp_path)
    # A token of the environment completes what chooses a server, and here nothing does.
    environment = {**webhooks.environment, "K8S_AUTH_API_KEY": "planted"}
    run = renew(webhooks, cluster, environment, client_cert=certificate, client_key=key)
    assert_renewed(webhooks, cluster, run, OPERATOR, "jill")


def behind(testbed: Testbed, proxy: EchoProxy) -> dict[str, str]:
    """The environment of somebody who goes everywhere by the proxy."""
    names = {"HTTPS_PROXY": proxy.url, "NO_PROXY": ""}
    return {**testbed.environment, **names, **{name.lower(): value for name, value in names.items()}}


@pytest.mark.thorough
@by_the_module
def test_a_proxy_of_its_own_before_that_of_the_environment(webhooks: Testbed, cluster: TestbedCluster) -> None:
    with (
        reached_by_proxy(webhooks, {cluster.name: NOWHERE}) as routes,
        EchoProxy(routes) as own,
        EchoProxy(routes) as of_the_environment,
    ):
        url = own.url.replace("://", "://jane:w%40rd-planted@")
        run = renew(webhooks, cluster, behind(webhooks, of_the_environment), proxy=url)
        assert_renewed(webhooks, cluster, run, OPERATOR, OPERATOR)
        assert set(own.passages) == {Passage(NOWHERE, "Basic amFuZTp3QHJkLXBsYW50ZWQ=")}
        assert of_the_environment.passages == []
    assert "rd-planted" not in run.stdout + run.stderr


@pytest.mark.thorough
@by_the_module
def test_the_proxy_of_the_environment(webhooks: Testbed, cluster: TestbedCluster) -> None:
    with reached_by_proxy(webhooks, {cluster.name: NOWHERE}) as routes, EchoProxy(routes) as proxy:
        run = renew(webhooks, cluster, behind(webhooks, proxy))
        assert_renewed(webhooks, cluster, run, OPERATOR, OPERATOR)
        assert set(proxy.passages) == {Passage(NOWHERE, "")}


@pytest.mark.thorough
@by_the_module
def test_no_proxy_whatever_names_one(webhooks: Testbed, cluster: TestbedCluster) -> None:
    with EchoProxy() as proxy:
        run = renew(webhooks, cluster, behind(webhooks, proxy), proxy=proxy.url, no_proxy="10.0.0.0/8,127.0.0.1")
        assert_renewed(webhooks, cluster, run, OPERATOR, OPERATOR)
        assert proxy.passages == []


@by_the_module
def test_nothing_is_written_by_a_way_that_leads_elsewhere(webhooks: Testbed, cluster: TestbedCluster) -> None:
    given(cluster, RUNNING)
    before = pair(cluster)
    webhooks.forget_requests()
    arn, _session = new_role(webhooks, "astray", cluster)
    with UnwelcomeServer() as elsewhere:
        ways: dict[str, tuple[dict[str, Any], str]] = {
            "proxy": ({"proxy": "http://127.0.0.1:9", "request_timeout": 2}, ""),
            "token": ({"host": cluster.endpoint}, token_of(webhooks, cluster, arn, made_for="another")),
            "host": ({"host": elsewhere.url}, token_of(webhooks, cluster, arn)),
        }
        asked = {"cluster_name": cluster.name, "region": cluster.spec.region, "renewal_days": AT_ONCE}
        tasks = [
            {
                "name": name,
                MODULE: {**asked, **options},
                "environment": {"K8S_AUTH_API_KEY": token},
                "ignore_errors": True,
            }
            for name, (options, token) in ways.items()
        ]
        run = run_tasks(tasks, webhooks.environment)
        assert elsewhere.connections == 0
        somewhere_else = f"{elsewhere.url} is not the endpoint of cluster webhook, {cluster.endpoint}"
    said = {task.name: task.message for task in run.of("localhost") if task.failed}
    assert list(said) == list(ways)
    looked = "Cluster webhook: Could not find what serves the webhook: "
    assert said["proxy"].startswith(f"{looked}{cluster.endpoint} through proxy http://127.0.0.1:9 could not be reached")
    assert f"Make {cluster.endpoint} reachable from here: its endpoint access, network and proxy" in said["proxy"]
    assert said["token"].startswith(f"{looked}Unauthorized. Give the identity an access entry")
    assert "a token of K8S_AUTH_API_KEY has to be of this cluster" in said["token"]
    assert somewhere_else in said["host"]
    assert "Leave kubeconfig, context, host and ca_cert out" in said["host"]
    assert written(cluster) == []
    assert (pair(cluster), secret(cluster, BACKUP)) == (before, None)


def test_the_role_hands_on_roles_of_aws_and_a_proxy(webhooks: Testbed, cluster: TestbedCluster) -> None:
    asks_aws, of_aws = new_role(webhooks, "asks-aws", external_id="outside")
    asks_kubernetes, of_kubernetes = new_role(webhooks, "asks-kubernetes", cluster)
    with reached_by_proxy(webhooks, {cluster.name: NOWHERE}) as routes, EchoProxy(routes) as proxy:
        run = renew_by_role(
            webhooks,
            cluster,
            eks_windows_assume_role_arn=asks_aws,
            eks_windows_assume_role_external_id="outside",
            eks_windows_kubernetes_role_arn=asks_kubernetes,
            eks_windows_proxy=proxy.url,
        )
        assert_renewed_by_role(webhooks, cluster, run, of_aws, of_kubernetes)
        assert set(proxy.passages) == {Passage(NOWHERE, "")}


# One of the ways that the library alone tells apart: the oldest releases go those around it.
@pytest.mark.newest_client
def test_the_role_hands_on_a_kubeconfig_with_a_context(
    webhooks: Testbed, cluster: TestbedCluster, tmp_path: Path
) -> None:
    certificate, key = certificate_files(cluster, "joan", tmp_path)
    user = {"client-certificate": certificate, "client-key": key}
    with UnwelcomeServer() as elsewhere:
        kubeconfig = kubeconfig_file(tmp_path / "kubeconfig", cluster, elsewhere.url, user)
        run = renew_by_role(webhooks, cluster, eks_windows_kubeconfig=kubeconfig, eks_windows_context="here")
        assert elsewhere.connections == 0
    assert_renewed_by_role(webhooks, cluster, run, OPERATOR, "joan")
