# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Server-side dry runs: the same answers, and nothing stored."""

from __future__ import annotations

from tests.conformance.bench import Bench, config_map, deployment, refused

DRY = {"dryRun": "All"}


def test_a_dry_create_stores_nothing(bench: Bench, namespace: str) -> None:
    created = bench.admin.create(config_map("x", namespace, {"a": "1"}), query=DRY)
    assert created["data"] == {"a": "1"}
    assert created["metadata"]["uid"]
    assert "resourceVersion" not in created["metadata"]
    assert bench.admin.find("configmaps", "x", namespace) is None


def test_a_dry_create_makes_no_pods(bench: Bench, namespace: str) -> None:
    bench.admin.create(deployment("x", namespace), query=DRY)
    assert bench.admin.list("replicasets", namespace) == []


def test_a_dry_create_sees_what_exists(bench: Bench, namespace: str) -> None:
    bench.admin.create(config_map("x", namespace, {}))
    with refused(409, "AlreadyExists"):
        bench.admin.create(config_map("x", namespace, {}), query=DRY)
    with refused(404, "NotFound"):
        bench.admin.create(config_map("x", bench.unique(), {}), query=DRY)


def test_a_dry_create_is_validated(bench: Bench, namespace: str) -> None:
    with refused(422, "Invalid"):
        bench.admin.create(config_map("Wrong", namespace, {}), query=DRY)


def test_a_dry_change_stores_nothing(bench: Bench, namespace: str) -> None:
    before = bench.admin.create(config_map("x", namespace, {"a": "1"}))
    patched = bench.admin.patch("configmaps", "x", {"data": {"a": "2"}}, namespace, query=DRY)
    assert patched["data"] == {"a": "2"}
    assert patched["metadata"]["resourceVersion"] == before["metadata"]["resourceVersion"]
    replaced = bench.admin.replace(config_map("x", namespace, {"b": "3"}), query=DRY)
    assert replaced["data"] == {"b": "3"}
    assert bench.admin.get("configmaps", "x", namespace) == before


def test_a_dry_change_counts_the_generation(bench: Bench, namespace: str) -> None:
    bench.admin.create(deployment("x", namespace, 0))
    patched = bench.admin.patch("deployments", "x", {"spec": {"minReadySeconds": 1}}, namespace, query=DRY)
    assert patched["metadata"]["generation"] == 2
    assert bench.admin.get("deployments", "x", namespace)["metadata"]["generation"] == 1


def test_a_dry_delete_deletes_nothing(bench: Bench, namespace: str) -> None:
    before = bench.admin.create(config_map("x", namespace, {}))
    answer = bench.admin.delete("configmaps", "x", namespace, query=DRY)
    assert answer["status"] == "Success"
    bench.admin.delete("configmaps", "x", namespace, options={"dryRun": ["All"]})
    bench.admin.delete_collection("configmaps", namespace, query=DRY)
    assert bench.admin.get("configmaps", "x", namespace) == before


def test_an_unknown_kind_of_dry_run_is_refused(bench: Bench, namespace: str) -> None:
    with refused(422, "Invalid") as caught:
        bench.admin.create(config_map("x", namespace, {}), query={"dryRun": "Some"})
    message = 'is invalid: dryRun: Unsupported value: []string{"Some"}: supported values: "All"'
    assert message in caught[0].message


def test_a_dry_run_needs_the_right_to_write(bench: Bench, namespace: str) -> None:
    client = bench.client(bench.new_user())
    with refused(403, "Forbidden"):
        client.create(config_map("x", namespace, {}), query=DRY)
