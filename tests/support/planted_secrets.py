# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Secrets that a test plants, and the search for them in everything that a run leaves."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

PART_BYTES = 48
"""What a line of PEM holds: two lines that are shown anywhere have a whole part between them."""

TOKEN = re.compile(rb"k8s-aws-v1\.[\w-]{16}")
"""The prefix alone stands in the collection's own code; a token has a signed request behind it."""

PACKED = re.compile(rb"UEsDB[\w+/]+=*")
"""A zip archive as base64, which is what Ansible puts a module's code in."""

PRINTED = "(printed)"


@dataclass(frozen=True)
class PlantedSecret:
    """A secret by its name, and the bytes of which none may be found anywhere."""

    name: str
    parts: frozenset[bytes] = field(repr=False)


def planted_text(name: str, value: str) -> PlantedSecret:
    """A token or a password, which is shown as it is or not at all."""
    assert value, name
    return PlantedSecret(name, frozenset({value.encode()}))


def planted_key(name: str, encoded: str) -> PlantedSecret:
    """A private key as the data of a Secret holds it: that text, and its PEM and its DER, raw and as base64.

    The half of an RSA key that its certificate shows too is no secret.
    """
    pem = base64.b64decode(encoded)
    der = base64.b64decode(b"".join(line for line in pem.splitlines() if not line.startswith(b"-----")))
    public = load_pem_private_key(pem, None).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    secret = {part for part in _parts(der) if part not in public}
    armoured = {part for part in _parts(pem) if b"-----" not in part}
    assert secret and armoured, name
    return PlantedSecret(name, frozenset(secret | {base64.b64encode(part) for part in secret | armoured}))


def _parts(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content) - PART_BYTES + 1, PART_BYTES):
        yield content[start : start + PART_BYTES]


class Leavings:
    """What a run printed, every file in a folder, and every file that is packed in one of these."""

    def __init__(self, printed: bytes, folder: Path) -> None:
        # The code that modules share is kept with each of them, and searched once.
        self._places: dict[bytes, list[str]] = {}
        self._add(PRINTED, printed)
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                self._add(str(file.relative_to(folder)), file.read_bytes())

    def _add(self, place: str, content: bytes) -> None:
        self._places.setdefault(content, []).append(place)
        for name, packed in _packed(content):
            self._add(f"{place}!{name}", packed)

    def places(self, *parts: bytes) -> list[str]:
        """Where any of the parts is: :data:`PRINTED`, or the path of a file, after ``!`` of a packed one."""
        return [
            place
            for content, places in self._places.items()
            if any(part in content for part in parts)
            for place in places
        ]

    def leaks(self, secrets: Iterable[PlantedSecret]) -> list[str]:
        """Which secret is where, tokens of EKS among them whoever made them. Never the secret itself."""
        found = [f"{secret.name}: {place}" for secret in secrets for place in self.places(*secret.parts)]
        tokens = [
            f"a token of EKS: {place}"
            for content, places in self._places.items()
            if TOKEN.search(content)
            for place in places
        ]
        return found + tokens


def _packed(content: bytes) -> Iterator[tuple[str, bytes]]:
    encoded = [text[: len(text) // 4 * 4] for text in PACKED.findall(content)]
    archives = [base64.b64decode(text) for text in encoded] + ([content] if content.startswith(b"PK\3\4") else [])
    for archive in map(io.BytesIO, archives):
        # What a killed process was about to write has no end.
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as opened:
                for name in opened.namelist():
                    yield name, opened.read(name)
