# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pages of a list operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from tests.testbed.aws.errors import AwsError

T = TypeVar("T")


def page(items: Sequence[T], parameters: Mapping[str, Any], default: int = 100) -> tuple[list[T], dict[str, str]]:
    """The page that the request asks for, and ``nextToken`` where there are more.

    Raises:
        AwsError: InvalidParameterException for a token that this server did not give.
    """
    token = str(parameters.get("nextToken") or "0")
    if not token.isdigit():
        raise AwsError("InvalidParameterException", "Invalid nextToken")
    start = int(token)
    end = start + int(parameters.get("maxResults") or default)
    return list(items[start:end]), ({"nextToken": str(end)} if end < len(items) else {})
