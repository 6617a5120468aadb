# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An emulated Kubernetes: no more than the collection and kubernetes.core ask for."""

from tests.testbed.kubernetes.emulator.server import EmulatedKubernetes

__all__ = ["EmulatedKubernetes"]
