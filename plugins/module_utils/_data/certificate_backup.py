# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""How a renewal marks what it leaves behind until the new certificate is proved.

The prefix of a label is a DNS name, in which the underscore of the collection's name may not be. Source: Kubernetes
documentation, Labels and Selectors, Syntax and character set.
"""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.legacy_variants import SECRETS

BACKUP_OF = "eks-windows.cloudops/backup-of"
"""Label of a backup Secret; its value is :func:`label_value` of the Secret that it was made of."""

REQUEST_OF = "eks-windows.cloudops/certificate-of"
"""Label of a CertificateSigningRequest of this collection; its value is :func:`label_value` of the Secret's name."""

NAMESPACE = "eks-windows.cloudops/namespace"
"""Label of such a request: the namespace of that Secret."""

EASED = "eks-windows.cloudops/failure-policy"
"""Annotation of a webhook configuration, by which role cert_renew remembers the webhooks that it let fail while they
restart: their names, as JSON."""

LONGEST_LABEL_VALUE = 63


def backup_name(secret: str) -> str:
    """Name of the backup of a Secret, in the same namespace."""
    return f"{secret}-backup"


BACKUPS: Mapping[str, str] = {backup_name(secret): secret for secret in sorted(SECRETS)}
"""Names of the backups of legacy support's Secrets, with the name of the Secret that each was made of."""


def label_value(secret: str) -> str:
    """A Secret's name as a label may hold it: its first 63 characters, without what may not end it."""
    return secret[:LONGEST_LABEL_VALUE].rstrip("-.")
