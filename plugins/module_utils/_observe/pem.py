# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The blocks of PEM text, as Go's encoding/pem finds them: so the API server reads a caBundle, and a webhook its pair.

BEGIN and END are lines of their own. Two blocks that were joined without a newline, so that END and BEGIN share a line,
are none. A block that can't be decoded is passed over, and what follows its BEGIN counts.

Source: Go, Decode of src/encoding/pem/pem.go.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

CERTIFICATE = "CERTIFICATE"
PRIVATE_KEY = "(?:[A-Z0-9]+ )*PRIVATE KEY"
"""The types of block that Go's crypto/tls takes as a server's key."""

BEGIN = "-----BEGIN CERTIFICATE-----"
"""What a person takes for the beginning of a certificate, wherever it stands."""


@dataclass(frozen=True)
class Block:
    """One block.

    Attributes:
        text: From BEGIN to END, without a newline after that.
        encoded: What it holds, as a rule DER.
        has_headers: Whether lines such as ``Proc-Type: 4,ENCRYPTED`` come first.
    """

    text: str = field(repr=False)
    encoded: bytes = field(repr=False)
    has_headers: bool = False


def blocks(pem: str, kind: str = CERTIFICATE) -> Iterator[Block]:
    """The blocks of one kind, in their order.

    Args:
        pem: The text. What is beside blocks counts for nothing.
        kind: ``CERTIFICATE`` or ``PRIVATE_KEY``.
    """
    # No part can take what the next one begins with, nor a BEGIN line: the time is linear in the text.
    of_kind = re.compile(
        rf"^-----BEGIN ({kind})-----[ \t]*\r?\n"
        r"(?:(?P<headers>(?:[^\n:]*:[^\n]*\n)*)(?P<body>[A-Za-z0-9+/= \t\r\n]*\n))?"
        r"-----END \1-----(?=[ \t]*(?:\r?\n|\Z))",
        re.MULTILINE,
    )
    for found in of_kind.finditer(pem):
        try:
            encoded = base64.b64decode("".join((found["body"] or "").split()), validate=True)
        except binascii.Error:
            continue
        yield Block(found.group(), encoded, bool(found["headers"]))
