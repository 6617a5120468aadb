# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Whether a certificate and a private key belong together. The key comes in here, and only an answer leaves."""

from __future__ import annotations

import base64
import binascii
import contextlib
from typing import Literal

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.pem import PRIVATE_KEY, blocks

try:
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
except ImportError:
    HAS_CRYPTOGRAPHY = False
else:
    HAS_CRYPTOGRAPHY = True

KeyState = Literal["matches", "differs", "missing", "unreadable", "unknown"]


def certificates_in(encoded: str) -> str:
    """The certificates in PEM text in base64, and nothing else that stands beside them; empty for none."""
    return "".join(f"{block.text}\n" for block in blocks(_text(encoded)))


def key_state(certificate: str | None, encoded_key: str | None) -> KeyState:
    """Whether the first key is that of the first certificate: Go's crypto/tls takes these, and no other block.

    Args:
        certificate: PEM text; None where there is none.
        encoded_key: PEM text in base64, as a Secret holds it; None where there is none.

    Returns:
        ``missing`` where either is, ``unreadable`` where either can't be read, a key with a passphrase for example, and
        ``unknown`` where cryptography is not installed.
    """
    if certificate is None or encoded_key is None:
        return "missing"
    if not HAS_CRYPTOGRAPHY:
        return "unknown"
    shown = next(blocks(certificate), None)
    key = next(blocks(_text(encoded_key), PRIVATE_KEY), None)
    if shown is None or key is None:
        return "unreadable"
    # What the library says of a key that it can't read goes nowhere: it may quote from it.
    with contextlib.suppress(ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion):
        forms = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        own = load_pem_private_key(key.text.encode(), password=None).public_key().public_bytes(*forms)
        told = x509.load_der_x509_certificate(shown.encoded).public_key().public_bytes(*forms)
        return "matches" if own == told else "differs"
    return "unreadable"


def _text(encoded: str) -> str:
    """The text in base64, empty where it is none."""
    try:
        return base64.b64decode(encoded, validate=True).decode("ascii", "replace")
    except (binascii.Error, ValueError):
        return ""
