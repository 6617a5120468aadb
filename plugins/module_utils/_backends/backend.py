# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What a module and its action twin share: the interface and the work behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any


@dataclass(frozen=True)
class Backend:
    """The work behind one module.

    Attributes:
        argument_spec: The module's argument spec, as AnsibleModule takes it.
        run: Takes the validated parameters, and True in check mode; returns the module's result.
            Raises :class:`EksWindowsError` for what the user has to mend.
        constraints: The other keywords of AnsibleModule that validate arguments, such as mutually_exclusive.
        requirements: Importable names that the work needs.
    """

    argument_spec: dict[str, dict[str, Any]]
    run: Callable[[Mapping[str, Any], bool], dict[str, Any]]
    constraints: dict[str, Any] = field(default_factory=dict)
    requirements: tuple[str, ...] = ("boto3", "botocore", "urllib3")

    def missing_requirements(self) -> list[str]:
        """The requirements that this Python cannot import."""
        return [name for name in self.requirements if find_spec(name) is None]
