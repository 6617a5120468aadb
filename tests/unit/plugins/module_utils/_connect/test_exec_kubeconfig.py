# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.exec_kubeconfig import (
    exec_user,
    inline_kubeconfig,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_target import KubernetesTarget
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.aws_reads import cluster_of

CLUSTER = cluster_of(
    {
        "name": "production",
        "arn": "arn:aws:eks:eu-central-1:111122223333:cluster/production",
        "endpoint": "https://abc.eks.amazonaws.com",
        "certificateAuthority": {"data": base64.b64encode(b"authority").decode()},
    }
)


def user_of(**options: Any) -> dict[str, Any]:
    return exec_user(CLUSTER, "/usr/bin/python3", options)["exec"]


def test_the_whole() -> None:
    user = exec_user(CLUSTER, "/usr/bin/python3", {})
    target = KubernetesTarget("https://abc.eks.amazonaws.com", "authority")
    assert inline_kubeconfig("production", target, user) == {
        "apiVersion": "v1",
        "kind": "Config",
        "preferences": {},
        "current-context": "production",
        "clusters": [
            {
                "name": "production",
                "cluster": {
                    "server": "https://abc.eks.amazonaws.com",
                    "certificate-authority-data": base64.b64encode(b"authority").decode(),
                },
            }
        ],
        "contexts": [{"name": "production", "context": {"cluster": "production", "user": "production"}}],
        "users": [{"name": "production", "user": user}],
    }


def test_the_user_runs_the_token_helper() -> None:
    user = user_of()
    assert user["command"] == "/usr/bin/python3"
    assert Path(user["args"][0]).name == "eks_token_helper.py"
    assert Path(user["args"][0]).is_file()
    assert user["args"][1:] == ["--cluster-name", "production", "--region", "eu-central-1"]
    assert "env" not in user


def test_arguments_of_options() -> None:
    assert user_of(
        profile="prod",
        assume_role_arn="arn:aws:iam::111122223333:role/reader",
        assume_role_external_id="--odd",
        assume_role_session_name="me",
        kubernetes_role_arn="arn:aws:iam::111122223333:role/admin",
        aws_ca_bundle="/ca",
        validate_certs=False,
        request_timeout=5,
    )["args"][5:] == [
        "--profile=prod",
        "--assume-role-arn=arn:aws:iam::111122223333:role/reader",
        "--assume-role-external-id=--odd",
        "--assume-role-session-name=me",
        "--kubernetes-role-arn=arn:aws:iam::111122223333:role/admin",
        "--aws-ca-bundle=/ca",
        "--request-timeout=5",
        "--no-validate-certs",
    ]


def test_unchecked_certificates_and_a_proxy_without_its_password() -> None:
    target = KubernetesTarget(
        "https://abc.eks.amazonaws.com", "authority", validate_certs=False, proxy="http://jane:hunter2@proxy:3128"
    )
    assert inline_kubeconfig("production", target, {})["clusters"][0]["cluster"] == {
        "server": "https://abc.eks.amazonaws.com",
        "insecure-skip-tls-verify": True,
        "proxy-url": "http://proxy:3128",
    }


def test_keys_as_options_are_refused_without_being_told() -> None:
    with pytest.raises(EksWindowsError) as failure:
        user_of(access_key="AKIDEXAMPLE", secret_key="hunter2", session_token="")
    assert "No kubeconfig for cluster production: access_key, secret_key can't be handed" in str(failure.value)
    assert "environment, a profile, the instance or an assumed role" in str(failure.value)
    assert "hunter2" not in str(failure.value)


def test_keys_that_the_environment_has_stay_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_KEY", "hunter2")
    assert "hunter2" not in json.dumps(user_of(access_key="AKIDEXAMPLE", secret_key="hunter2"))


def test_a_local_cluster_on_outposts_is_known_by_its_id() -> None:
    user = exec_user(replace(CLUSTER, token_id="0a1b2c"), "python", {})["exec"]
    assert user["args"][1:5] == ["--cluster-name", "0a1b2c", "--region", "eu-central-1"]
