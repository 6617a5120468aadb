# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of a container that come from Secrets, as the kubelet mounts them."""

from __future__ import annotations

import base64
import binascii
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from tests.testbed.kubernetes.admin import AdminClient, Json


class MountError(Exception):
    """A volume cannot be mounted, so that no container is created; the message is that of the event."""


class FileMissingError(Exception):
    """The container runs into a file that is not there or that nobody can read."""


def arguments_of(container: Json) -> dict[str, str]:
    """The flags of a Go program by name: ``-x=y``, ``--x=y``, ``-x y``. One without a value has ``true``."""
    words = [*(container.get("command") or []), *(container.get("args") or [])]
    found: dict[str, str] = {}
    for number, word in enumerate(words):
        if not word.startswith("-"):
            continue
        name, given, value = word.lstrip("-").partition("=")
        following = words[number + 1] if number + 1 < len(words) else "-"
        found[name] = value if given else ("true" if following.startswith("-") else following)
    return found


@dataclass(frozen=True)
class _Source:
    """A Secret in a volume. ``items`` maps paths to keys; empty for all keys under their own names."""

    secret: str
    items: dict[str, str]
    optional: bool


def _sources(volume: Json) -> Iterator[_Source]:
    plain = volume.get("secret")
    projected = [each["secret"] for each in (volume.get("projected") or {}).get("sources") or [] if "secret" in each]
    for secret in [*([plain] if plain else []), *projected]:
        items = {each["path"]: each["key"] for each in secret.get("items") or []}
        yield _Source(secret.get("secretName") or secret.get("name", ""), items, bool(secret.get("optional")))


class MountedFiles:
    """What a container finds in the Secrets of its pod, now.

    Raises:
        MountError: A Secret, or a key that a volume names, does not exist.
    """

    def __init__(self, client: AdminClient, pod: Json, container: Json) -> None:
        self._files: dict[str, str] = {}
        volumes = {volume["name"]: volume for volume in pod["spec"].get("volumes") or []}
        for mount in container.get("volumeMounts") or []:
            volume = volumes.get(mount["name"], {})
            for source in _sources(volume):
                for path, content in _contents(client, pod, mount["name"], source).items():
                    if not mount.get("subPath"):
                        self._files[posixpath.join(mount["mountPath"], path)] = content
                    elif mount["subPath"] == path:
                        self._files[mount["mountPath"]] = content

    def read(self, path: str) -> str:
        """Text of a file.

        Raises:
            FileMissingError: It is not there, or no text.
        """
        normal = posixpath.normpath(path)
        if normal not in self._files:
            raise FileMissingError(f"open {path}: no such file or directory")
        try:
            return base64.b64decode(self._files[normal]).decode("ascii")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise FileMissingError(f"{path} holds no PEM text") from error


def _contents(client: AdminClient, pod: Json, volume: str, source: _Source) -> dict[str, str]:
    """Content in base64 by path."""
    found = client.find("secrets", source.secret, pod["metadata"]["namespace"])
    failed = f'MountVolume.SetUp failed for volume "{volume}"'
    if found is None:
        if source.optional:
            return {}
        raise MountError(f'{failed} : secret "{source.secret}" not found')
    data: dict[str, str] = found.get("data") or {}
    if not source.items:
        return dict(data)
    missing = [key for key in source.items.values() if key not in data]
    if missing and not source.optional:
        raise MountError(f"{failed} : references non-existent secret key: {missing[0]}")
    return {path: data[key] for path, key in source.items.items() if key in data}
