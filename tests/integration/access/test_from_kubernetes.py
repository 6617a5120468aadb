# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Identities that the cluster knows: by its kubeconfig, a token, a certificate, aws-auth or an access entry."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.access import (
    CLUSTER_ADMIN,
    OPERATOR,
    add_row,
    assert_enabled,
    certificate_files,
    enable,
    kubeconfig_file,
    new_role,
    principals,
    session_of,
    token_of,
    users,
)
from tests.support.clusters import live_data
from tests.support.hostile import UnwelcomeServer
from tests.testbed import Testbed
from tests.testbed.specs import CHART_DATA


def test_a_kubeconfig_with_a_context(real: Testbed, tmp_path: Path) -> None:
    cluster = real.clusters["entries"]
    certificate, key = certificate_files(cluster, "jane", tmp_path)
    user = {"client-certificate": certificate, "client-key": key}
    with UnwelcomeServer() as elsewhere:
        kubeconfig = kubeconfig_file(tmp_path / "kubeconfig", cluster, elsewhere.url, user)
        run = enable(real, cluster, eks_windows_kubeconfig=kubeconfig, eks_windows_context="here")
        assert elsewhere.connections == 0
    assert_enabled(real, cluster, run)
    assert principals(real) == {OPERATOR}
    assert users(cluster) == ({"jane"}, {"jane"})


# One of the ways that the library alone tells apart: the oldest releases go those around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_the_environment_completes_a_kubeconfig_for_reads_and_writes(real: Testbed, tmp_path: Path) -> None:
    """One without a user, as is often given to many people; the certificate comes with each of them."""
    cluster = real.clusters["entries"]
    certificate, key = certificate_files(cluster, "joe", tmp_path)
    with UnwelcomeServer() as elsewhere:
        kubeconfig = kubeconfig_file(tmp_path / "kubeconfig", cluster, elsewhere.url, {})
        environment = {
            **real.environment,
            "K8S_AUTH_CERT_FILE": certificate,
            "K8S_AUTH_KEY_FILE": key,
            "K8S_AUTH_HOST": elsewhere.url,
            "K8S_AUTH_CONTEXT": "elsewhere",
        }
        run = enable(real, cluster, environment, eks_windows_kubeconfig=kubeconfig, eks_windows_context="here")
        assert elsewhere.connections == 0
    assert_enabled(real, cluster, run)
    assert users(cluster) == ({"joe"}, {"joe"})


def test_a_host_with_a_token_of_the_environment(real: Testbed) -> None:
    cluster = real.clusters["entries"]
    arn, _session = new_role(real, "awx-credential", cluster)
    token = token_of(real, cluster, arn)
    run = enable(real, cluster, {**real.environment, "K8S_AUTH_API_KEY": token}, eks_windows_host=cluster.endpoint)
    assert_enabled(real, cluster, run)
    assert principals(real) == {OPERATOR}
    assert users(cluster) == ({session_of(arn, "awx")}, {session_of(arn, "awx")})
    assert token not in run.stdout + run.stderr


# One of the ways that the library alone tells apart: the oldest releases go those around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_a_token_does_not_make_another_host_the_cluster(real: Testbed) -> None:
    cluster = real.clusters["entries"]
    with UnwelcomeServer() as elsewhere:
        environment = {**real.environment, "K8S_AUTH_API_KEY": "planted"}
        run = enable(real, cluster, environment, eks_windows_host=elsewhere.url)
        assert elsewhere.connections == 0
    assert run.returncode == 2
    assert "cluster.identity" in run.failure("localhost")
    assert live_data(cluster) == CHART_DATA
    assert cluster.requests() == []


def test_a_client_certificate(real: Testbed, tmp_path: Path) -> None:
    cluster = real.clusters["entries"]
    certificate, key = certificate_files(cluster, "jill", tmp_path)
    run = enable(real, cluster, eks_windows_client_cert=certificate, eks_windows_client_key=key)
    assert_enabled(real, cluster, run)
    assert users(cluster) == ({"jill"}, {"jill"})


# One of the ways that the library alone tells apart: the oldest releases go those around it.
@pytest.mark.newest_client
def test_an_access_entry_s_user_name_and_groups(real: Testbed) -> None:
    cluster = real.clusters["entries"]
    arn = real.aws.add_role("by-entry", policies=["AdministratorAccess"])
    real.aws.add_access_entry(cluster.eks, arn, username="by-entry:{{SessionName}}", policies=[CLUSTER_ADMIN])
    run = enable(real, cluster, eks_windows_assume_role_arn=arn)
    assert_enabled(real, cluster, run)
    assert principals(real) == {session_of(arn)}
    assert users(cluster) == ({"by-entry:cloudops.eks_windows"}, {"by-entry:cloudops.eks_windows"})


# One of the ways that the library alone tells apart: the oldest releases go those around it.
@pytest.mark.newest_client
def test_a_row_of_aws_auth(real: Testbed) -> None:
    cluster = real.clusters["aws-auth"]
    arn = real.aws.add_role("by-aws-auth", policies=["AdministratorAccess"])
    add_row(cluster, arn, "by-aws-auth:{{AccountID}}")
    run = enable(real, cluster, eks_windows_kubernetes_role_arn=arn)
    assert_enabled(real, cluster, run)
    assert principals(real) == {OPERATOR}
    assert users(cluster) == ({"by-aws-auth:111122223333"}, {"by-aws-auth:111122223333"})
