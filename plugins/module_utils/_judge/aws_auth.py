# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The node roles in ConfigMap kube-system/aws-auth: a list of rows, in YAML.

Sources: kubernetes-sigs/aws-iam-authenticator, README and pkg/mapper/configmap, for the form: it turns the YAML into
JSON, which Go's encoding/json reads; gopkg.in/yaml.v2, decode.go and resolve.go, for what that takes: the first
document alone, and of a tag that it does not know the value as it is; Amazon EKS user guide, "Grant IAM users access to
Kubernetes with a ConfigMap", for role ARNs without a path.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

MAP_ROLES = "mapRoles"
WINDOWS_GROUP = "eks:kube-proxy-windows"


class AwsAuthUnreadableError(ValueError):
    """mapRoles is no list of rows in YAML, so that it maps no role at all."""


class YamlMissingError(Exception):
    """PyYAML is not installed where this runs."""


@dataclass(frozen=True)
class RoleRow:
    """A row of mapRoles; ``role_arn`` is as it is written, with blanks where a quoted one has them."""

    role_arn: str
    groups: tuple[str, ...]


def map_roles(data: Mapping[str, str]) -> tuple[RoleRow, ...]:
    """The rows of mapRoles in the ConfigMap's data; none where there is no such key, or nothing in it.

    A row that is no mapping, or has no role, maps none and is left out. Groups that are no list of texts are none. Keys
    count in whatever case.

    Raises:
        AwsAuthUnreadableError: It is no YAML, or no list.
        YamlMissingError: There is no PyYAML here.
    """
    text = data.get(MAP_ROLES) or ""
    if not text.strip():
        return ()
    rows = _parsed(text)
    if rows is None:
        return ()
    if not isinstance(rows, list):
        raise AwsAuthUnreadableError(f"it is a {type(rows).__name__} where a list of rows belongs")
    found = []
    for row in rows:
        fields = _fields(row) if isinstance(row, dict) else {}
        role_arn, groups = fields.get("rolearn"), fields.get("groups")
        if isinstance(role_arn, str) and role_arn.strip():
            named = groups if isinstance(groups, list) else ()
            found.append(RoleRow(role_arn, tuple(each for each in named if isinstance(each, str))))
    return tuple(found)


def _fields(row: Mapping[Any, Any]) -> dict[str, Any]:
    """The row by keys in lower case: encoding/json takes a key in any case. JSON made of YAML has its keys sorted, so
    that of several spellings the one in lower case comes last, and counts."""
    return {key.lower(): row[key] for key in sorted(key for key in row if isinstance(key, str))}


def _parsed(text: str) -> Any:
    try:
        import yaml
    except ImportError:
        raise YamlMissingError from None
    try:
        loader = _loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader))(text)
        try:
            return loader.get_data() if loader.check_data() else None
        finally:
            loader.dispose()
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise AwsAuthUnreadableError(" ".join(str(error).split())) from error


@lru_cache(maxsize=2)
def _loader(safe: Any) -> Any:
    """A loader as safe as ``safe``, one of PyYAML's: for a tag that it does not know it gives text, list or mapping."""
    import yaml

    def plain(loader: Any, node: Any) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return loader.construct_scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return loader.construct_sequence(node, deep=True)
        return loader.construct_mapping(node, deep=True)

    loader: Any = type("AwsAuthLoader", (safe,), {})
    loader.add_constructor(None, plain)
    return loader


def without_path(role_arn: str) -> str:
    """The ARN as the authenticator knows the role by: without the path between ``role/`` and its name."""
    prefix, separator, path = role_arn.partition(":role/")
    return f"{prefix}{separator}{path.rpartition('/')[2]}" if separator else role_arn


def row_of(rows: Iterable[RoleRow], role_arn: str) -> RoleRow | None:
    """The row that maps a role, in whatever case; the last of several, which replaces those before it. None where there
    is none: a row that has the role's path maps nothing."""
    wanted = without_path(role_arn).lower()
    return next((row for row in reversed(tuple(rows)) if row.role_arn.lower() == wanted), None)


def row_with_blanks(rows: Iterable[RoleRow], role_arn: str) -> RoleRow | None:
    """A row that is meant for the role and maps nothing, since blanks stand about its ARN; None where there is none."""
    wanted = without_path(role_arn).lower()
    return next(
        (row for row in rows if row.role_arn.lower() != wanted and row.role_arn.strip().lower() == wanted), None
    )


def row_with_path(rows: Iterable[RoleRow], role_arn: str) -> RoleRow | None:
    """A row that is meant for the role and maps nothing, since its ARN has a path; None where there is none."""
    wanted = without_path(role_arn).lower()
    return next(
        (row for row in rows if row.role_arn.lower() != wanted and without_path(row.role_arn).lower() == wanted), None
    )
