# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.aws_auth import (
    AwsAuthUnreadableError,
    RoleRow,
    YamlMissingError,
    map_roles,
    row_of,
    row_with_blanks,
    row_with_path,
    without_path,
)

ROLE = "arn:aws:iam::111122223333:role/node"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (None, ()),
        ("", ()),
        ("  \n", ()),
        ("# nothing yet", ()),
        ("[]", ()),
        ("- rolearn: a", (RoleRow("a", ()),)),
        ("- rolearn:   a  \n  groups: [g, h]\n  username: u", (RoleRow("a", ("g", "h")),)),
        ("- rolearn: ' a '\n  groups: [' g']", (RoleRow(" a ", (" g",)),)),
        # Keys count in whatever case, and of several spellings the documented one.
        ("- {roleARN: a, Groups: [g]}", (RoleRow("a", ("g",)),)),
        ("- {RoleArn: a, GROUPS: [g], 1: x, null: y}", (RoleRow("a", ("g",)),)),
        ("- {rolearn: a, roleARN: b, groups: [g], Groups: [h]}", (RoleRow("a", ("g",)),)),
        ("- {ROLEARN: b, rolearn: a, Groups: [h], groups: [g]}", (RoleRow("a", ("g",)),)),
        ("- {role-arn: a}\n- {role_arn: a}", ()),
        ("- {rolearn: a, groups: g}", (RoleRow("a", ()),)),
        ("- {rolearn: a, groups: [1, g, null, [x]]}", (RoleRow("a", ("g",)),)),
        ("- {userarn: a}\n- text\n- 1\n-\n- {rolearn: 1}\n- {rolearn: ''}\n- {rolearn: ' '}", ()),
        ('[{"rolearn": "a", "groups": ["g"]}]', (RoleRow("a", ("g",)),)),
        # The first document counts, whatever comes after it.
        ("- rolearn: a\n---\n", (RoleRow("a", ()),)),
        ("---\n- rolearn: a\n---\n- rolearn: b", (RoleRow("a", ()),)),
        ("- rolearn: a\n...\n---\n- [}", (RoleRow("a", ()),)),
        ("---\n---\n- rolearn: b", ()),
        # Of a tag that nobody knows, the value as it is.
        ("- {rolearn: a, groups: [g], username: !Ref x}", (RoleRow("a", ("g",)),)),
        ("- {rolearn: !Sub a, groups: !Own [!x g, !y 1, 2]}", (RoleRow("a", ("g", "1")),)),
        ("!Rows\n- !Row {rolearn: a, groups: [!!own g]}", (RoleRow("a", ("g",)),)),
        (
            "- &r !Row {rolearn: a, groups: &g [g]}\n- {<<: *r, rolearn: b}",
            (RoleRow("a", ("g",)), RoleRow("b", ("g",))),
        ),
        ("- !!python/object/apply:os.abort []", ()),
    ],
)
def test_rows(text: str | None, rows: Any) -> None:
    assert map_roles({} if text is None else {"mapRoles": text}) == rows


@pytest.mark.parametrize(
    "text",
    [
        "a: b",
        "text",
        "!Ref text",
        "!x {a: b}",
        "a: b\n---\n- rolearn: a",
        "- &a !x [*a]",
        "1",
        "[",
        "- [}",
        "\t- a",
        "!!python/object:os.system {}",
        "? [a, b]: c",
        "2001-99-99",
        "\x00",
    ],
)
def test_what_is_no_list_of_rows_maps_nobody(text: str) -> None:
    with pytest.raises(AwsAuthUnreadableError) as failure:
        map_roles({"mapRoles": text})
    assert "\n" not in str(failure.value)


def test_nothing_is_made_of_a_tag() -> None:
    text = "- {rolearn: a, groups: !!python/tuple [!!python/name:os.system , !!python/object/new:list [x], g]}"
    assert map_roles({"mapRoles": text}) == (RoleRow("a", ("", "g")),)
    with pytest.raises(yaml.constructor.ConstructorError):
        yaml.safe_load("!x a")


def test_without_pyyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "yaml", None)
    assert map_roles({"mapUsers": "[]"}) == ()
    with pytest.raises(YamlMissingError):
        map_roles({"mapRoles": "[]"})


def test_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    assert map_roles({"mapRoles": "- rolearn: a"}) == (RoleRow("a", ()),)
    with pytest.raises(AwsAuthUnreadableError):
        map_roles({"mapRoles": "[" * 5000})


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        (ROLE, ROLE),
        ("arn:aws:iam::111122223333:role/a/b/node", ROLE),
        ("arn:aws:iam::111122223333:user/a/b", "arn:aws:iam::111122223333:user/a/b"),
        ("words", "words"),
    ],
)
def test_the_arn_that_counts(arn: str, expected: str) -> None:
    assert without_path(arn) == expected


def test_which_row_is_the_role_s() -> None:
    first, last = RoleRow(ROLE, ("a",)), RoleRow(ROLE.upper(), ("b",))
    with_path = RoleRow("arn:aws:iam::111122223333:role/x/node", ("c",))
    other = RoleRow("arn:aws:iam::444455556666:role/node", ())
    assert row_of((first, last, with_path, other), ROLE) is last
    assert row_of((first, with_path), "arn:aws:iam::111122223333:role/other/path/node") is first
    assert row_of((with_path, other), ROLE) is None
    assert row_with_path((other, first, with_path), ROLE) is with_path
    assert row_with_path((other, first), ROLE) is None


def test_blanks_about_an_arn_map_nothing() -> None:
    plain, with_blanks = RoleRow(ROLE, ()), RoleRow(f"{ROLE.upper()} ", ())
    assert row_of((with_blanks,), ROLE) is None
    assert row_with_path((with_blanks,), ROLE) is None
    assert row_with_blanks((plain, with_blanks), "arn:aws:iam::111122223333:role/some/path/node") is with_blanks
    assert row_with_blanks((plain,), ROLE) is None
