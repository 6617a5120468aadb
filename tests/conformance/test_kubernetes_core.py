# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""kubernetes.core's own modules, run in this process against both kinds of control plane."""

from __future__ import annotations

import importlib
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from ansible.module_utils import basic

from tests.conformance.bench import Bench, config_map, deployment
from tests.conformance.test_workloads import run as run_pods
from tests.testbed.kubernetes.admin import Json

Result = dict[str, Any]
Run = Callable[..., Result]


@pytest.fixture
def module(bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a module of kubernetes.core as the administrator and returns its result, failed ones too."""
    authority = tmp_path / "ca.crt"
    authority.write_text(bench.server.ca_pem)
    user = bench.new_user("system:masters")
    # Discovery is cached in the temporary folder under the server's address, and ports are used again.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in ("KUBECONFIG", "K8S_AUTH_KUBECONFIG", "K8S_AUTH_CONTEXT", "K8S_AUTH_HOST"):
        monkeypatch.delenv(name, raising=False)

    def run(module_name: str, /, check_mode: bool = False, diff: bool = False, **arguments: object) -> Result:
        given = {
            "host": bench.server.url,
            "ca_cert": str(authority),
            "api_key": bench.token(user),
            "_ansible_check_mode": check_mode,
            "_ansible_diff": diff,
            "_ansible_remote_tmp": str(tmp_path),
            **arguments,
        }
        encoded = json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode()
        capsys.readouterr()
        main = importlib.import_module(f"ansible_collections.kubernetes.core.plugins.modules.{module_name}").main
        with (
            mock.patch.object(basic, "_ANSIBLE_ARGS", encoded),
            mock.patch.object(basic, "_ANSIBLE_PROFILE", "legacy", create=True),
            pytest.raises(SystemExit),
        ):
            main()
        result: Result = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
        return result

    return run


def said(result: Result) -> str:
    """Why a module failed; the API's answer is quoted in it, as JSON or as the repr of its bytes."""
    assert result["failed"], result
    return str(result["msg"]).replace("\\", "")


def good(result: Result, changed: bool) -> Result:
    """A result that did not fail, and changed something or not."""
    assert not result.get("failed"), result
    assert result.get("changed", False) is changed, result
    return result


def test_k8s_creates_and_then_changes_nothing(bench: Bench, namespace: str, module: Run) -> None:
    manifest = config_map("x", namespace, {"a": "1"})
    assert good(module("k8s", definition=manifest), changed=True)["result"]["data"] == {"a": "1"}
    before = bench.admin.get("configmaps", "x", namespace)
    bench.server.forget_requests()
    good(module("k8s", definition=manifest), changed=False)
    assert bench.admin.get("configmaps", "x", namespace) == before


def test_k8s_patches_one_key_and_keeps_the_others(bench: Bench, namespace: str, module: Run) -> None:
    bench.admin.create(config_map("x", namespace, {"a": "1", "b": "2"}))
    manifest = config_map("x", namespace, {"a": "3"})
    result = good(module("k8s", definition=manifest, state="patched", merge_type=["merge"], diff=True), changed=True)
    assert result["diff"]["before"]["data"] == {"a": "1"}
    assert result["diff"]["after"]["data"] == {"a": "3"}
    assert bench.admin.get("configmaps", "x", namespace)["data"] == {"a": "3", "b": "2"}


def test_k8s_in_check_mode_predicts_and_stores_nothing(bench: Bench, namespace: str, module: Run) -> None:
    before = bench.admin.create(config_map("x", namespace, {"a": "1"}))
    bench.server.forget_requests()
    good(module("k8s", check_mode=True, definition=config_map("x", namespace, {"a": "2"})), changed=True)
    good(module("k8s", check_mode=True, definition=config_map("y", namespace, {})), changed=True)
    good(module("k8s", check_mode=True, definition=config_map("x", namespace), state="absent"), changed=True)
    assert bench.admin.get("configmaps", "x", namespace) == before
    assert bench.admin.find("configmaps", "y", namespace) is None
    requests = bench.server.requests()
    assert any(request.dry_run for request in requests)
    assert not [request for request in requests if request.write]


def test_k8s_applies(bench: Bench, namespace: str, module: Run) -> None:
    def apply(**data: str) -> Result:
        return module("k8s", definition=config_map("x", namespace, data), apply=True)

    good(apply(a="1", b="2"), changed=True)
    good(apply(a="1", b="2"), changed=False)
    good(apply(a="3"), changed=True)
    assert bench.admin.get("configmaps", "x", namespace)["data"] == {"a": "3"}


def test_k8s_applies_on_the_server(bench: Bench, namespace: str, module: Run) -> None:
    options = {"field_manager": "case"}
    manifest = config_map("x", namespace, {"a": "1"})
    good(module("k8s", definition=manifest, apply=True, server_side_apply=options), changed=True)
    assert bench.admin.get("configmaps", "x", namespace)["data"] == {"a": "1"}


def test_k8s_replaces(bench: Bench, namespace: str, module: Run) -> None:
    bench.admin.create(config_map("x", namespace, {"a": "1"}))
    good(module("k8s", definition=config_map("x", namespace, {"b": "2"}), force=True), changed=True)
    assert bench.admin.get("configmaps", "x", namespace)["data"] == {"b": "2"}


def test_k8s_deletes_and_waits(bench: Bench, namespace: str, module: Run) -> None:
    bench.admin.create(config_map("x", namespace, {}))
    arguments: Json = {"api_version": "v1", "kind": "ConfigMap", "name": "x", "namespace": namespace}
    good(module("k8s", state="absent", wait=True, wait_sleep=1, **arguments), changed=True)
    assert bench.admin.find("configmaps", "x", namespace) is None
    good(module("k8s", state="absent", **arguments), changed=False)


def test_k8s_waits_for_a_deployment(bench: Bench, namespace: str, module: Run) -> None:
    manifest = deployment("x", namespace, 1)
    short: Json = {"wait": True, "wait_sleep": 1, "wait_timeout": 1}
    assert module("k8s", definition=manifest, **short)["failed"]
    run_pods(bench, namespace)
    result = module("k8s", definition=manifest, wait=True, wait_sleep=1, wait_timeout=20)
    assert result["result"]["status"]["availableReplicas"] == 1


def test_k8s_says_what_the_api_said(bench: Bench, namespace: str, module: Run) -> None:
    assert 'ConfigMap "Wrong" is invalid' in said(module("k8s", definition=config_map("Wrong", namespace, {})))
    missing = bench.unique()
    assert f'namespaces "{missing}" not found' in said(module("k8s", definition=config_map("x", missing, {})))


def test_k8s_of_a_kind_that_is_not_served(namespace: str, module: Run) -> None:
    manifest = {
        "apiVersion": "nobody.example.com/v1",
        "kind": "Thing",
        "metadata": {"name": "x", "namespace": namespace},
    }
    wanted = "Failed to find exact match for nobody.example.com/v1.Thing"
    assert wanted in said(module("k8s", definition=manifest))


def test_k8s_info_selects(bench: Bench, namespace: str, module: Run) -> None:
    for name, color in (("a", "red"), ("b", "blue")):
        bench.admin.create(config_map(name, namespace, {}, labels={"color": color}))
    asked: Json = {"api_version": "v1", "kind": "ConfigMap", "namespace": namespace}

    def names(**selectors: object) -> list[str]:
        result = good(module("k8s_info", **asked, **selectors), changed=False)
        return [each["metadata"]["name"] for each in result["resources"]]

    assert names(label_selectors=["color = red"]) == ["a"]
    assert names(label_selectors=["color in (red, blue)"]) == ["a", "b"]
    assert names(field_selectors=["metadata.name=b"]) == ["b"]
    assert names(name="a") == ["a"]
    assert names(name="missing") == []
    (found,) = good(module("k8s_info", **asked, name="a"), changed=False)["resources"]
    assert (found["kind"], found["apiVersion"]) == ("ConfigMap", "v1")


def test_k8s_info_of_a_kind_that_is_not_served_is_empty(module: Run) -> None:
    result = good(module("k8s_info", api_version="nobody.example.com/v1", kind="Thing"), changed=False)
    assert (result["resources"], result["api_found"]) == ([], False)


def test_k8s_json_patch(bench: Bench, namespace: str, module: Run) -> None:
    bench.admin.create(config_map("x", namespace, {"a": "1"}))
    arguments: Json = {"api_version": "v1", "kind": "ConfigMap", "name": "x", "namespace": namespace}
    patch = [{"op": "replace", "path": "/data/a", "value": "2"}]
    good(module("k8s_json_patch", patch=patch, **arguments), changed=True)
    assert bench.admin.get("configmaps", "x", namespace)["data"] == {"a": "2"}
    # 1.20 corrects the former owner's managedFields with the next request, which then counts as a change.
    module("k8s_json_patch", patch=patch, **arguments)
    good(module("k8s_json_patch", patch=patch, **arguments), changed=False)


def test_k8s_scale_ends_the_pods(bench: Bench, namespace: str, module: Run) -> None:
    bench.admin.create(deployment("x", namespace, 1))
    arguments: Json = {"api_version": "apps/v1", "kind": "Deployment", "name": "x", "namespace": namespace}
    good(module("k8s_scale", replicas=0, wait_timeout=20, wait_sleep=1, **arguments), changed=True)
    assert bench.admin.list("pods", namespace) == []
    good(module("k8s_scale", replicas=0, **arguments), changed=False)


def test_k8s_cluster_info_names_the_release(bench: Bench, module: Run) -> None:
    result = good(module("k8s_cluster_info"), changed=False)
    assert result["version"]["server"]["kubernetes"]["minor"].startswith(str(bench.minor))


def test_k8s_without_the_right(bench: Bench, namespace: str, module: Run) -> None:
    user = bench.new_user()
    result = module("k8s", api_key=bench.token(user), definition=config_map("x", namespace, {}))
    assert f'User "{user}" cannot' in said(result)
