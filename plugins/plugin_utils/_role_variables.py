# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The public variables of the collection's roles, read from their argument specs."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ansible.module_utils.common.yaml import yaml_load

ROLES = Path(__file__).resolve().parents[2] / "roles"

# Set by the roles or read by the playbooks, so no role has them as an option.
OTHERS = frozenset(
    {"eks_windows_preflight", "eks_windows_python_interpreter", "eks_windows_result", "eks_windows_smoke_test"}
)


@lru_cache(maxsize=1)
def role_variables() -> frozenset[str]:
    """Names of every public variable: each role's options, what roles set, and what playbooks read."""
    names = set(OTHERS)
    for path in ROLES.glob("*/meta/argument_specs.yml"):
        # Ansible's own loader is libyaml's where that is there: a tenth of a second less in each worker.
        specs = yaml_load(path.read_text(encoding="utf-8"))["argument_specs"]
        names.update(option for spec in specs.values() for option in spec["options"])
    return frozenset(names)
