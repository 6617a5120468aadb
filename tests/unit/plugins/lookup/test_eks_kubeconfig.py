# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import multiprocessing
import os
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleLookupError
from ansible.plugins.loader import lookup_loader

from ansible_collections.cloudops.eks_windows.plugins.lookup import eks_kubeconfig
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.options import aws_argument_spec
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
        return plugin.run(list(names), {}, **{"region": "eu-central-1", **options})


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


def test_the_cluster_must_have_the_arn() -> None:
    assert look_up("one", endpoints=ONE, arn=DESCRIBED["arn"]) == look_up("one", endpoints=ONE)
    prod = DESCRIBED["arn"].replace("1111", "4444")
    with pytest.raises(AnsibleLookupError) as failure:
        look_up("one", endpoints=ONE, arn=prod)
    assert f"Cluster one is {DESCRIBED['arn']} for lookup eks_kubeconfig, but option arn wants {prod}" in str(
        failure.value
    )
    assert "eks_windows_profile" in str(failure.value)
    assert kubernetes_variables() == {}


@pytest.mark.parametrize("arn", [None, "", DESCRIBED["arn"]])
def test_where_there_is_no_such_cluster_the_arn_is_named(monkeypatch: pytest.MonkeyPatch, arn: str | None) -> None:
    def absent(_options: object) -> None:
        raise EksWindowsError("There is no cluster one in region eu-central-1", "Check the name")

    monkeypatch.setattr(eks_kubeconfig, "AwsConnection", absent)
    with pytest.raises(AnsibleLookupError, match=r"no cluster one in region eu-central-1\. Check") as failure:
        look_up("one", endpoints=ONE, arn=arn)
    assert (f"does not find {DESCRIBED['arn']}" in str(failure.value)) == bool(arn)
    assert ("Keyword environment of a play" in str(failure.value)) == bool(arn)


def test_the_variables_of_aws_are_those_of_the_modules() -> None:
    """Option by option, without the variables of EC2 and S3, which amazon.aws has given up. Of several, Ansible takes
    the first for a module, and the last for a lookup."""
    documented = yaml.safe_load(eks_kubeconfig.DOCUMENTATION)["options"]
    of_modules = {
        option: [name for name in reversed(spec["fallback"][1]) if not name.startswith(("EC2_", "S3_"))]
        for option, spec in aws_argument_spec().items()
        if "fallback" in spec
    }
    # Keys are no options, see the tests of sessions.KEY_VARIABLES; the last adds to what a module returns.
    for other in ("access_key", "secret_key", "session_token", "debug_botocore_endpoint_logs"):
        del of_modules[other]
    found = {option: [each["name"] for each in spec["env"]] for option, spec in documented.items() if "env" in spec}
    assert found == of_modules


@pytest.mark.parametrize(
    ("environment", "options", "wanted"),
    [
        ({}, {}, {"aws_ca_bundle": None, "endpoint_url": None, "access_key": None}),
        ({"AWS_CA_BUNDLE": "/own.pem"}, {}, {"aws_ca_bundle": "/own.pem"}),
        ({"AWS_CA_BUNDLE": "~/own.pem"}, {}, {"aws_ca_bundle": os.path.expanduser("~/own.pem")}),
        ({"AWS_CA_BUNDLE": ""}, {}, {"aws_ca_bundle": None}),
        ({"AWS_CA_BUNDLE": "/own.pem"}, {"aws_ca_bundle": "/given.pem"}, {"aws_ca_bundle": "/given.pem"}),
        ({"AWS_REGION": "a", "AWS_DEFAULT_REGION": "b"}, {"region": None}, {"region": "a"}),
        ({"AWS_DEFAULT_REGION": "b"}, {"region": None}, {"region": "b"}),
        ({"AWS_PROFILE": "a", "AWS_DEFAULT_PROFILE": "b"}, {"profile": None}, {"profile": "a"}),
        ({"AWS_DEFAULT_PROFILE": "b"}, {"profile": None}, {"profile": "b"}),
        ({"AWS_URL": "https://eks.example"}, {}, {"endpoint_url": "https://eks.example"}),
        ({"AWS_URL": "x"}, {"aws_endpoint_url": "https://eks.example"}, {"endpoint_url": "https://eks.example"}),
        ({"AWS_ACCESS_KEY": "A", "AWS_SECRET_KEY": "B"}, {}, {"access_key": "A", "secret_key": "B"}),
        ({"AWS_ACCESS_KEY": "A", "AWS_SECRET_KEY": "B"}, {"profile": "prod"}, {"access_key": None, "profile": "prod"}),
        ({"AWS_ACCESS_KEY": "A", "AWS_PROFILE": "prod"}, {}, {"access_key": None, "profile": "prod"}),
    ],
)
def test_what_aws_is_asked_with(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], options: dict[str, Any], wanted: dict[str, Any]
) -> None:
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr(eks_kubeconfig, "AwsConnection", seen.append)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    (kubeconfig,) = look_up("one", endpoints=ONE, **options)
    assert {name: seen[0].get(name) for name in wanted} == wanted
    arguments = kubeconfig["users"][0]["user"]["exec"]["args"]
    bundle = wanted.get("aws_ca_bundle")
    assert [each for each in arguments if "bundle" in each] == ([f"--aws-ca-bundle={bundle}"] if bundle else [])
