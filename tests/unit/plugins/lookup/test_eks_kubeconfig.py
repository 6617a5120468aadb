# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import multiprocessing
import os
from typing import Any

import pytest
from ansible.errors import AnsibleLookupError
from ansible.plugins.loader import lookup_loader

from ansible_collections.cloudops.eks_windows.plugins.lookup import eks_kubeconfig
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.aws_reads import cluster_of

DESCRIBED = {
    "arn": "arn:aws:eks:eu-central-1:111122223333:cluster/production",
    "certificateAuthority": {"data": "QUJD"},
    "status": "ACTIVE",
}


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    # What a test changes of these is put back after it.
    for name in [name for name in os.environ if name.startswith(("AWS_", "K8S_")) or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    for name in ("K8S_AUTH_PROXY", "K8S_AUTH_PROXY_HEADERS_PROXY_BASIC_AUTH", "K8S_AUTH_HOST"):
        monkeypatch.setenv(name, "before")
    monkeypatch.setattr(eks_kubeconfig, "WORKER_VARIABLES", eks_kubeconfig.WorkerVariables())
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: True)
    monkeypatch.setattr(eks_kubeconfig, "AwsConnection", lambda options: None)


def look_up(*names: str, endpoints: dict[str, str], **options: Any) -> list[Any]:
    def existing(_aws: object, name: str) -> Any:
        return cluster_of({"name": name, "endpoint": endpoints[name], **DESCRIBED})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(eks_kubeconfig, "existing_cluster", existing)
        plugin = lookup_loader.get("cloudops.eks_windows.eks_kubeconfig")
        return plugin.run(list(names), {}, region="eu-central-1", **options)


def kubernetes_variables() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("K8S_AUTH_")}


ONE = {"one": "https://one.example"}


def test_without_a_proxy_nothing_of_the_environment_is_left() -> None:
    (kubeconfig,) = look_up("one", endpoints=ONE)
    assert "proxy-url" not in kubeconfig["clusters"][0]["cluster"]
    assert kubernetes_variables() == {"K8S_AUTH_NO_PROXY": "one.example"}


def test_the_proxy_reaches_old_and_new_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "jane:w%40rd@proxy:3128")
    (kubeconfig,) = look_up("one", endpoints=ONE)
    assert kubeconfig["clusters"][0]["cluster"]["proxy-url"] == "http://proxy:3128"
    assert kubernetes_variables() == {
        "K8S_AUTH_PROXY": "http://proxy:3128",
        "K8S_AUTH_NO_PROXY": "none.invalid",
        "K8S_AUTH_PROXY_HEADERS_PROXY_BASIC_AUTH": "jane:w@rd",
    }
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    look_up("one", endpoints=ONE)
    assert kubernetes_variables() == {"K8S_AUTH_PROXY": "http://proxy:3128", "K8S_AUTH_NO_PROXY": "none.invalid"}


def test_clusters_with_different_proxies_share_no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("HTTP_PROXY", "http://other:3128")
    found = look_up("one", "two", endpoints={**ONE, "two": "http://two.example"})
    assert [each["clusters"][0]["cluster"]["proxy-url"] for each in found] == ["http://proxy:3128", "http://other:3128"]
    assert kubernetes_variables() == {"K8S_AUTH_NO_PROXY": "none.invalid"}


def test_ansible_s_own_process_keeps_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: None)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    look_up("one", endpoints=ONE)
    assert set(kubernetes_variables().values()) == {"before"}


def test_the_token_is_in_the_worker_and_not_in_the_kubeconfig(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K8S_AUTH_API_KEY", "planted")
    options = {"endpoints": ONE, "host": ONE["one"], "ignore": ["cluster.identity"]}
    for _item_of_a_loop in range(2):
        (kubeconfig,) = look_up("one", **options)
        assert kubeconfig["users"][0]["user"] == {}
        assert "planted" not in str(kubeconfig)
        assert os.environ["K8S_AUTH_API_KEY"] == "planted"
        assert "K8S_AUTH_HOST" not in os.environ


def test_the_items_of_a_loop_start_from_the_same_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K8S_AUTH_API_KEY", "planted")
    look_up("one", endpoints=ONE, proxy="http://first:3128")
    assert kubernetes_variables() == {"K8S_AUTH_PROXY": "http://first:3128", "K8S_AUTH_NO_PROXY": "none.invalid"}
    look_up("one", endpoints=ONE, host=ONE["one"], ignore=["cluster.identity"], no_proxy="one.example")
    assert kubernetes_variables() == {"K8S_AUTH_API_KEY": "planted", "K8S_AUTH_NO_PROXY": "one.example"}


def test_where_it_fails_nothing_of_the_environment_is_left() -> None:
    with pytest.raises(AnsibleLookupError, match="is not the endpoint"):
        look_up("one", endpoints=ONE, host="https://other.example")
    assert kubernetes_variables() == {}


@pytest.mark.parametrize("ignore", [["cluster.idenity"], [{"id": "no.such"}], [{"id": "cluster.identity", "x": 1}]])
def test_rules_that_do_not_exist_are_refused(ignore: list[Any]) -> None:
    with pytest.raises(AnsibleLookupError, match=r"ignore names|a waiver has"):
        look_up("one", endpoints=ONE, ignore=ignore)
    assert look_up("one", endpoints=ONE, ignore=["cluster.identity"])


def test_a_cluster_that_is_being_made() -> None:
    with pytest.raises(AnsibleLookupError, match="has no endpoint yet"):
        look_up("one", endpoints={"one": ""})
