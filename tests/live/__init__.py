# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Probes that prove the assumptions of docs/assumptions.md on a cluster of AWS that the user names.

``make test-live CLUSTER=name REGION=region`` runs them; they are no part of ``make test``.
"""

from __future__ import annotations

from tests.conftest import install_collection_finder

install_collection_finder()
