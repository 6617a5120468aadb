# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What a module can do, said in one way."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying the target.
  diff_mode:
    description: Returns details on what has changed, or would change in check mode, when in diff mode.
  idempotent:
    description: When run twice in a row outside check mode with the same arguments, the second run changes nothing.
"""

    ACTIONGROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/cloudops.eks_windows.eks_windows) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - cloudops.eks_windows.eks_windows
"""

    READONLY = r"""
options: {}
attributes:
  check_mode:
    support: full
    details: Reads only, so it runs in full.
  diff_mode:
    support: N/A
    details: Changes nothing.
  idempotent:
    support: full
    details: Changes nothing.
"""

    TWIN = r"""
options: {}
attributes:
  action:
    description: Has an action plugin of the same name on the controller.
    support: full
    details:
      - The action plugin does the module's work in the controller's worker process, at a fraction of the cost.
      - It hands over to the module where the connection is not local, with C(environment), C(async) or C(become),
        where C(ansible_python_interpreter) is not the Python that runs Ansible, and where an import is missing.
"""
