# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_mount import (
    MountedPair,
    mounted_pair,
)

FOLDER = "/etc/webhook/certs"
FLAGS = [f"-tlsCertFile={FOLDER}/cert.pem", f"-tlsKeyFile={FOLDER}/key.pem"]
FOUND = MountedPair("own", "cert.pem", "key.pem")


def deployment(args: list[str], volumes: list[dict[str, Any]] | None = None, **container: Any) -> dict[str, Any]:
    mounts = [{"name": "certs", "mountPath": FOLDER}]
    webhook = {"name": "webhook", "args": args, "volumeMounts": mounts, **container}
    volumes = [{"name": "certs", "secret": {"secretName": "own"}}] if volumes is None else volumes
    pod = {"containers": [{"name": "sidecar", "args": ["-v"]}, webhook], "volumes": volumes}
    return {"spec": {"template": {"spec": pod}}}


@pytest.mark.parametrize(
    "args",
    [
        FLAGS,
        [f"-{flag}" for flag in FLAGS],
        ["-v=5", "-tlsCertFile", f"{FOLDER}/cert.pem", "--tlsKeyFile", f"{FOLDER}/key.pem", "2>&1"],
        [f"--tls-cert-file={FOLDER}/cert.pem", f"--tls-private-key-file={FOLDER}/key.pem"],
        ["-c", f"exec /webhook {' '.join(FLAGS)} -alsologtostderr"],
        ["-c", f"exec /webhook 'unbalanced {' '.join(FLAGS)}"],
        [flag.replace(FOLDER, f"{FOLDER}/../certs/") for flag in FLAGS],
    ],
)
def test_flags_are_read_in_each_form(args: list[str]) -> None:
    assert mounted_pair(deployment(args)) == FOUND
    assert mounted_pair(deployment([], command=["/webhook", *args])) == FOUND


def test_files_may_have_other_names_than_keys() -> None:
    items = [{"key": "tls.crt", "path": "cert.pem"}, {"key": "tls.key", "path": "key.pem"}]
    renamed = MountedPair("own", "tls.crt", "tls.key")
    secret = [{"name": "certs", "secret": {"secretName": "own", "items": items}}]
    assert mounted_pair(deployment(FLAGS, secret)) == renamed
    sources = [{"configMap": {"name": "other"}}, {"secret": {"name": "own", "items": items}}]
    assert mounted_pair(deployment(FLAGS, [{"name": "certs", "projected": {"sources": sources}}])) == renamed


def test_the_nearest_mount_counts() -> None:
    volumes = [{"name": "certs", "secret": {"secretName": "own"}}, {"name": "all", "secret": {"secretName": "other"}}]
    mounts = [{"name": "certs", "mountPath": FOLDER}, {"name": "all", "mountPath": "/etc"}]
    assert mounted_pair(deployment(FLAGS, volumes, volumeMounts=mounts)) == FOUND
    assert mounted_pair(deployment(FLAGS, volumes, volumeMounts=list(reversed(mounts)))) == FOUND


def test_a_single_file_may_be_mounted() -> None:
    mounts = [
        {"name": "certs", "mountPath": f"{FOLDER}/cert.pem", "subPath": "tls.crt"},
        {"name": "certs", "mountPath": f"{FOLDER}/key.pem", "subPath": "tls.key"},
    ]
    assert mounted_pair(deployment(FLAGS, volumeMounts=mounts)) == MountedPair("own", "tls.crt", "tls.key")


def test_what_is_in_no_secret_is_a_problem() -> None:
    found = mounted_pair(deployment(FLAGS, [{"name": "certs", "hostPath": {"path": "/certs"}}]))
    assert found.secret == ""
    assert found.problems == (
        "container webhook has its certificate at /etc/webhook/certs/cert.pem, which is in no Secret",
        "container webhook has its private key at /etc/webhook/certs/key.pem, which is in no Secret",
    )
    items = [{"key": "cert.pem", "path": "cert.pem"}]
    half = mounted_pair(deployment(FLAGS, [{"name": "certs", "secret": {"secretName": "own", "items": items}}]))
    assert (half.secret, half.certificate_key, half.private_key) == ("own", "cert.pem", "")
    assert half.problems == (
        "container webhook has its private key at /etc/webhook/certs/key.pem, which is in no Secret",
    )
    assert mounted_pair(deployment([f"-tlsCertFile={FOLDER}s/cert.pem"])).secret == ""


def test_a_pair_in_two_secrets_is_a_problem() -> None:
    volumes = [{"name": "certs", "secret": {"secretName": "own"}}, {"name": "keys", "secret": {"secretName": "other"}}]
    mounts = [{"name": "certs", "mountPath": FOLDER}, {"name": "keys", "mountPath": f"{FOLDER}/key.pem"}]
    mounts[1]["subPath"] = "key.pem"
    assert mounted_pair(deployment(FLAGS, volumes, volumeMounts=mounts)) == MountedPair(
        "own", "cert.pem", "", ("the certificate is in Secret own, and its private key in other",)
    )


@pytest.mark.parametrize(
    ("secrets", "found"),
    [
        (("vpc-admission-webhook-certs", "other"), MountedPair("vpc-admission-webhook-certs", "cert.pem", "key.pem")),
        (
            ("windows-vpc-admission-webhook-tls",),
            MountedPair("windows-vpc-admission-webhook-tls", "tls.crt", "tls.key"),
        ),
        (("own",), MountedPair("own")),
        (("own", "other"), MountedPair()),
        ((), MountedPair()),
    ],
)
def test_without_flags_the_mounted_secrets_tell(secrets: tuple[str, ...], found: MountedPair) -> None:
    volumes = [{"name": name, "secret": {"secretName": name}} for name in secrets]
    assert mounted_pair(deployment(["-v=5"], [*volumes, {"name": "tmp", "emptyDir": {}}])) == found


SIDECAR = {
    "name": "metrics",
    "image": "registry.example.com/kube-rbac-proxy:v1",
    "args": ["--tls-cert-file=/m/tls.crt", "--tls-private-key-file=/m/tls.key"],
    "ports": [{"containerPort": 9443, "name": "metrics"}],
    "volumeMounts": [{"name": "metrics", "mountPath": "/m"}],
}


def beside_a_sidecar(**container: Any) -> dict[str, Any]:
    """A webhook behind a side-car that comes first and has a certificate of its own."""
    found = deployment(FLAGS, **container)
    pod = found["spec"]["template"]["spec"]
    pod["containers"][0] = SIDECAR
    pod["volumes"].append({"name": "metrics", "secret": {"secretName": "metrics-tls"}})
    return found


def test_of_several_containers_with_a_certificate_the_one_that_is_called_counts() -> None:
    ports = {"ports": [{"containerPort": 443, "name": "https"}]}
    for called in ((443,), ("https",)):
        assert mounted_pair(beside_a_sidecar(**ports), called) == FOUND
    assert mounted_pair(beside_a_sidecar(), (9443,)) == MountedPair("metrics-tls", "tls.crt", "tls.key")
    image = {"image": "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/vpc-admission-webhook:v0.2.7"}
    assert mounted_pair(beside_a_sidecar(**image)) == FOUND
    for known in ((), (443,)):
        told = mounted_pair(beside_a_sidecar(), known)
        assert (told.secret, told.certificate_key, told.private_key) == ("", "", "")
        assert told.problems == (
            "the containers metrics, webhook have each a certificate, and nothing tells which of them serves",
        )


def test_a_file_that_may_be_of_several_secrets_is_a_problem() -> None:
    both = [{"secret": {"name": "first"}}, {"secret": {"name": "second"}}]
    told = mounted_pair(deployment(FLAGS, [{"name": "certs", "projected": {"sources": both}}]))
    assert told.secret == ""
    assert told.problems[0] == (
        "container webhook has its certificate at /etc/webhook/certs/cert.pem, "
        "which may be in each of the Secrets first, second"
    )
    said = {"secret": {"name": "own", "items": [{"key": name, "path": name} for name in ("cert.pem", "key.pem")]}}
    assert mounted_pair(deployment(FLAGS, [{"name": "certs", "projected": {"sources": [*both, said]}}])) == FOUND
