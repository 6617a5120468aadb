# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The one exception that tells the user what to mend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class EksWindowsError(Exception):
    """Input that can't be right, or a connection that can't be made.

    Attributes:
        message: What is wrong, naming the cluster or object.
        remedy: What mends it, empty where the message says so already.
        result: What a module returns beside the message, such as what it had changed by then.
    """

    def __init__(self, message: str, remedy: str = "", result: Mapping[str, Any] | None = None) -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy
        self.result = dict(result or {})

    def __str__(self) -> str:
        return f"{self.message.rstrip('.')}. {self.remedy}" if self.remedy else self.message
