# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""An environment that names another cluster takes no request there, and the right cluster is changed all the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.support.clusters import detach_policy, live_data, set_config_map
from tests.support.hostile import UnwelcomeServer
from tests.support.playbook import run_playbook
from tests.testbed.specs import CHART_DATA
from tests.testbed.testbed import Testbed


@pytest.fixture
def unwelcome() -> Iterator[UnwelcomeServer]:
    with UnwelcomeServer() as server:
        yield server


def hostile_kubeconfig(server: str, folder: Path) -> str:
    """A kubeconfig whose current context is another cluster."""
    file = folder / "hostile.yml"
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "other",
        "clusters": [{"name": "other", "cluster": {"server": server, "insecure-skip-tls-verify": True}}],
        "users": [{"name": "other", "user": {"token": "planted"}}],
        "contexts": [{"name": "other", "context": {"cluster": "other", "user": "other"}}],
    }
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    return str(file)


def variables(name: str, server: str, kubeconfig: str) -> dict[str, str]:
    """One of the ways in which an environment names another cluster."""
    return {
        "KUBECONFIG": {"KUBECONFIG": kubeconfig},
        "K8S_AUTH_KUBECONFIG": {"K8S_AUTH_KUBECONFIG": kubeconfig, "K8S_AUTH_CONTEXT": "other"},
        "K8S_AUTH_HOST": {"K8S_AUTH_HOST": server, "K8S_AUTH_API_KEY": "planted", "K8S_AUTH_VERIFY_SSL": "no"},
        # The testbed's own NO_PROXY would hide what a proxy does.
        "K8S_AUTH_PROXY": {"K8S_AUTH_PROXY": server.replace("https", "http"), "NO_PROXY": "", "no_proxy": ""},
        "K8S_AUTH_USERNAME": {"K8S_AUTH_HOST": server, "K8S_AUTH_USERNAME": "u", "K8S_AUTH_PASSWORD": "planted"},
    }[name]


@pytest.mark.parametrize(
    "way", ["KUBECONFIG", "K8S_AUTH_KUBECONFIG", "K8S_AUTH_HOST", "K8S_AUTH_PROXY", "K8S_AUTH_USERNAME"]
)
def test_the_other_cluster_is_not_asked(
    enable_fleet: Testbed, unwelcome: UnwelcomeServer, tmp_path: Path, way: str
) -> None:
    cluster = enable_fleet.clusters["enable"]
    detach_policy(enable_fleet, cluster)
    set_config_map(cluster, CHART_DATA)
    hostile = variables(way, unwelcome.url, hostile_kubeconfig(unwelcome.url, tmp_path))
    run = run_playbook(
        "cloudops.eks_windows.enable",
        {**enable_fleet.environment, **hostile},
        variables={"eks_windows_cluster_name": cluster.name},
    )
    assert run.returncode == 0, run.stdout
    assert live_data(cluster)["enable-windows-ipam"] == "true"
    assert unwelcome.connections == 0


# Judged by the library, whichever releases the client has.
@pytest.mark.newest_client
def test_the_user_own_kubeconfig_of_another_cluster_is_refused(
    enable_fleet: Testbed, unwelcome: UnwelcomeServer, tmp_path: Path
) -> None:
    cluster = enable_fleet.clusters["enable"]
    set_config_map(cluster, CHART_DATA)
    run = run_playbook(
        "cloudops.eks_windows.enable",
        enable_fleet.environment,
        variables={
            "eks_windows_cluster_name": cluster.name,
            "eks_windows_kubeconfig": hostile_kubeconfig(unwelcome.url, tmp_path),
        },
    )
    assert run.returncode == 2
    assert "cluster.identity" in run.failure("localhost")
    assert live_data(cluster) == CHART_DATA
    assert unwelcome.connections == 0
