# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect import kubeconfig
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError

KEY = "the private key's text"
CONTENT = {
    "current-context": "here",
    "clusters": [
        {
            "name": "c",
            "cluster": {
                "server": "https://abc.example/",
                "certificate-authority-data": base64.b64encode(b"authority").decode(),
                "insecure-skip-tls-verify": False,
                "tls-server-name": "other.example",
                "proxy-url": "http://proxy:3128",
            },
        }
    ],
    "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u"}}],
    "users": [
        {
            "name": "u",
            "user": {
                "client-certificate-data": base64.b64encode(b"certificate").decode(),
                "client-key-data": base64.b64encode(KEY.encode()).decode(),
            },
        }
    ],
}


def test_cluster_of_a_context() -> None:
    with kubeconfig.opened(CONTENT, None) as opened:
        cluster = opened.cluster()
    assert (cluster.server, cluster.certificate_authority) == ("https://abc.example", "authority")
    assert cluster.validate_certs is True


def test_keys_on_disk_end_with_the_block_and_come_again() -> None:
    for _time in range(2):
        with kubeconfig.opened(CONTENT, None) as opened:
            user = opened.user()
            assert user.client_certificate is not None
            files = [Path(path) for path in user.client_certificate]
            assert [file.read_text() for file in files] == ["certificate", KEY]
        assert not any(file.exists() for file in files)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "kubernetes.config", None)
    with pytest.raises(EksWindowsError, match="package kubernetes is missing"), kubeconfig.opened(CONTENT, None):
        pass


def test_harmless_in() -> None:
    content = {"kind": "Config", "users": [{"name": "u", "user": {"token": "t", "exec": {"args": ["a"], "env": None}}}]}
    assert kubeconfig.harmless_in(content) == {"Config", "u", "a"}
    assert kubeconfig.harmless_in("/a/path") == {"/a/path"}
    assert kubeconfig.harmless_in(None) == set()


def test_secrets_in() -> None:
    content = {
        "users": [{"name": "u", "user": {"token": "t", "auth-provider": {"config": {"refresh-token": "r"}}}}],
        "clusters": [{"name": "c", "cluster": {"server": "https://abc.example"}}],
    }
    assert kubeconfig.secrets_in(content) == {"t", "r"}
    assert kubeconfig.secrets_in("/a/path") == set()
    variables = [{"name": "AWS_SECRET_ACCESS_KEY", "value": "k"}, {"name": "AWS_REGION", "value": "eu-west-1"}]
    assert kubeconfig.secrets_in({"user": {"exec": {"env": variables}}}) == {"k"}
    assert kubeconfig.secrets_in(CONTENT) == {base64.b64encode(KEY.encode()).decode()}
