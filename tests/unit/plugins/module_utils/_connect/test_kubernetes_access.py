# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import json
import ssl
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect import kubernetes_access
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.cluster import Cluster, KubernetesConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_target import KubernetesTarget
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.redaction import Secret

AUTHORITY = ssl.DER_cert_to_PEM_cert(b"authority of the cluster")
OTHER = ssl.DER_cert_to_PEM_cert(b"authority of somebody else")
ENDPOINT = "https://abc.eks.amazonaws.com"

CLUSTER = Cluster(
    name="production",
    arn="arn:aws:eks:eu-central-1:111122223333:cluster/production",
    region="eu-central-1",
    account="111122223333",
    partition="aws",
    version="1.35",
    platform_version="eks.9",
    status="ACTIVE",
    endpoint=ENDPOINT,
    certificate_authority=AUTHORITY,
    role_arn="",
    ip_family="ipv4",
    service_ipv4_cidr="",
    authentication_mode="API",
    subnet_ids=(),
    outpost_arns=(),
    auto_mode=False,
)


class Asked:
    """Stands for the client: keeps what it would have been made with, and counts the tokens asked for."""

    def __init__(self) -> None:
        self.target: KubernetesTarget | None = None
        self.tokens = 0

    def make(self, target: KubernetesTarget, timeout: float) -> Asked:
        self.target = target
        return self

    def token(self) -> Secret:
        self.tokens += 1
        return Secret("eks-token")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    asked = Asked()
    monkeypatch.setattr(kubernetes_access, "KubernetesApi", asked.make)
    return asked


def connect(
    asked: Asked,
    cluster: Cluster | None = CLUSTER,
    environment: dict[str, str] | None = None,
    **options: Any,
) -> KubernetesConnection:
    reached = kubernetes_access.access(options, cluster, asked.token, environment or {})
    assert (reached.api is None) is bool(reached.connection.refused)
    return reached.connection


def kubeconfig(user: dict[str, Any] | None = None, **cluster: Any) -> dict[str, Any]:
    entry = {
        "server": ENDPOINT,
        "certificate-authority-data": base64.b64encode(AUTHORITY.encode()).decode(),
        **cluster,
    }
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "here",
        "clusters": [{"name": "c", "cluster": {name: value for name, value in entry.items() if value is not None}}],
        "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u"}}],
        "users": [{"name": "u", "user": user or {"token": "kubeconfig-token"}}],
    }


def test_default_is_the_described_cluster_with_an_eks_token(asked: Asked) -> None:
    connection = connect(asked)
    assert connection == KubernetesConnection(ENDPOINT, AUTHORITY, True)
    assert asked.target is not None
    assert asked.target.authorization.reveal() == "Bearer eks-token"


def test_the_environment_alone_changes_nothing(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = {
        "KUBECONFIG": "/nowhere",
        "K8S_AUTH_KUBECONFIG": "/nowhere",
        "K8S_AUTH_CONTEXT": "hostile",
        "K8S_AUTH_HOST": "https://hostile.example",
        "K8S_AUTH_API_KEY": "hostile",
        "K8S_AUTH_VERIFY_SSL": "no",
        "K8S_AUTH_PROXY": "http://hostile.example",
        "K8S_AUTH_SSL_CA_CERT": "/nowhere",
        "K8S_AUTH_IMPERSONATE_USER": "hostile",
    }
    for name, value in hostile.items():
        monkeypatch.setenv(name, value)
    connection = connect(asked, environment=hostile)
    assert connection == KubernetesConnection(ENDPOINT, AUTHORITY, True)
    assert asked.target == KubernetesTarget(ENDPOINT, AUTHORITY, authorization=Secret("Bearer eks-token"))


@pytest.mark.parametrize(
    ("options", "authorization"),
    [
        ({"api_key": "own"}, "Bearer own"),
        ({"username": "jane", "password": "word"}, "Basic " + base64.b64encode(b"jane:word").decode()),
    ],
)
def test_an_identity_of_one_s_own_at_the_described_cluster(asked: Asked, options, authorization: str) -> None:
    assert connect(asked, **options).refused == ""
    assert asked.target is not None
    assert asked.target.authorization.reveal() == authorization
    assert asked.tokens == 0


def test_a_client_certificate_of_one_s_own(asked: Asked) -> None:
    connect(asked, client_cert="/cert", client_key="/key")
    assert asked.target is not None
    assert asked.target.client_certificate == ("/cert", "/key")
    assert not asked.target.authorization


def test_impersonation_and_proxy_without_a_choice(asked: Asked) -> None:
    connection = connect(
        asked,
        impersonate_user="jane",
        impersonate_groups=["one"],
        proxy="http://user:word@proxy:3128",
        proxy_headers={"proxy_basic_auth": "u:p", "user_agent": None},
    )
    assert connection.proxy == "http://***@proxy:3128"
    assert asked.target is not None
    assert (asked.target.impersonate_user, asked.target.impersonate_groups) == ("jane", ("one",))
    assert asked.target.proxy == "http://user:word@proxy:3128"
    assert asked.target.revealed_proxy_headers() == {"proxy-authorization": "Basic dTpw"}


def test_no_proxy(asked: Asked) -> None:
    assert connect(asked, proxy="http://proxy:3128", no_proxy="amazonaws.com").proxy == ""


def test_no_proxy_leaves_none_of_the_environment_either(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    assert connect(asked, no_proxy="amazonaws.com").proxy == ""
    assert connect(asked, proxy="http://own:3128", no_proxy="amazonaws.com").proxy == ""


def test_a_proxy_with_a_user_is_told_who_asks(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "jane:w%40rd@proxy:3128")
    assert connect(asked).proxy == "http://***@proxy:3128"
    assert asked.target is not None
    basic = base64.b64encode(b"jane:w@rd").decode()
    assert asked.target.revealed_proxy_headers() == {"proxy-authorization": f"Basic {basic}"}


def test_a_proxy_without_a_scheme(asked: Asked) -> None:
    assert connect(asked, proxy="proxy:3128").proxy == "http://proxy:3128"
    assert connect(asked, kubeconfig=kubeconfig(), proxy="proxy:3128").proxy == "http://proxy:3128"


def test_a_proxy_that_can_t_be_used(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    words = r"Proxy socks5://\*\*\*@proxy:1080, of option proxy or K8S_AUTH_PROXY, can't be used"
    for options in ({}, {"kubeconfig": kubeconfig()}):
        with pytest.raises(EksWindowsError, match=words):
            connect(asked, proxy="socks5://jane:hunter2@proxy:1080", **options)
    monkeypatch.setenv("HTTPS_PROXY", "socks5://proxy:1080")
    with pytest.raises(EksWindowsError, match="Proxy socks5://proxy:1080, of HTTPS_PROXY, can't be used"):
        connect(asked)


@pytest.mark.parametrize("host", ["https://[bad", "[bad", "https://abc:port", "https://", "ftp://abc.example"])
def test_a_host_that_is_no_url(asked: Asked, host: str) -> None:
    for options in ({}, {"api_key": "own"}, {"ignore": ["cluster.identity"]}):
        with pytest.raises(EksWindowsError, match="Option host is no URL of an API server: "):
            connect(asked, host=host, **options)


def test_a_server_of_a_kubeconfig_that_is_no_url(asked: Asked) -> None:
    # The package kubernetes refuses it in its newer releases alone.
    try:
        said = connect(asked, kubeconfig=kubeconfig(server="https://[bad")).refused
    except EksWindowsError as error:
        said = error.message
    assert "is not the endpoint" in said or "The kubeconfig given can't be used" in said
    assert asked.target is None


def test_proxy_of_the_environment_by_default(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    assert connect(asked).proxy == "http://proxy:3128"


def test_certificates_unchecked_on_request(asked: Asked) -> None:
    assert connect(asked, kubernetes_validate_certs=False) == KubernetesConnection(ENDPOINT, AUTHORITY, False)


def test_another_authority_is_refused(asked: Asked, tmp_path: Path) -> None:
    other = tmp_path / "ca.pem"
    other.write_text(OTHER)
    connection = connect(asked, ca_cert=str(other))
    assert connection.refused == (
        f"another authority would be trusted for {ENDPOINT}, in place of that of cluster production"
    )
    assert (asked.target, asked.tokens) == (None, 0)
    assert connect(asked, ca_cert=str(other), ignore=["cluster.identity"]).refused == ""


def test_an_authority_that_is_not_there(asked: Asked) -> None:
    with pytest.raises(EksWindowsError, match="Certificate authority /nowhere can't be read: No such file"):
        connect(asked, ca_cert="/nowhere")


def test_another_host_is_refused_whatever_identity_comes_with_it(asked: Asked) -> None:
    for own in ({}, {"api_key": "own"}):
        connection = connect(asked, host="https://elsewhere.example", **own)
        assert connection.refused == (
            f"https://elsewhere.example is not the endpoint of cluster production, {ENDPOINT}"
        )
    assert (asked.target, asked.tokens) == (None, 0)


def test_another_host_is_admitted_by_ignore(asked: Asked) -> None:
    connect(asked, host="elsewhere.example/", api_key="own", ignore=[{"id": "cluster.identity"}])
    assert asked.target == KubernetesTarget("https://elsewhere.example", authorization=Secret("Bearer own"))


def test_host_alone_goes_with_the_eks_token_and_the_cluster_s_authority(asked: Asked) -> None:
    connect(asked, host="https://abc.eks.amazonaws.com:443")
    assert asked.target == KubernetesTarget(
        "https://abc.eks.amazonaws.com:443", AUTHORITY, authorization=Secret("Bearer eks-token")
    )


def test_host_and_key_of_the_environment(asked: Asked) -> None:
    connect(asked, host=ENDPOINT, environment={"K8S_AUTH_API_KEY": "from-environment"})
    assert asked.target is not None
    assert asked.target.authorization.reveal() == "Bearer from-environment"


def test_nothing_is_sent_where_eks_described_no_cluster(asked: Asked) -> None:
    assert "nothing shows that this is its API server" in connect(asked, None, host=ENDPOINT, api_key="own").refused
    assert asked.target is None
    connect(asked, None, host=ENDPOINT, api_key="own", ignore=["cluster.identity"])
    assert asked.target is not None


def test_a_cluster_without_an_endpoint_yet(asked: Asked) -> None:
    creating = replace(CLUSTER, endpoint="", certificate_authority="", status="CREATING")
    assert connect(asked, creating, ignore=["cluster.identity"]).refused == "the cluster has no endpoint yet"
    checked = kubernetes_access.destination({"kubeconfig": kubeconfig()}, creating, {})
    assert checked.refused == "the cluster has no endpoint yet"


def test_a_kubeconfig_of_the_cluster(asked: Asked) -> None:
    connect(asked, kubeconfig=kubeconfig())
    assert asked.target is not None
    assert asked.target.server == ENDPOINT
    assert asked.target.certificate_authority == AUTHORITY
    assert asked.target.authorization.reveal() == "Bearer kubeconfig-token"


def test_a_kubeconfig_by_path_and_context(asked: Asked, tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(json.dumps(kubeconfig()))
    connect(asked, kubeconfig=str(path), context="here")
    assert asked.target is not None
    assert asked.target.authorization.reveal() == "Bearer kubeconfig-token"


def test_a_context_alone_is_looked_for_at_home(asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "hostile"))
    (tmp_path / "hostile").write_text(json.dumps(kubeconfig(server="https://hostile.example")))
    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube" / "config").write_text(json.dumps(kubeconfig()))
    assert connect(asked, context="here").server == ENDPOINT


def test_options_complete_the_kubeconfig(asked: Asked) -> None:
    connection = connect(asked, kubeconfig=kubeconfig(), api_key="own", proxy="http://proxy:1", client_cert="/cert")
    assert connection.proxy == "http://proxy:1"
    assert asked.target is not None
    assert asked.target.client_certificate == ("/cert", "")
    connect(asked, kubeconfig=kubeconfig({"username": "without-password"}), api_key="own")
    assert asked.target.authorization.reveal() == "Bearer own"


@pytest.mark.parametrize(
    "changes",
    [
        {"server": "https://elsewhere.example"},
        {"certificate-authority-data": base64.b64encode(OTHER.encode()).decode()},
        {"certificate-authority-data": None},
    ],
)
def test_no_user_of_another_cluster_s_kubeconfig_is_run(asked: Asked, tmp_path: Path, changes) -> None:
    trace = tmp_path / "ran"
    user = {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "command": sys.executable,
            "args": ["-c", f"open({str(trace)!r}, 'w')"],
        }
    }
    assert connect(asked, kubeconfig=kubeconfig(user, **changes)).refused
    assert not trace.exists()
    assert (asked.target, asked.tokens) == (None, 0)


def test_an_exec_user_is_run_for_the_cluster(asked: Asked) -> None:
    credential = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "kind": "ExecCredential",
        "status": {"token": "exec-token"},
    }
    user = {
        "exec": {
            "apiVersion": credential["apiVersion"],
            "command": sys.executable,
            "args": ["-c", f"print({json.dumps(credential)!r})"],
        }
    }
    connect(asked, kubeconfig=kubeconfig(user))
    assert asked.target is not None
    assert asked.target.authorization.reveal() == "Bearer exec-token"


def test_an_exec_user_that_fails_is_told_and_prints_nothing(asked: Asked, capfd: pytest.CaptureFixture[str]) -> None:
    user = {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "command": sys.executable,
            "args": ["-c", "import sys; sys.exit('no such profile')"],
        }
    }
    with pytest.raises(EksWindowsError, match=r"The user of context .* gave no credential: .*no such profile"):
        connect(asked, kubeconfig=kubeconfig(user))
    assert capfd.readouterr() == ("", "")


def test_an_unknown_context(asked: Asked, tmp_path: Path) -> None:
    with pytest.raises(EksWindowsError, match=r"The kubeconfig given has no context there. It has: here"):
        connect(asked, kubeconfig=kubeconfig(), context="there")
    path = tmp_path / "config"
    path.write_text(json.dumps(kubeconfig()))
    with pytest.raises(EksWindowsError, match=rf"Kubeconfig {path} has no context there. It has: here"):
        connect(asked, kubeconfig=str(path), context="there")


def test_a_kubeconfig_that_is_not_there(asked: Asked) -> None:
    with pytest.raises(EksWindowsError, match="There is no kubeconfig /nowhere"):
        connect(asked, kubeconfig="/nowhere")


@pytest.mark.parametrize("text", ["{not yaml", "just words", "[]", "{}", "clusters: 3"])
def test_a_file_that_is_no_kubeconfig(asked: Asked, tmp_path: Path, text: str) -> None:
    path = tmp_path / "config"
    path.write_text(text)
    with pytest.raises(EksWindowsError, match=rf"Kubeconfig {path} can't be used: "):
        connect(asked, kubeconfig=str(path))


def test_a_destination_runs_nothing(asked: Asked) -> None:
    user = {"exec": {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "/nowhere", "args": []}}
    options = {"kubeconfig": kubeconfig(user)}
    assert kubernetes_access.destination(options, CLUSTER, {}).refused == ""
    elsewhere = {"kubeconfig": kubeconfig(user, server="https://elsewhere.example")}
    assert "is not the endpoint" in kubernetes_access.destination(elsewhere, CLUSTER, {}).refused


@pytest.mark.parametrize(
    ("options", "proxy"),
    [
        ({"host": ENDPOINT, "api_key": "own"}, "http://environment:3128"),
        ({"kubeconfig": {}}, "http://environment:3128"),
        ({"kubeconfig": {"proxy-url": "http://kubeconfig:3128"}}, "http://kubeconfig:3128"),
        ({"kubeconfig": {"proxy-url": "http://kubeconfig:3128"}, "proxy": "http://own:3128"}, "http://own:3128"),
        ({"kubeconfig": {"proxy-url": "http://kubeconfig:3128"}, "no_proxy": ".amazonaws.com"}, ""),
    ],
)
def test_which_proxy_leads_to_a_cluster_that_an_option_chose(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], proxy: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://environment:3128")
    if "kubeconfig" in options:
        options = {**options, "kubeconfig": kubeconfig(**options["kubeconfig"])}
    assert connect(asked, **options).proxy == proxy
    # The environment's NO_PROXY has a say in the environment's proxy alone.
    monkeypatch.setenv("NO_PROXY", ".amazonaws.com")
    assert connect(asked, **options).proxy == proxy.replace("http://environment:3128", "")
