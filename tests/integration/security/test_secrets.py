# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Nothing secret is printed at -vvvv, nor returned, nor left in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.security.loud_run import run_loudly
from tests.support.access import OPERATOR, new_role, session_of, token_of
from tests.support.clusters import detach_policy, set_config_map
from tests.support.planted_secrets import planted_text
from tests.testbed.specs import CHART_DATA
from tests.testbed.testbed import Testbed


@pytest.mark.parametrize("token", ["of AWS", "of the environment"])
def test_no_token_and_no_key_at_the_highest_verbosity(enable_fleet: Testbed, tmp_path: Path, token: str) -> None:
    cluster = enable_fleet.clusters["enable"]
    arn, _session = new_role(enable_fleet, f"token-{token.replace(' ', '-')}", cluster)
    planted = {"K8S_AUTH_API_KEY": token_of(enable_fleet, cluster, arn), "K8S_AUTH_PASSWORD": "planted-password"}
    by_host = {"eks_windows_host": cluster.endpoint} if token == "of the environment" else {}
    detach_policy(enable_fleet, cluster)
    set_config_map(cluster, CHART_DATA)
    enable_fleet.forget_requests()
    run = run_loudly(
        "cloudops.eks_windows.enable",
        tmp_path,
        {**enable_fleet.environment, **planted},
        {"eks_windows_cluster_name": cluster.name, **by_host},
    )
    assert run.returncode == 0, run.printed[-3000:]
    # The run did write, with the token that it was to use.
    writers = {request.user for request in cluster.requests() if request.write}
    assert writers == ({session_of(arn, "awx")} if by_host else {OPERATOR})
    assert "k8s-aws-v1." not in run.printed
    kept = [place for place in run.left.places(cluster.endpoint.encode()) if place.endswith("/AnsiballZ_k8s.py")]
    assert kept, "modules were kept, and their options are searched"
    secrets = {"AWS_SECRET_ACCESS_KEY": enable_fleet.environment["AWS_SECRET_ACCESS_KEY"], **planted}
    assert run.left.leaks(planted_text(name, value) for name, value in secrets.items()) == []
