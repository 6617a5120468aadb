# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Which Secret a webhook's pods take their certificate and key from, told by their Deployment alone."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.legacy_variants import VARIANTS

CERTIFICATE_FLAGS = frozenset({"tlscertfile"})
KEY_FLAGS = frozenset({"tlskeyfile", "tlsprivatekeyfile"})
"""Without dashes and in lower case: -tlsCertFile of the legacy webhook, --tls-cert-file of others."""


@dataclass(frozen=True)
class MountedPair:
    """Where the pods of a Deployment have certificate and key from.

    Attributes:
        secret: The Secret's name, in the Deployment's namespace; empty where nothing tells it.
        certificate_key: Key of the certificate in the Secret, empty where nothing tells it.
        private_key: Key of the private key, in the same way.
        problems: What is wrong with what the Deployment says.
    """

    secret: str = ""
    certificate_key: str = ""
    private_key: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Place:
    secret: str
    key: str


def mounted_pair(deployment: Mapping[str, Any]) -> MountedPair:
    """What the Deployment tells of the pair: by the flags of a container, else by the Secrets that it mounts.

    Args:
        deployment: As the API gives it.
    """
    pod = ((deployment.get("spec") or {}).get("template") or {}).get("spec") or {}
    for container in pod.get("containers") or ():
        flags = _flags([*(container.get("command") or ()), *(container.get("args") or ())])
        certificate = _first(flags, CERTIFICATE_FLAGS)
        key = _first(flags, KEY_FLAGS)
        if certificate or key:
            return _by_flags(pod, container, certificate, key)
    return _by_mounts(pod)


def _by_flags(pod: Mapping[str, Any], container: Mapping[str, Any], certificate: str, key: str) -> MountedPair:
    problems = []
    places = []
    for what, path in (("certificate", certificate), ("private key", key)):
        place = _place(pod, container, path) if path else None
        if path and place is None:
            problems.append(f"container {container.get('name')} has its {what} at {path}, which is in no Secret")
        places.append(place)
    first, second = places
    if first and second and first.secret != second.secret:
        problems.append(f"the certificate is in Secret {first.secret}, and its private key in {second.secret}")
        second = None
    return MountedPair(
        secret=(first or second or _Place("", "")).secret,
        certificate_key=first.key if first else "",
        private_key=second.key if second else "",
        problems=tuple(problems),
    )


def _by_mounts(pod: Mapping[str, Any]) -> MountedPair:
    """Without flags: a Secret of the names that are known, else the only one that there is."""
    secrets = {name for volume in pod.get("volumes") or () for name, _items in _sources(volume)}
    for variant in VARIANTS:
        if variant.secret in secrets:
            return MountedPair(variant.secret, variant.certificate_key, variant.private_key)
    return MountedPair(secrets.pop()) if len(secrets) == 1 else MountedPair()


def _place(pod: Mapping[str, Any], container: Mapping[str, Any], path: str) -> _Place | None:
    """Secret and key that a file comes from."""
    path = posixpath.normpath(path)
    mounts = sorted(container.get("volumeMounts") or (), key=lambda mount: len(mount.get("mountPath") or ""))
    for mount in reversed(mounts):
        folder = posixpath.normpath(mount.get("mountPath") or "/")
        if path != folder and not path.startswith(folder.rstrip("/") + "/"):
            continue
        inside = posixpath.normpath(posixpath.join(mount.get("subPath") or "", posixpath.relpath(path, folder)))
        volumes = [volume for volume in pod.get("volumes") or () if volume.get("name") == mount.get("name")]
        return next((_Place(name, key) for volume in volumes for name, key in _holding(volume, inside)), None)
    return None


def _holding(volume: Mapping[str, Any], file: str) -> Iterator[tuple[str, str]]:
    """Secret and key that are a file of the volume."""
    for name, items in _sources(volume):
        if items is None:
            if "/" not in file:
                yield name, file
        else:
            yield from (
                (name, str(item.get("key") or ""))
                for item in items
                if posixpath.normpath(item.get("path") or "") == file
            )


def _sources(volume: Mapping[str, Any]) -> Iterator[tuple[str, list[Mapping[str, Any]] | None]]:
    """The Secrets that a volume shows, and which of their keys as which files; None is each by its own name."""
    secret = volume.get("secret")
    if secret:
        yield str(secret.get("secretName") or ""), secret.get("items")
    for source in (volume.get("projected") or {}).get("sources") or ():
        if source.get("secret"):
            yield str(source["secret"].get("name") or ""), source["secret"].get("items")


def _flags(words: Iterable[str]) -> dict[str, str]:
    """The flags of a command line, also of one that a shell is given, in lower case without dashes."""
    found: dict[str, str] = {}
    waiting = ""
    for word in _split(words):
        if waiting and not word.startswith("-"):
            found.setdefault(waiting, word)
        waiting = ""
        if word.startswith("-"):
            name, is_complete, value = word.lstrip("-").partition("=")
            name = name.replace("-", "").lower()
            if is_complete:
                found.setdefault(name, value)
            else:
                waiting = name
    return found


def _split(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        text = str(word)
        try:
            yield from shlex.split(text) if any(char.isspace() for char in text) else [text]
        except ValueError:
            yield from text.split()


def _first(flags: Mapping[str, str], names: frozenset[str]) -> str:
    return next((value for name, value in flags.items() if name in names and value), "")
