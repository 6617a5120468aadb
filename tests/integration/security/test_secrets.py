# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Nothing secret is printed at -vvvv, nor returned, nor left in a file."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.support.clusters import detach_policy, set_config_map
from tests.support.playbook import ANSIBLE_PLAYBOOK, clean_environment
from tests.testbed.specs import CHART_DATA
from tests.testbed.testbed import Testbed

TOKEN_PREFIX = "k8s-aws-v1."


def test_no_token_and_no_key_at_the_highest_verbosity(enable_fleet: Testbed, tmp_path: Path) -> None:
    cluster = enable_fleet.clusters["enable"]
    detach_policy(enable_fleet, cluster)
    set_config_map(cluster, CHART_DATA)
    environment = clean_environment(
        tmp_path, {**enable_fleet.environment, "ANSIBLE_KEEP_REMOTE_FILES": "1", "ANSIBLE_REMOTE_TMP": str(tmp_path)}
    )
    command = [
        ANSIBLE_PLAYBOOK,
        "cloudops.eks_windows.enable",
        "-vvvv",
        "--diff",
        "-e",
        f"eks_windows_cluster_name={cluster.name}",
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
    # The run did write, with a token of its own, and did print at that verbosity.
    assert [request for request in cluster.requests() if request.write]
    assert "ESTABLISH LOCAL CONNECTION" in printed
    secrets = [TOKEN_PREFIX, enable_fleet.environment["AWS_SECRET_ACCESS_KEY"]]
    for secret in secrets:
        assert secret not in printed
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert files, "modules were kept"
    for file in files:
        content = file.read_bytes()
        assert secrets[1].encode() not in content, file
        # The prefix alone stands in the collection's own code; a token has a signed request behind it.
        assert b"k8s-aws-v1.aHR0c" not in content, file
