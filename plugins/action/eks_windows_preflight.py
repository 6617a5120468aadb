# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

from __future__ import annotations

from ansible_collections.cloudops.eks_windows.plugins.plugin_utils._imports import imported_to_stay

with imported_to_stay():
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.preflight import backend
    from ansible_collections.cloudops.eks_windows.plugins.plugin_utils._twin import TwinActionBase, warm_up

    warm_up(backend())


class ActionModule(TwinActionBase):
    """Twin of the module of the same name."""

    module_name = "cloudops.eks_windows.eks_windows_preflight"
    backend = staticmethod(backend)
