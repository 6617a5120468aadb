# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import ssl

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_target import KubernetesTarget
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.shared_tls_context import SharedTlsContext


def test_authorities_without_key_identifiers_are_taken() -> None:
    """EKS has such, which the strict checks of Python 3.13 and later refuse."""
    context = KubernetesTarget("https://cluster.example").ssl_context()
    assert not context.verify_flags & ssl.VERIFY_X509_STRICT
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname


def test_connections_may_share_it() -> None:
    assert isinstance(KubernetesTarget("https://cluster.example", validate_certs=False).ssl_context(), SharedTlsContext)
