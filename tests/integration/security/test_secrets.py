# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Nothing secret is printed at -vvvv, nor returned, nor left in a file."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support.access import new_role, session_of, token_of
from tests.support.clusters import detach_policy, set_config_map
from tests.support.playbook import ANSIBLE_PLAYBOOK, clean_environment
from tests.testbed.specs import CHART_DATA
from tests.testbed.testbed import Testbed

TOKEN_PREFIX = "k8s-aws-v1."
OPERATOR = "arn:aws:iam::111122223333:user/operator"


@pytest.mark.parametrize("token", ["of AWS", "of the environment"])
def test_no_token_and_no_key_at_the_highest_verbosity(enable_fleet: Testbed, tmp_path: Path, token: str) -> None:
    cluster = enable_fleet.clusters["enable"]
    arn, _session = new_role(enable_fleet, f"token-{token.replace(' ', '-')}", cluster)
    planted = {"K8S_AUTH_API_KEY": token_of(enable_fleet, cluster, arn), "K8S_AUTH_PASSWORD": "planted-password"}
    by_host = ["-e", f"eks_windows_host={cluster.endpoint}"] if token == "of the environment" else []
    detach_policy(enable_fleet, cluster)
    set_config_map(cluster, CHART_DATA)
    enable_fleet.forget_requests()
    environment = clean_environment(
        tmp_path,
        {**enable_fleet.environment, **planted, "ANSIBLE_KEEP_REMOTE_FILES": "1", "ANSIBLE_REMOTE_TMP": str(tmp_path)},
    )
    command = [
        ANSIBLE_PLAYBOOK,
        "cloudops.eks_windows.enable",
        "-vvvv",
        "--diff",
        "-e",
        f"eks_windows_cluster_name={cluster.name}",
        *by_host,
    ]
    completed = subprocess.run(
        command,
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    printed = completed.stdout + completed.stderr
    assert completed.returncode == 0, printed
    # The run did write, with the token that it was to use, and did print at that verbosity.
    writers = {request.user for request in cluster.requests() if request.write}
    assert writers == ({session_of(arn, "awx")} if by_host else {OPERATOR})
    assert "ESTABLISH LOCAL CONNECTION" in printed
    secrets = [TOKEN_PREFIX, enable_fleet.environment["AWS_SECRET_ACCESS_KEY"], *planted.values()]
    for secret in secrets:
        assert secret not in printed
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert files, "modules were kept"
    for file in files:
        content = file.read_bytes()
        assert not [secret for secret in secrets[1:] if secret.encode() in content], file
        # The prefix alone stands in the collection's own code; a token has a signed request behind it.
        assert b"k8s-aws-v1.aHR0c" not in content, file
