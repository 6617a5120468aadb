# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect import eks_token_helper

HELPER = Path(eks_token_helper.__file__)
SECRET = "hunter2-hunter2"
ASSUMED = b"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>KEY</AccessKeyId><SecretAccessKey>assumed</SecretAccessKey><SessionToken>token</SessionToken>
<Expiration>2036-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""


def run(*arguments: str, path: Path = HELPER, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(path), "--cluster-name", "production", "--region", "eu-central-1", *arguments]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False, cwd="/"
    )


def test_a_credential() -> None:
    done = run(AWS_ACCESS_KEY_ID="AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY=SECRET)
    assert (done.returncode, done.stderr) == (0, "")
    credential = json.loads(done.stdout)
    assert credential["kind"] == "ExecCredential"
    assert credential["apiVersion"] == "client.authentication.k8s.io/v1beta1"
    assert credential["status"]["token"].startswith("k8s-aws-v1.")
    assert credential["status"]["expirationTimestamp"].endswith("Z")


def test_it_runs_where_no_collection_is_around(tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere with spaces"
    folder.mkdir()
    for name in ("eks_token_helper", "eks_token", "sessions", "redaction"):
        (folder / f"{name}.py").write_text(HELPER.with_name(f"{name}.py").read_text())
    # Neither a module of the standard library's name beside the script, nor Ansible, has a say.
    (folder / "token.py").write_text("raise SystemExit('the wrong file')")
    done = run(path=folder / "eks_token_helper.py", AWS_ACCESS_KEY_ID="AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY=SECRET)
    assert (done.returncode, done.stderr) == (0, "")


def signed_by(done: subprocess.CompletedProcess[str]) -> str:
    """The access key that a token was made with."""
    assert (done.returncode, done.stderr) == (0, "")
    token = json.loads(done.stdout)["status"]["token"].removeprefix("k8s-aws-v1.")
    url = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    return parse_qs(urlsplit(url).query)["X-Amz-Credential"][0].partition("/")[0]


def test_keys_by_the_names_that_the_modules_know(tmp_path: Path) -> None:
    other_names = {"AWS_ACCESS_KEY": "AKIDOTHER", "AWS_SECRET_KEY": SECRET}
    assert signed_by(run(**other_names)) == "AKIDOTHER"
    keys = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": SECRET}
    assert signed_by(run(**keys, **other_names)) == "AKIDEXAMPLE"
    (tmp_path / "config").write_text("[profile prod]\naws_access_key_id = AKIDPROD\naws_secret_access_key = x\n")
    assert signed_by(run("--profile=prod", AWS_CONFIG_FILE=str(tmp_path / "config"), **other_names)) == "AKIDPROD"


def test_the_profile_s_settings_hold_for_each_role(tmp_path: Path, fake_api) -> None:
    def answer(seen: Any) -> tuple[int, bytes, dict[str, str]]:
        key = "ASIAFIRST" if b"role%2Ffirst" in seen.body else "ASIASECOND"
        return 200, ASSUMED.replace(b"KEY", key.encode()), {"Content-Type": "text/xml"}

    fake_api.answer = answer
    (tmp_path / "config").write_text(
        "[default]\nservices = local\n[services local]\nsts =\n  endpoint_url = http://127.0.0.1:1\n"
        "[profile prod]\nservices = prod\naws_access_key_id = AKIDPROD\naws_secret_access_key = x\n"
        f"[services prod]\nsts =\n  endpoint_url = {fake_api.url}\n"
    )
    roles = [f"arn:aws:iam::111122223333:role/{name}" for name in ("first", "second")]
    arguments = ("--profile=prod", f"--assume-role-arn={roles[0]}", f"--kubernetes-role-arn={roles[1]}")
    done = run(*arguments, "--request-timeout=1", AWS_CONFIG_FILE=str(tmp_path / "config"))
    assert signed_by(done) == "ASIASECOND"
    callers = [seen.all("authorization")[0].split("Credential=")[1].partition("/")[0] for seen in fake_api.seen]
    assert callers == ["AKIDPROD", "ASIAFIRST"]


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        ((), {}, "no AWS credentials were found in the environment, the profile or the instance"),
        (("--profile=nope",), {}, "The config profile (nope) could not be found"),
        (
            ("--region=moon-1",),
            {"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": SECRET},
            "No partition found for provided region",
        ),
        (
            ("--assume-role-arn=arn:aws:iam::111122223333:role/r", "--request-timeout=1"),
            {
                "AWS_ACCESS_KEY_ID": "A",
                "AWS_SECRET_ACCESS_KEY": SECRET,
                "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1",
            },
            "Could not connect to the endpoint URL",
        ),
    ],
)
def test_one_line_for_whatever_goes_wrong(arguments, environment, words: str) -> None:
    done = run(*arguments, **environment)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("No token for cluster production: ")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert SECRET not in done.stderr
