# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a container finds in the Secrets of its pod."""

from __future__ import annotations

import base64
from typing import Any, cast

import pytest

from tests.testbed.kubernetes.admin import AdminClient, Json
from tests.testbed.standins.mounted_files import FileMissingError, MountedFiles, MountError, arguments_of


class Secrets:
    """A client that finds Secrets of namespace ``n``."""

    def __init__(self, **secrets: dict[str, str]) -> None:
        self._secrets = secrets

    def find(self, resource: str, name: str, namespace: str) -> Json | None:
        assert (resource, namespace) == ("secrets", "n")
        if name not in self._secrets:
            return None
        return {"data": {key: base64.b64encode(text.encode()).decode() for key, text in self._secrets[name].items()}}


def files(secrets: Secrets, volume: Json, **mount: str) -> MountedFiles:
    """What is mounted of one volume at /certs."""
    container = {"volumeMounts": [{"name": "v", "mountPath": "/certs", **mount}]}
    pod: Json = {"metadata": {"namespace": "n"}, "spec": {"volumes": [{"name": "v", **volume}]}}
    return MountedFiles(cast(AdminClient, secrets), pod, container)


SECRETS = Secrets(pair={"cert.pem": "certificate", "key.pem": "key"})


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        ({"args": ["-a=1", "--b=2", "-c", "3", "-d"]}, {"a": "1", "b": "2", "c": "3", "d": "true"}),
        ({"command": ["/webhook", "-a", "-b=x=y"]}, {"a": "true", "b": "x=y"}),
        ({"command": ["/webhook"], "args": ["-a=1", "-a=2"]}, {"a": "2"}),
        ({}, {}),
    ],
)
def test_flags(container: Json, expected: dict[str, str]) -> None:
    assert arguments_of(container) == expected


def test_keys_are_files_under_their_own_names() -> None:
    assert files(SECRETS, {"secret": {"secretName": "pair"}}).read("/certs/cert.pem") == "certificate"


@pytest.mark.parametrize(
    "volume",
    [
        {"secret": {"secretName": "pair", "items": [{"key": "cert.pem", "path": "tls/x.crt"}]}},
        {"projected": {"sources": [{"secret": {"name": "pair", "items": [{"key": "cert.pem", "path": "tls/x.crt"}]}}]}},
    ],
)
def test_items_rename_keys_and_leave_out_the_others(volume: Json) -> None:
    mounted = files(SECRETS, volume)
    assert mounted.read("/certs/tls/../tls/x.crt") == "certificate"
    with pytest.raises(FileMissingError, match=r"open /certs/key.pem: no such file"):
        mounted.read("/certs/key.pem")


def test_one_file_can_be_mounted_alone() -> None:
    mounted = files(SECRETS, {"secret": {"secretName": "pair"}}, mountPath="/etc/cert.pem", subPath="cert.pem")
    assert mounted.read("/etc/cert.pem") == "certificate"


@pytest.mark.parametrize(
    ("secret", "message"),
    [
        ({"secretName": "none"}, 'secret "none" not found'),
        ({"secretName": "pair", "items": [{"key": "z", "path": "z"}]}, "references non-existent secret key: z"),
    ],
)
def test_what_is_missing_cannot_be_mounted_unless_it_may_be(secret: dict[str, Any], message: str) -> None:
    with pytest.raises(MountError, match=message):
        files(SECRETS, {"secret": secret})
    with pytest.raises(FileMissingError):
        files(SECRETS, {"secret": {**secret, "optional": True}}).read("/certs/z")


def test_a_file_that_is_no_text_cannot_be_read() -> None:
    class Binary(Secrets):
        def find(self, resource: str, name: str, namespace: str) -> Json | None:
            return {"data": {"cert.pem": base64.b64encode(b"\xff").decode()}}

    with pytest.raises(FileMissingError, match="holds no PEM text"):
        files(Binary(), {"secret": {"secretName": "pair"}}).read("/certs/cert.pem")
