# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Which Secret a webhook's pods take their certificate and key from, told by their Deployment alone."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.legacy_variants import VARIANTS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.pod_template import pod_spec

CERTIFICATE_FLAGS = frozenset({"tlscertfile"})
KEY_FLAGS = frozenset({"tlskeyfile", "tlsprivatekeyfile"})
"""Without dashes and in lower case: -tlsCertFile of the legacy webhook, --tls-cert-file of others."""

WEBHOOK_IMAGE = "vpc-admission-webhook"
"""Part of the name of the image of each known way, wherever it is pulled from."""


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


def mounted_pair(deployment: Mapping[str, Any], ports: Collection[int | str] = ()) -> MountedPair:
    """What the Deployment tells of the pair: by the flags of a container, else by the Secrets that it mounts.

    Args:
        deployment: As the API gives it.
        ports: Numbers and names of the container ports that the webhook is called at; empty where they are not known.
    """
    pod = pod_spec(deployment)
    named = [(container, *_files(container)) for container in serving_containers(pod, ports)]
    told = [(container, certificate, key) for container, certificate, key in named if certificate or key]
    if len(told) > 1:
        names = ", ".join(str(container.get("name")) for container, _certificate, _key in told)
        return MountedPair(
            problems=(f"the containers {names} have each a certificate, and nothing tells which of them serves",)
        )
    return _by_flags(pod, *told[0]) if told else _by_mounts(pod)


def serving_containers(pod: Mapping[str, Any], ports: Collection[int | str]) -> Sequence[Mapping[str, Any]]:
    """Those of a pod's containers that may serve the webhook: one, where its ports, flags or images tell it."""
    found = _listening(pod.get("containers") or (), ports)
    if len(found) > 1:
        found = [container for container in found if any(_files(container))] or found
    if len(found) > 1:
        # A side-car may serve something else, with a certificate of its own.
        found = [each for each in found if WEBHOOK_IMAGE in str(each.get("image") or "")] or found
    return found


def _listening(containers: Sequence[Mapping[str, Any]], ports: Collection[int | str]) -> Sequence[Mapping[str, Any]]:
    """Those that say that they listen at one of the ports; all of them where none says so."""
    return [
        container
        for container in containers
        if any(port.get("containerPort") in ports or port.get("name") in ports for port in container.get("ports") or ())
    ] or containers


def _files(container: Mapping[str, Any]) -> tuple[str, str]:
    """Where a container has certificate and key from by its flags, empty for none."""
    flags = _flags([*(container.get("command") or ()), *(container.get("args") or ())])
    return _first(flags, CERTIFICATE_FLAGS), _first(flags, KEY_FLAGS)


def _by_flags(pod: Mapping[str, Any], container: Mapping[str, Any], certificate: str, key: str) -> MountedPair:
    problems = []
    places = []
    for what, path in (("certificate", certificate), ("private key", key)):
        found = _places(pod, container, path) if path else []
        if path and len(found) != 1:
            names = ", ".join(place.secret for place in found)
            where = f"may be in each of the Secrets {names}" if found else "is in no Secret"
            problems.append(f"container {container.get('name')} has its {what} at {path}, which {where}")
        places.append(found[0] if len(found) == 1 else None)
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


def _places(pod: Mapping[str, Any], container: Mapping[str, Any], path: str) -> list[_Place]:
    """Secret and key that a file comes from: several where it may be from each of several Secrets."""
    path = posixpath.normpath(path)
    mounts = sorted(container.get("volumeMounts") or (), key=lambda mount: len(mount.get("mountPath") or ""))
    for mount in reversed(mounts):
        folder = posixpath.normpath(mount.get("mountPath") or "/")
        if path != folder and not path.startswith(folder.rstrip("/") + "/"):
            continue
        inside = posixpath.normpath(posixpath.join(mount.get("subPath") or "", posixpath.relpath(path, folder)))
        volumes = [volume for volume in pod.get("volumes") or () if volume.get("name") == mount.get("name")]
        return [place for volume in volumes for place in _holding(volume, inside)]
    return []


def _holding(volume: Mapping[str, Any], file: str) -> list[_Place]:
    """Secret and key that are a file of the volume. Where none is said to be, it may be of each that shows all keys."""
    sources = list(_sources(volume))
    said = [
        _Place(name, str(item.get("key") or ""))
        for name, items in sources
        for item in items or ()
        if posixpath.normpath(item.get("path") or "") == file
    ]
    return said or [_Place(name, file) for name, items in sources if items is None and "/" not in file]


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
