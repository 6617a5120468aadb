# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ways that the benchmark compares: what they ask, and what they say of their tools."""

from __future__ import annotations

import subprocess

from tests.benchmark.shell_procedure import read_count, script
from tests.benchmark.tools import aws_version, kubectl_version
from tests.benchmark.upstream_modules import TASKS


def test_ten_reads_and_nothing_else() -> None:
    text = script([("one", "us-east-1", "role-one"), ("two", "eu-west-1", "role two")])
    assert read_count() == 10
    verbs = [line.split() for line in text.splitlines() if line.startswith(("aws ", "kubectl "))]
    assert len(verbs) == 10
    assert all(words[2].startswith(("describe-", "list-")) for words in verbs if words[0] == "aws")
    assert all(words[3] == "get" for words in verbs if words[0] == "kubectl")
    assert "look one us-east-1 role-one\nlook two eu-west-1 'role two'\n" in text


def test_the_script_stops_at_a_read_that_fails() -> None:
    text = script([("one", "us-east-1", "role")])
    tools = "aws() { echo aws; }\nkubectl() { echo kubectl; return 1; }\n"
    done = subprocess.run(["/bin/sh", "-c", tools + text], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.split() == ["aws", "aws", "kubectl"]


def test_upstream_tasks_read() -> None:
    modules = [next(name for name in task if "." in name) for task in TASKS]
    assert len(modules) == 6
    assert {module.rpartition(".")[0] for module in modules} == {"amazon.aws", "kubernetes.core"}
    assert all(module.endswith("_info") for module in modules)


def test_versions() -> None:
    assert aws_version("aws-cli/1.46.3 Python/3.12.1 Linux/6 botocore/1.43.62\n") == "AWS CLI 1.46.3"
    assert kubectl_version('{"clientVersion": {"major": "1", "gitVersion": "v1.20.2"}}') == "kubectl 1.20.2"
    assert (aws_version("other\n"), kubectl_version("{}")) == ("AWS CLI (other)", "kubectl ({})")
