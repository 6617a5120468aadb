# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The read path shows the Kubernetes API what kubernetes.core shows it, for each of its options and variables."""

from __future__ import annotations

import base64
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.kubernetes.core.plugins.module_utils.k8s import client as upstream_client
from kubernetes.client import Configuration

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.cluster import Cluster
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.handover import handover
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_access import access
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.redaction import Secret
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.aws_reads import cluster_of
from tests.support.echo import EchoProxy, EchoServer, Passage, Visit
from tests.support.hostile import UnwelcomeServer
from tests.testbed.pki import Authority

# All of it happens in this process, whose releases are always the newest.
pytestmark = pytest.mark.newest_client

PATH = "/api/v1/nodes"
EKS_TOKEN = "the-eks-token"


@dataclass
class Place:
    """What the cases are made of."""

    server: EchoServer
    proxy: EchoProxy
    folder: Path
    ca_cert: str
    other_ca: str
    client_cert: str
    client_key: str
    cluster: Cluster

    def kubeconfig(self, user: dict[str, Any], **cluster: Any) -> dict[str, Any]:
        """A kubeconfig of the server with two contexts, of which the first is the current one."""
        entry = {"server": self.server.url, "certificate-authority": self.ca_cert, **cluster}
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "one",
            "clusters": [{"name": "c", "cluster": {key: value for key, value in entry.items() if value is not None}}],
            "contexts": [
                {"name": "one", "context": {"cluster": "c", "user": "u"}},
                {"name": "two", "context": {"cluster": "c", "user": "v"}},
            ],
            "users": [{"name": "u", "user": user}, {"name": "v", "user": {"token": "second-token"}}],
        }

    def written(self, user: dict[str, Any], **cluster: Any) -> str:
        """The same as a file."""
        path = self.folder / "kubeconfig"
        path.write_text(json.dumps(self.kubeconfig(user, **cluster)))
        return str(path)


@dataclass(frozen=True)
class Case:
    """Options by kubernetes.core's names, and ``K8S_AUTH_*`` variables."""

    options: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    authority = Authority("kubernetes")
    client = authority.client("jane")
    with tempfile.TemporaryDirectory() as name, EchoServer(authority) as server, EchoProxy() as proxy:
        folder = Path(name)
        files = {
            "ca": authority.pem,
            "other": Authority("other").pem,
            "cert": client.certificate,
            "key": client.key,
        }
        for file, text in files.items():
            (folder / file).write_text(text)
        described = {
            "name": "production",
            "endpoint": server.url,
            "certificateAuthority": {"data": base64.b64encode(authority.pem.encode()).decode()},
        }
        paths = {file: str(folder / file) for file in files}
        yield Place(
            server,
            proxy,
            folder,
            paths["ca"],
            paths["other"],
            paths["cert"],
            paths["key"],
            cluster_of(described),
        )


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("K8S_AUTH_", "KUBE")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    # A module has a process of its own: what the package and kubernetes.core keep in one must not reach the next case.
    monkeypatch.setattr(Configuration, "_default", None)
    upstream_client._pool.clear()
    # kubernetes.core keeps what it discovered in a file of the temporary folder.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))


Shown = tuple[str, str, tuple[str, ...], str]


def shown(visit: Visit) -> Shown:
    return visit.authorization, visit.impersonate_user, visit.impersonate_groups, visit.client


def upstream(place: Place, case: Case) -> tuple[Shown, list[Passage]] | str:
    """What kubernetes.core shows, or that it does not get there."""
    place.server.visits.clear()
    place.proxy.passages.clear()
    try:
        client = upstream_client.get_api_client(**case.options)
        client.client.request("get", PATH)
    except Exception as error:  # noqa: BLE001
        assert not [visit for visit in place.server.visits if visit.path == PATH]
        return "TLS" if "CERTIFICATE_VERIFY_FAILED" in str(error) else type(error).__name__
    (visit,) = [visit for visit in place.server.visits if visit.path == PATH]
    return shown(visit), sorted(set(place.proxy.passages), key=str)


def own_options(case: Case) -> dict[str, Any]:
    """The case's options by the collection's own names."""
    return {
        {"validate_certs": "kubernetes_validate_certs"}.get(name, name): value for name, value in case.options.items()
    }


def own(place: Place, case: Case, ignore: tuple[str, ...] = ()) -> tuple[Shown, list[Passage]] | str:
    """What the read path shows, or that it does not get there."""
    place.server.visits.clear()
    place.proxy.passages.clear()
    reached = access({**own_options(case), "ignore": ignore}, place.cluster, lambda: Secret(EKS_TOKEN))
    if reached.api is None:
        assert place.server.visits == []
        return "refused"
    try:
        reached.api.list(PATH)
    except KubernetesError as error:
        assert place.server.visits == []
        return "TLS" if "CERTIFICATE_VERIFY_FAILED" in str(error) else str(error)
    finally:
        reached.api.close()
    (visit,) = place.server.visits
    return shown(visit), sorted(set(place.proxy.passages), key=str)


def exec_user(status: dict[str, Any]) -> dict[str, Any]:
    version = "client.authentication.k8s.io/v1beta1"
    credential = json.dumps({"apiVersion": version, "kind": "ExecCredential", "status": status})
    return {"exec": {"apiVersion": version, "command": sys.executable, "args": ["-c", f"print({credential!r})"]}}


def pem_data(path: str) -> str:
    return base64.b64encode(Path(path).read_bytes()).decode()


def direct(place: Place, **options: Any) -> dict[str, Any]:
    return {"host": place.server.url, "ca_cert": place.ca_cert, **options}


CASES: dict[str, Callable[[Place], Case]] = {
    "api_key": lambda place: Case(direct(place, api_key="key")),
    "client certificate": lambda place: Case(direct(place, client_cert=place.client_cert, client_key=place.client_key)),
    "certificates unchecked": lambda place: Case({"host": place.server.url, "api_key": "key", "validate_certs": False}),
    "impersonation": lambda place: Case(
        direct(place, api_key="key", impersonate_user="joe", impersonate_groups=["one", "two"])
    ),
    "proxy": lambda place: Case(direct(place, api_key="key", proxy=place.proxy.url)),
    "proxy with headers": lambda place: Case(
        direct(place, api_key="key", proxy=place.proxy.url, proxy_headers={"proxy_basic_auth": "user:word"})
    ),
    "no_proxy": lambda place: Case(direct(place, api_key="key", proxy=place.proxy.url, no_proxy="127.0.0.1")),
    "no_proxy of others": lambda place: Case(
        direct(place, api_key="key", proxy=place.proxy.url, no_proxy="10.0.0.0/8")
    ),
    "kubeconfig content": lambda place: Case({"kubeconfig": place.kubeconfig({"token": "first-token"})}),
    "kubeconfig file": lambda place: Case({"kubeconfig": place.written({"token": "first-token"})}),
    "kubeconfig and context": lambda place: Case(
        {"kubeconfig": place.written({"token": "first-token"}), "context": "two"}
    ),
    "kubeconfig with data": lambda place: Case(
        {
            "kubeconfig": place.kubeconfig(
                {
                    "client-certificate-data": pem_data(place.client_cert),
                    "client-key-data": pem_data(place.client_key),
                },
                **{"certificate-authority-data": pem_data(place.ca_cert)},
            )
        }
    ),
    "kubeconfig with password": lambda place: Case(
        {"kubeconfig": place.kubeconfig({"username": "jane", "password": "word"})}
    ),
    "kubeconfig with exec token": lambda place: Case({"kubeconfig": place.written(exec_user({"token": "made"}))}),
    "kubeconfig with exec certificate": lambda place: Case(
        {
            "kubeconfig": place.written(
                exec_user(
                    {
                        "clientCertificateData": Path(place.client_cert).read_text(),
                        "clientKeyData": Path(place.client_key).read_text(),
                    }
                )
            )
        }
    ),
    "kubeconfig unchecked": lambda place: Case(
        {
            "kubeconfig": place.kubeconfig(
                {"token": "first-token"}, **{"certificate-authority": None, "insecure-skip-tls-verify": True}
            )
        }
    ),
    "kubeconfig overridden": lambda place: Case(
        {
            "kubeconfig": place.kubeconfig({"token": "first-token"}, **{"certificate-authority": place.other_ca}),
            "api_key": "key",
            "ca_cert": place.ca_cert,
            "proxy": place.proxy.url,
        }
    ),
    "kubeconfig and another user's certificate": lambda place: Case(
        {
            "kubeconfig": place.kubeconfig({"token": "first-token"}),
            "client_cert": place.client_cert,
            "client_key": place.client_key,
        }
    ),
    "K8S_AUTH_API_KEY": lambda place: Case(direct(place), {"K8S_AUTH_API_KEY": "key"}),
    "K8S_AUTH_CERT_FILE": lambda place: Case(
        direct(place), {"K8S_AUTH_CERT_FILE": place.client_cert, "K8S_AUTH_KEY_FILE": place.client_key}
    ),
    "K8S_AUTH_CLIENT_CERT": lambda place: Case(
        direct(place), {"K8S_AUTH_CLIENT_CERT": place.client_cert, "K8S_AUTH_CLIENT_KEY": place.client_key}
    ),
    "K8S_AUTH_SSL_CA_CERT": lambda place: Case(
        {"host": place.server.url, "api_key": "key"}, {"K8S_AUTH_SSL_CA_CERT": place.ca_cert}
    ),
    "K8S_AUTH_CA_CERT": lambda place: Case(
        {"host": place.server.url, "api_key": "key"}, {"K8S_AUTH_CA_CERT": place.ca_cert}
    ),
    "K8S_AUTH_VERIFY_SSL": lambda place: Case(
        {"host": place.server.url, "api_key": "key"}, {"K8S_AUTH_VERIFY_SSL": "false"}
    ),
    "K8S_AUTH_VALIDATE_CERTS": lambda place: Case(
        {"host": place.server.url, "api_key": "key"}, {"K8S_AUTH_VALIDATE_CERTS": "no"}
    ),
    "K8S_AUTH_PROXY": lambda place: Case(direct(place, api_key="key"), {"K8S_AUTH_PROXY": place.proxy.url}),
    "K8S_AUTH_NO_PROXY": lambda place: Case(
        direct(place, api_key="key"), {"K8S_AUTH_PROXY": place.proxy.url, "K8S_AUTH_NO_PROXY": "127.0.0.1"}
    ),
    "K8S_AUTH_PROXY_HEADERS": lambda place: Case(
        direct(place, api_key="key"),
        {"K8S_AUTH_PROXY": place.proxy.url, "K8S_AUTH_PROXY_HEADERS_PROXY_BASIC_AUTH": "user:word"},
    ),
    "K8S_AUTH_IMPERSONATE": lambda place: Case(
        direct(place, api_key="key"),
        {"K8S_AUTH_IMPERSONATE_USER": "joe", "K8S_AUTH_IMPERSONATE_GROUPS": "one,two"},
    ),
    "K8S_AUTH_API_KEY over a kubeconfig": lambda place: Case(
        {"kubeconfig": place.kubeconfig({"token": "first-token"})}, {"K8S_AUTH_API_KEY": "key"}
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_same_is_shown(place: Place, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    case = CASES[name](place)
    for variable, value in case.environment.items():
        monkeypatch.setenv(variable, value)
    expected = upstream(place, case)
    assert not isinstance(expected, str), expected
    assert own(place, case) == expected


@pytest.mark.parametrize("name", CASES)
def test_writes_show_what_reads_show(place: Place, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """What the lookup hands to kubernetes.core, and leaves it of the environment, is what the read path goes by."""
    case = CASES[name](place)
    if isinstance(case.options.get("kubeconfig"), dict):
        path = place.folder / "handed"
        path.write_text(json.dumps(case.options["kubeconfig"]))
        case.options["kubeconfig"] = str(path)
    for variable, value in case.environment.items():
        monkeypatch.setenv(variable, value)
    read = own(place, case)
    handed = handover(own_options(case), place.cluster, sys.executable, dict(os.environ))
    for variable in case.environment:
        monkeypatch.delenv(variable)
    for variable, value in handed.variables.items():
        monkeypatch.setenv(variable, value)
    assert not isinstance(read, str), read
    assert upstream(place, Case({"kubeconfig": handed.kubeconfig, "context": case.options.get("context")})) == read


def test_a_server_that_is_not_trusted_is_told_nothing_by_either(place: Place) -> None:
    case = Case({"host": place.server.url, "api_key": "key", "ca_cert": place.other_ca})
    assert upstream(place, case) == "TLS"
    assert own(place, case) == "refused"
    assert own(place, case, ignore=("cluster.identity",)) == "TLS"


def test_documented_difference_the_authority_of_the_cluster_is_known(place: Place) -> None:
    case = Case({"host": place.server.url, "api_key": "key"})
    assert upstream(place, case) == "TLS"
    assert own(place, case) == (("Bearer key", "", (), ""), [])


def test_documented_difference_a_password_is_shown(place: Place) -> None:
    """Nothing says so, but recent kubernetes packages take host, username and password and show none of them."""
    case = Case(direct(place, username="jane", password="word"))
    assert upstream(place, case) == (("", "", (), ""), [])
    assert own(place, case) == (("Basic " + base64.b64encode(b"jane:word").decode(), "", (), ""), [])


@pytest.mark.parametrize("variable", ["KUBECONFIG", "K8S_AUTH_KUBECONFIG", "K8S_AUTH_HOST", "K8S_AUTH_CONTEXT"])
def test_documented_difference_no_variable_chooses_the_cluster(
    place: Place, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    with UnwelcomeServer() as hostile:
        hostile_config = place.written({"token": "planted"}, server=hostile.url, **{"insecure-skip-tls-verify": True})
        home = Path(os.environ["HOME"])
        (home / ".kube").mkdir()
        (home / ".kube" / "config").write_text(Path(hostile_config).read_text())
        values = {"K8S_AUTH_HOST": hostile.url, "K8S_AUTH_CONTEXT": "one"}
        monkeypatch.setenv(variable, values.get(variable, hostile_config))
        for name, value in {"API_KEY": "planted", "VERIFY_SSL": "no", "IMPERSONATE_USER": "joe"}.items():
            monkeypatch.setenv(f"K8S_AUTH_{name}", value)
        assert own(place, Case()) == ((f"Bearer {EKS_TOKEN}", "", (), ""), [])
        assert hostile.connections == 0
