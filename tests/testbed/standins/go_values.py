# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text as the Go program behind Windows support reads it."""

from __future__ import annotations

_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})


def parse_bool(text: str | None) -> bool:
    """Go's strconv.ParseBool, where an error counts as false: ``yes``, ``on`` and `` true`` are false."""
    return text in _TRUE
