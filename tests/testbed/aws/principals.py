# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may sign requests: access keys, their secrets and the identity behind them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Principal:
    """The identity behind an access key.

    Attributes:
        arn: As GetCallerIdentity answers it: a user, or ``arn:<partition>:sts::<account>:assumed-role/NAME/SESSION``.
        user_id: The unique id, for an assumed role ``AROA...:SESSION``.
        session_token: Empty for the long-lived keys of a user.
    """

    arn: str
    user_id: str
    account: str
    partition: str
    access_key: str
    secret_key: str = field(repr=False)
    session_token: str = field(default="", repr=False)


class PrincipalRegistry:
    """Access keys that one server knows; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._principals: dict[str, Principal] = {}
        self._expired: set[str] = set()

    def add(self, principal: Principal) -> None:
        with self._lock:
            self._principals[principal.access_key] = principal

    def find(self, access_key: str) -> Principal | None:
        with self._lock:
            return self._principals.get(access_key)

    def expire(self, access_key: str) -> None:
        """From now on the key's requests are refused as made with an expired token."""
        with self._lock:
            self._expired.add(access_key)

    def is_expired(self, access_key: str) -> bool:
        with self._lock:
            return access_key in self._expired
