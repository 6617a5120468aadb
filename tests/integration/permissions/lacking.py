# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Identities that lack one of the permissions that were documented for a playbook."""

from __future__ import annotations

from tests.integration.permissions.documented import Permissions, Taken, documented, each_taken
from tests.integration.permissions.identities import admit, enforced_role, words
from tests.testbed.cluster import TestbedCluster
from tests.testbed.testbed import Testbed


def taken(permissions: Permissions, name: str) -> Taken:
    """The one permission of that name."""
    (found,) = [each for each in each_taken(permissions) if each.name == name]
    return found


def role_without(bed: Testbed, cluster: TestbedCluster, playbook: str, name: str) -> str:
    """A role that has all permissions on a cluster but the one of that name; its ARN."""
    given = taken(documented(playbook, words(cluster)), name).left
    role = enforced_role(bed, cluster.name, given)
    admit(bed, cluster, role, given)
    return role


def refusal(name: str) -> str:
    """How a server says that this one is missing."""
    if ":" in name:
        return name
    verb, resource = name.split()[:2]
    return f'cannot {verb} resource "{resource}"'


def unquoted(message: str) -> str:
    """The message with the server's words as they were: kubernetes.core quotes them as JSON."""
    return message.replace('\\"', '"')
