# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Statuses of a managed add-on. Source: API reference of Amazon EKS, Addon. Read 2026-11-24."""

from __future__ import annotations

ACTIVE = "ACTIVE"
"""Nothing is under way, and the last update did not fail."""

BUSY = frozenset({"CREATING", "UPDATING"})
"""Those that end by themselves, and in which EKS takes no update."""

UPDATE_FAILED = "UPDATE_FAILED"
"""After an update that failed: nothing shows that the configuration is in force."""

NO_UPDATE = frozenset({"DELETING", "CREATE_FAILED", "DELETE_FAILED"})
"""Those from which no update leads."""
