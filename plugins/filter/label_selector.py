# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

FORMS: Mapping[str, str] = {
    "In": "{key} in ({values})",
    "NotIn": "{key} notin ({values})",
    "Exists": "{key}",
    "DoesNotExist": "!{key}",
}
"""Each operator of an expression, as a query spells it."""


def label_selector(selector: Mapping[str, Any]) -> str:
    """The selector of an object as a query spells it: its labels and its expressions, all of which have to hold."""
    if not isinstance(selector, Mapping):
        raise AnsibleFilterError("label_selector takes the selector of an object")
    labels = [f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()]
    return ",".join([*labels, *map(_expression, selector.get("matchExpressions") or ())])


def _expression(expression: Mapping[str, Any]) -> str:
    form = FORMS.get(expression["operator"])
    if form is None:
        raise AnsibleFilterError(f"label_selector: operator {expression['operator']} is not known")
    return form.format(key=expression["key"], values=",".join(expression.get("values") or ()))


class FilterModule:
    """Filters on Kubernetes objects."""

    def filters(self) -> dict[str, Callable[..., str]]:
        return {"label_selector": label_selector}
