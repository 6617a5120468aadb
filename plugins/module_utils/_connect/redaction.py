# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Keeps secrets out of what people read."""

from __future__ import annotations

import re
from collections.abc import Iterable

MASK = "***"

_USER_INFO = re.compile(r"(?<=://)[^/@\s]+@")
_EKS_TOKEN = re.compile(r"k8s-aws-v1\.[A-Za-z0-9_-]+")
_SIGNED = re.compile(r"(X-Amz-(?:Signature|Security-Token|Credential)=)[^&\s'\"]+", re.IGNORECASE)
_BEARER = re.compile(r"((?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]+")


class Secret:
    """A text that shows itself only when asked to."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The text itself."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("a secret stays in the process that has it")


def scrub(text: str, secrets: Iterable[Secret] = ()) -> str:
    """The text without the secrets, and without what looks like a token, a signature or a password in a URL."""
    for secret in secrets:
        if secret:
            text = text.replace(secret.reveal(), MASK)
    text = _EKS_TOKEN.sub(MASK, text)
    text = _SIGNED.sub(rf"\1{MASK}", text)
    text = _BEARER.sub(rf"\1{MASK}", text)
    return _USER_INFO.sub(f"{MASK}@", text)
