# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What webhook_cert says of a request that the Kubernetes API refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.redaction import MASK
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.permissions import (
    needed_resource,
    needed_verb,
)

AGAIN = "Run this again: it goes on from what is there"

_PEM = re.compile(r"-----BEGIN.*?(?:-----END[^-]*-----|$)", re.DOTALL)
_ENCODED = re.compile(r"[A-Za-z0-9+/=_-]{40,}")
"""Text that may be a part of a key, which an admission webhook can quote from the object that it refuses."""

_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


@contextmanager
def doing(work: str) -> Iterator[None]:
    """Turn what the Kubernetes API refuses into a failure that names the ``work``, an infinitive.

    Raises:
        EksWindowsError: In place of KubernetesError.
    """
    try:
        yield
    except KubernetesError as error:
        raise EksWindowsError(f"Could not {work}: {without_material(error.message)}", _remedy(error)) from None


@contextmanager
def of_cluster(name: str) -> Iterator[None]:
    """Say of every failure which cluster it is of.

    Raises:
        EksWindowsError: The same, with the name before its message.
    """
    try:
        yield
    except EksWindowsError as error:
        raise EksWindowsError(f"Cluster {name}: {error.message}", error.remedy, error.result) from None


def without_material(text: str) -> str:
    """The text without PEM, and without what is long enough to be a part of a key in base64."""
    return _ENCODED.sub(lambda found: found[0] if _is_name(found[0]) else MASK, _PEM.sub(MASK, text))


def _is_name(text: str) -> bool:
    """Whether text is written as Kubernetes writes names: keys in base64 have upper case, too."""
    return text == text.lower() and not set("+=_") & set(text)


def _remedy(error: KubernetesError) -> str:
    if error.status == 401:
        return (
            "Give the identity an access entry or an aws-auth mapping, or one that has it by kubernetes_role_arn; "
            "a token of K8S_AUTH_API_KEY has to be of this cluster, and not expired"
        )
    if error.status == 403:
        path = error.path.removesuffix("/approval")
        verb = _VERBS.get(error.method) or needed_verb(error.method, path)
        allow = f"Allow the identity to {verb} {needed_resource(path)}"
        return allow if path == error.path else f"{allow}, its subresource approval, and to approve for its signer"
    if error.status == 0:
        return f"Make {error.server} reachable from here: its endpoint access, network and proxy. {AGAIN}"
    return AGAIN
