# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Whether a server is the cluster that EKS describes: rule ``cluster.identity`` before any request is made. And whether
that is the cluster which was examined."""

from __future__ import annotations

import datetime
import ssl
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.cluster import Cluster
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError

RULE = "cluster.identity"

ENVIRONMENT_REMEDY = (
    "Keyword environment of a play or task reaches modules and no lookup: give region, profile and role as options "
    "(role variables eks_windows_region, eks_windows_profile, eks_windows_assume_role_arn), or in the environment of "
    "ansible-playbook itself"
)


def same_server(one: str, other: str) -> bool:
    """Whether two URLs name the same server, port and path. What is no URL names none."""
    try:
        return _place(one) == _place(other)
    except ValueError:
        return False


def certificates(pem: str) -> frozenset[bytes]:
    """The certificates in a PEM text, in DER; raises ValueError where one is broken."""
    marker = "-----END CERTIFICATE-----"
    blocks = [block + marker for block in pem.split(marker) if "-----BEGIN CERTIFICATE-----" in block]
    return frozenset(ssl.PEM_cert_to_DER_cert(block[block.index("-----BEGIN CERTIFICATE-----") :]) for block in blocks)


def trusts_no_other(trusted: str, described: str) -> bool:
    """Whether every authority in PEM text ``trusted`` is among those of ``described``, and there is one."""
    try:
        used = certificates(trusted)
        return bool(used) and used <= certificates(described)
    except ValueError:
        return False


def is_waived(ignore: Iterable[Any], today: datetime.date) -> bool:
    """Whether ``ignore`` (rule ids, or waivers with ``id`` and perhaps ``until``) admits another server."""
    return any(_holds(entry, today) for entry in ignore)


def check_arn(cluster: Cluster, wanted: str) -> None:
    """Refuse another cluster of the same name; ``wanted`` is empty where any will do.

    Raises:
        EksWindowsError: The cluster has another ARN.
    """
    if wanted and cluster.arn != wanted:
        raise EksWindowsError(
            f"Cluster {cluster.name} is {cluster.arn or 'one without an ARN'} for lookup eks_kubeconfig, but option "
            f"arn wants {wanted}",
            remedy=ENVIRONMENT_REMEDY,
        )


def elsewhere(name: str, wanted: str, error: EksWindowsError) -> EksWindowsError:
    """What to say where ``wanted`` was examined, and the lookup finds no cluster of the name."""
    return EksWindowsError(
        f"Cluster {name}: lookup eks_kubeconfig does not find {wanted}, which option arn wants: "
        f"{error.message.rstrip('.')}",
        remedy=f"{error.remedy.rstrip('.')}. {ENVIRONMENT_REMEDY}" if error.remedy else ENVIRONMENT_REMEDY,
    )


def _holds(entry: Any, today: datetime.date) -> bool:
    if isinstance(entry, Mapping):
        return entry.get("id") == RULE and _lasts(entry.get("until"), today)
    return bool(entry == RULE)


def _lasts(until: Any, today: datetime.date) -> bool:
    if until is None:
        return True
    try:
        return today <= datetime.datetime.fromisoformat(str(until).strip()).date()
    except ValueError:
        return False


def _place(url: str) -> tuple[str, str, int | None, str]:
    parts = urlsplit(url if "://" in url else f"https://{url}")
    return (
        parts.scheme.lower(),
        (parts.hostname or "").rstrip("."),
        parts.port or {"https": 443, "http": 80}.get(parts.scheme.lower()),
        parts.path.rstrip("/"),
    )
