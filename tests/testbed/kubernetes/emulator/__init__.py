# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An emulated Kubernetes: no more than the collection and kubernetes.core ask for.

What it does it does as the real API server does, and tests/conformance holds both to the same cases. It does not:
drop or refuse unknown fields, keep field ownership beyond who last set what (server-side apply therefore merges and
never conflicts), keep schemas of custom kinds, make pods for DaemonSets and StatefulSets, print tables, aggregate
cluster roles, guard against escalation of rights, evict, log, exec, or last longer than its process. Controllers act
within the request that gives them work, so that their effects are there when it is answered.
"""

from tests.testbed.kubernetes.emulator.server import EmulatedKubernetes

__all__ = ["EmulatedKubernetes"]
