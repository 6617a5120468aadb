# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import json
import os
import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.handover import Handover, handover
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.aws_reads import cluster_of

AUTHORITY = ssl.DER_cert_to_PEM_cert(b"authority of the cluster")
OTHER = ssl.DER_cert_to_PEM_cert(b"authority of somebody else")
ENDPOINT = "https://abc.eks.amazonaws.com"
HOST = "abc.eks.amazonaws.com"
ARN = "arn:aws:eks:eu-central-1:111122223333:cluster/production"
CLUSTER = cluster_of(
    {
        "name": "production",
        "arn": ARN,
        "endpoint": ENDPOINT,
        "certificateAuthority": {"data": base64.b64encode(AUTHORITY.encode()).decode()},
    }
)
TOKEN = {"K8S_AUTH_API_KEY": "planted-token"}
NO_PROXY = {"K8S_AUTH_NO_PROXY": HOST}


def given(environment: dict[str, str] | None = None, cluster: Any = CLUSTER, **options: Any) -> Handover:
    found = handover(options, cluster, "/usr/bin/python3", environment or {})
    assert "planted" not in json.dumps(found.kubeconfig)
    assert "planted" not in repr(found)
    return found


def server_of(found: Handover) -> dict[str, Any]:
    assert isinstance(found.kubeconfig, dict)
    return dict(found.kubeconfig["clusters"][0]["cluster"])


def user_of(found: Handover) -> dict[str, Any]:
    assert isinstance(found.kubeconfig, dict)
    return dict(found.kubeconfig["users"][0]["user"])


@pytest.fixture
def own(tmp_path: Path) -> str:
    """A kubeconfig of the cluster, as a user has it."""
    return write_kubeconfig(tmp_path / "own", ENDPOINT)


def write_kubeconfig(path: Path, server: str, **more: Any) -> str:
    authority = base64.b64encode(AUTHORITY.encode()).decode()
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "here",
        "clusters": [{"name": "c", "cluster": {"server": server, "certificate-authority-data": authority, **more}}],
        "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u"}}],
        "users": [{"name": "u", "user": {"token": "planted-in-file"}}],
    }
    path.write_text(json.dumps(content))
    return str(path)


def test_by_default_the_cluster_that_eks_describes_whatever_the_environment_says() -> None:
    hostile = {
        f"K8S_AUTH_{name}": "planted" for name in ("HOST", "CONTEXT", "API_KEY", "CA_CERT", "PROXY", "IMPERSONATE_USER")
    }
    found = given(hostile)
    assert server_of(found) == {
        "server": ENDPOINT,
        "certificate-authority-data": base64.b64encode(AUTHORITY.encode()).decode(),
    }
    assert user_of(found)["exec"]["command"] == "/usr/bin/python3"
    assert found.kubeconfig["current-context"] == ARN
    assert found.variables == NO_PROXY


def test_a_host_with_the_token_of_the_environment() -> None:
    found = given(TOKEN, host=f"{ENDPOINT}/")
    assert server_of(found)["server"] == ENDPOINT
    assert base64.b64decode(server_of(found)["certificate-authority-data"]).decode() == AUTHORITY
    assert user_of(found) == {}
    assert found.variables == {**TOKEN, **NO_PROXY}


def test_a_host_alone_goes_with_a_token_of_aws() -> None:
    found = given(host=ENDPOINT, kubernetes_role_arn="arn:aws:iam::111122223333:role/admin")
    assert "--kubernetes-role-arn=arn:aws:iam::111122223333:role/admin" in user_of(found)["exec"]["args"]
    assert found.variables == NO_PROXY


@pytest.mark.parametrize("options", [{}, {"host": ENDPOINT}])
def test_a_client_certificate_is_named_by_its_paths(
    options: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = given(client_cert="cert", client_key="/key", **options)
    assert user_of(found) == {"client-certificate": str(tmp_path / "cert"), "client-key": "/key"}
    assert user_of(given(client_cert="/both", **options)) == {"client-certificate": "/both"}
    assert found.variables == NO_PROXY


def test_a_client_certificate_of_the_environment() -> None:
    found = given({"K8S_AUTH_CERT_FILE": "/cert", "K8S_AUTH_KEY_FILE": "/key"}, host=ENDPOINT)
    assert user_of(found) == {"client-certificate": "/cert", "client-key": "/key"}


def test_whom_it_trusts(tmp_path: Path) -> None:
    ca_cert = tmp_path / "ca"
    ca_cert.write_text(AUTHORITY)
    assert server_of(given(TOKEN, host=ENDPOINT, ca_cert=str(ca_cert))) == server_of(given())
    ca_cert.write_text(OTHER)
    waived = given(TOKEN, host="https://other", ca_cert=str(ca_cert), ignore=["cluster.identity"])
    assert base64.b64decode(server_of(waived)["certificate-authority-data"]).decode() == OTHER
    unchecked = given({"K8S_AUTH_VERIFY_SSL": "no"}, host=ENDPOINT)
    assert server_of(unchecked) == {"server": ENDPOINT, "insecure-skip-tls-verify": True}
    assert server_of(given(kubernetes_validate_certs=False)) == server_of(unchecked)


@pytest.mark.parametrize(
    ("options", "environment"),
    [
        ({"host": "https://elsewhere"}, TOKEN),
        ({"host": ENDPOINT, "ca_cert": "other"}, TOKEN),
        ({"host": ENDPOINT}, {**TOKEN, "K8S_AUTH_SSL_CA_CERT": "other"}),
        ({"ca_cert": "other"}, {}),
        ({"kubeconfig": "elsewhere"}, {}),
        ({"kubeconfig": "own"}, {"K8S_AUTH_CA_CERT": "other"}),
    ],
)
def test_nothing_leads_to_another_cluster(
    options: dict[str, str], environment: dict[str, str], own: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("other").write_text(OTHER)
    write_kubeconfig(Path("elsewhere"), "https://elsewhere")
    with pytest.raises(EksWindowsError, match=r"Cluster production: .* (is not the endpoint|would be trusted)"):
        given(environment, **options)


def test_one_s_own_kubeconfig_is_handed_on_with_what_completes_it(own: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {
        **TOKEN,
        "K8S_AUTH_KUBECONFIG": "/planted",
        "K8S_AUTH_CONTEXT": "planted",
        "K8S_AUTH_HOST": "https://planted",
        "K8S_AUTH_KEY_FILE": "/key",
        "K8S_AUTH_VERIFY_SSL": "false",
        "K8S_AUTH_IMPERSONATE_GROUPS": "one,two",
    }
    found = given(environment, kubeconfig=own, context="here", client_cert="/cert")
    assert found.kubeconfig == own
    assert found.variables == {
        **TOKEN,
        "K8S_AUTH_CLIENT_CERT": "/cert",
        "K8S_AUTH_CLIENT_KEY": "/key",
        "K8S_AUTH_VALIDATE_CERTS": "false",
        "K8S_AUTH_IMPERSONATE_GROUPS": "one,two",
        **NO_PROXY,
    }
    monkeypatch.setenv("HOME", os.path.dirname(own))
    os.mkdir(os.path.join(os.path.dirname(own), ".kube"))
    os.rename(own, os.path.expanduser("~/.kube/config"))
    assert given(context="here").kubeconfig == os.path.expanduser("~/.kube/config")


def test_host_and_kubeconfig_of_the_same_server(own: str, tmp_path: Path) -> None:
    assert given(kubeconfig=own, host=ENDPOINT).kubeconfig == own
    elsewhere = write_kubeconfig(tmp_path / "elsewhere", "https://elsewhere")
    both = r"option host is https://abc\..* server of the kubeconfig is https://elsewhere"
    with pytest.raises(EksWindowsError, match=both):
        given(kubeconfig=elsewhere, host=ENDPOINT)
    # With a whole credential kubernetes.core does not read the kubeconfig, of which the context may be named besides.
    found = given(TOKEN, kubeconfig=elsewhere, context="here", host=ENDPOINT)
    assert server_of(found)["server"] == ENDPOINT
    assert found.kubeconfig["current-context"] == "here"


@pytest.mark.parametrize("way", ["default", "host", "kubeconfig"])
def test_the_proxy_is_the_same_for_all_ways(way: str, own: str, monkeypatch: pytest.MonkeyPatch) -> None:
    options: dict[str, Any] = {"default": {}, "host": {"host": ENDPOINT}, "kubeconfig": {"kubeconfig": own}}[way]
    proxied = {"K8S_AUTH_PROXY": "http://proxy:3128", "K8S_AUTH_NO_PROXY": "none.invalid"}
    basic = {"K8S_AUTH_PROXY_HEADERS_PROXY_BASIC_AUTH": "jane:pl@nted"}
    assert given(proxy="proxy:3128", **options).variables == proxied
    assert given(proxy="http://jane:pl%40nted@proxy:3128", **options).variables == {**proxied, **basic}
    assert given(proxy="proxy:3128", no_proxy=HOST, **options).variables == NO_PROXY
    monkeypatch.setenv("HTTPS_PROXY", "jane:pl%40nted@proxy:3128")
    assert given(**options).variables == {**proxied, **basic}
    assert given(no_proxy=".amazonaws.com", **options).variables == NO_PROXY
    found = given({"K8S_AUTH_PROXY_HEADERS_PROXY_BASIC_AUTH": "joe:planted"}, proxy="own:1", **options)
    assert found.variables["K8S_AUTH_PROXY"] == "http://own:1"
    own_headers = {"K8S_AUTH_PROXY_HEADERS_PROXY_BASIC_AUTH": "joe:planted"} if options else {}
    assert {name: value for name, value in found.variables.items() if "HEADERS" in name} == own_headers


def test_the_proxy_of_a_kubeconfig(tmp_path: Path) -> None:
    path = write_kubeconfig(tmp_path / "proxied", ENDPOINT, **{"proxy-url": "http://proxy:3128"})
    assert given(kubeconfig=path).variables["K8S_AUTH_PROXY"] == "http://proxy:3128"
    found = given(kubeconfig=path, no_proxy=HOST)
    assert (found.kubeconfig, found.variables) == (path, NO_PROXY)


def test_a_password_that_nobody_would_see_is_refused(own: str) -> None:
    basic = {"K8S_AUTH_USERNAME": "jane", "K8S_AUTH_PASSWORD": "planted"}
    with pytest.raises(EksWindowsError, match="shows a user name and password to no API server"):
        given(basic, host=ENDPOINT)
    assert given({**basic, **TOKEN}, host=ENDPOINT).variables == {**TOKEN, **NO_PROXY}
    assert given(basic, kubeconfig=own).kubeconfig == own


@pytest.mark.parametrize("missing", ["endpoint", "certificate_authority"])
def test_a_cluster_that_is_being_made(missing: str) -> None:
    creating = replace(CLUSTER, status="CREATING", **{missing: ""})
    with pytest.raises(EksWindowsError) as failure:
        given(cluster=creating)
    assert str(failure.value) == (
        "No kubeconfig for cluster production: it has no endpoint yet, its status is CREATING. "
        "Wait until EKS has made the cluster"
    )
    with pytest.raises(EksWindowsError):
        given(TOKEN, cluster=creating, host=ENDPOINT)
