# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parsers of what people write: none fails on any text, and what is written is what is read."""

from __future__ import annotations

import json
import string
from typing import Any

import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.config_map_keys import (
    FALSE_SPELLINGS,
    TRUE_SPELLINGS,
    parse_bool,
    parse_integer,
    pool_targets,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.windows_builds import windows_build
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.addon_configuration import (
    ConfigurationUnreadableError,
    parse_configuration,
    render,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.aws_auth import (
    AwsAuthUnreadableError,
    RoleRow,
    map_roles,
    row_of,
    row_with_path,
    without_path,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.selectors import (
    fargate_takes,
    matches,
    runs_coredns,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    FargateProfile,
    FargateSelector,
)

# How long an example takes is the machine's business.
settings.register_profile("any_machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any_machine")

YAML_LIKE = st.text(alphabet="-:[]{}#&*!|>'\"%@`,? \n\tabrolen1.", max_size=80)
ANY_TEXT = st.text(max_size=80) | YAML_LIKE
WORDS = st.text(alphabet=string.ascii_letters + string.digits + "+=,.@-_", min_size=1, max_size=20)
# Escapes of JSON outside the basic plane are none of YAML's, and no group has such characters.
GROUPS = st.lists(st.text(alphabet=string.ascii_letters + string.digits + ":./- #'\"", min_size=1), max_size=4)
PATHS = st.lists(WORDS, max_size=3).map(lambda parts: "".join(f"{part}/" for part in parts))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


def arn(name: str, path: str = "") -> str:
    return f"arn:aws:iam::111122223333:role/{path}{name}"


# aws-auth


@given(ANY_TEXT)
@example("- rolearn: *a")
@example("- &a [*a]")
@example("- {rolearn: a, <<: [b]}")
@example("- ? {a: b}\n  : c")
def test_any_map_roles_is_read_or_refused(text: str) -> None:
    try:
        rows = map_roles({"mapRoles": text})
    except AwsAuthUnreadableError as error:
        assert "\n" not in str(error)
    else:
        assert all(isinstance(row, RoleRow) and row.role_arn for row in rows)


@given(st.lists(VALUES | st.fixed_dictionaries({"rolearn": VALUES, "groups": VALUES}), max_size=4))
def test_rows_of_any_form_are_read(rows: list[Any]) -> None:
    found = map_roles({"mapRoles": yaml.safe_dump(rows)})
    assert len(found) <= len(rows)
    assert all(isinstance(group, str) for row in found for group in row.groups)


@given(st.lists(st.tuples(WORDS, GROUPS), max_size=5))
def test_rows_come_back_as_they_were_written(written: list[tuple[str, list[str]]]) -> None:
    document = [{"rolearn": arn(name), "username": "u", "groups": groups} for name, groups in written]
    expected = tuple(RoleRow(arn(name), tuple(groups)) for name, groups in written)
    for text in (yaml.safe_dump(document), json.dumps(document), yaml.safe_dump(document, default_flow_style=True)):
        assert map_roles({"mapRoles": text}) == expected


@given(WORDS, GROUPS, st.data())
def test_keys_of_a_row_count_in_any_case(name: str, groups: list[str], data: st.DataObject) -> None:
    def spelled(key: str) -> str:
        upper = data.draw(st.lists(st.booleans(), min_size=len(key), max_size=len(key)))
        return "".join(char.upper() if up else char for char, up in zip(key, upper, strict=True))

    written = {spelled("rolearn"): arn(name), spelled("groups"): groups}
    assert map_roles({"mapRoles": yaml.safe_dump([written])}) == (RoleRow(arn(name), tuple(groups)),)
    # The documented spelling wins, wherever it stands.
    others = {spelled("rolearn"): "other", spelled("groups"): ["other"]}
    exact = {"rolearn": arn(name), "groups": groups}
    for row in ({**others, **exact}, {**exact, **{key: others[key] for key in others if key not in exact}}):
        assert map_roles({"mapRoles": json.dumps([row])}) == (RoleRow(arn(name), tuple(groups)),)


@given(WORDS, PATHS, PATHS.filter(bool))
def test_a_role_is_known_without_its_path(name: str, path: str, other: str) -> None:
    assert without_path(arn(name, path)) == arn(name)
    assert without_path(without_path(arn(name, path))) == arn(name)
    plain, with_path = RoleRow(arn(name), ()), RoleRow(arn(name, other), ())
    assert row_of([plain, with_path], arn(name, path)) is plain
    assert row_of([with_path], arn(name, path)) is None
    assert row_with_path([with_path], arn(name, path)) is with_path


@given(st.text(max_size=60))
def test_any_arn_loses_its_path_once(text: str) -> None:
    assert without_path(without_path(text)) == without_path(text)


# Add-on configuration


@given(ANY_TEXT)
def test_any_configuration_is_read_or_refused(text: str) -> None:
    try:
        values = parse_configuration(text)
    except ConfigurationUnreadableError as error:
        assert "\n" not in str(error)
    else:
        # What was read is JSON, and is read again as it is.
        assert parse_configuration(json.dumps(values)) == values


@given(st.dictionaries(st.text(max_size=8), VALUES, max_size=4), st.booleans())
def test_what_is_written_of_a_configuration_is_what_is_read(values: dict[str, Any], as_yaml: bool) -> None:
    like = yaml.safe_dump(values) if as_yaml else json.dumps(values)
    changed = {**values, "enableWindowsIpam": "true"}
    assert parse_configuration(render(changed, like)) == changed


# Values of the ConfigMap


@given(st.text(max_size=8) | st.sampled_from([*TRUE_SPELLINGS, *FALSE_SPELLINGS]) | st.none())
def test_a_switch_is_one_of_twelve_spellings(text: str | None) -> None:
    expected = True if text in TRUE_SPELLINGS else False if text in FALSE_SPELLINGS else None
    assert parse_bool(text) is expected


@given(st.sampled_from([*TRUE_SPELLINGS, *FALSE_SPELLINGS]), st.sampled_from([" ", "\n", "\t", "\u00a0", "x"]))
def test_nothing_may_stand_beside_a_spelling(spelling: str, besides: str) -> None:
    assert parse_bool(besides + spelling) is None
    assert parse_bool(spelling + besides) is None


@given(st.integers(-(10**17), 10**17))
def test_an_integer_is_read_as_go_does(number: int) -> None:
    assert parse_integer(str(number)) == number
    assert parse_integer(f"{number:+}") == number
    for text in (f" {number}", f"{number}.0", f"{number}_", hex(number)):
        assert parse_integer(text) is None


TARGETS = ("warm-ip-target", "minimum-ip-target", "warm-prefix-target")


@given(
    st.dictionaries(st.sampled_from([*TARGETS, *(f"windows-{key}" for key in TARGETS)]), st.text(max_size=4)),
    st.booleans(),
)
def test_the_pool_is_never_empty(data: dict[str, str], prefixes: bool) -> None:
    targets = pool_targets(data, prefixes)
    assert targets.warm_ip or targets.minimum_ip or targets.warm_prefix


# Builds of nodes


@given(st.text(max_size=30) | st.text(alphabet="0123456789. ", max_size=30))
def test_any_kernel_version_is_a_build_or_none(text: str) -> None:
    build = windows_build(text)
    if build is not None:
        assert windows_build(str(build)) == build
        assert windows_build(f"10.0.{build}") == build


NUMBERS = st.integers(0, 10**9 - 1)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_builds_sort_by_release_and_revision(release: int, revision: int, other: int, further: int) -> None:
    one, two = windows_build(f"10.0.{release}.{revision}"), windows_build(f"10.0.{other}.{further}")
    assert one is not None
    assert two is not None
    assert (one < two) is ((release, revision) < (other, further))
    assert windows_build(f"6.1.{release}.{revision}") is None


# Fargate selectors


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_pattern_matches_or_does_not(pattern: str, text: str) -> None:
    assert matches(pattern, text) in (True, False)
    if not set(pattern) & {"*", "?"}:
        assert matches(pattern, text) is (pattern == text)


PLAIN_TEXT = st.text(max_size=20).filter(lambda text: not set(text) & {"*", "?"})


@given(PLAIN_TEXT, st.data())
def test_a_text_matches_what_wildcards_leave_of_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert matches(f"{text[:start]}*{text[end:]}", text)
    assert matches(f"{text[:start]}{'?' * (end - start)}{text[end:]}", text)
    assert not matches(f"{text}?", text)


@given(PLAIN_TEXT, PLAIN_TEXT, st.data())
def test_wildcards_hold_in_keys_and_values_of_labels(key: str, value: str, data: st.DataObject) -> None:
    labels = {key: value}
    start, end = data.draw(st.integers(0, len(key))), data.draw(st.integers(0, len(value)))
    for selected in ({f"{key[:start]}*": f"*{value[end:]}"}, {"?" * len(key): "?" * len(value)}):
        profile = FargateProfile("p", "ACTIVE", (FargateSelector("shop", selected),))
        assert fargate_takes(profile, "shop", labels)
        assert not fargate_takes(profile, "shop", {})
        assert not fargate_takes(profile, "other", labels)
    longer = FargateProfile("p", "ACTIVE", (FargateSelector("shop", {f"{key}?": "*"}),))
    assert not fargate_takes(longer, "shop", labels)


def test_coredns_is_taken_by_a_wildcard_in_a_label_s_key() -> None:
    def profile(**labels: str) -> FargateProfile:
        return FargateProfile("p", "ACTIVE", (FargateSelector("kube-system", labels),))

    assert runs_coredns(profile(**{"k8s-*": "kube-dns"}))
    assert not runs_coredns(profile(**{"k8s-*": "coredns"}))


@given(ANY_TEXT, st.dictionaries(st.text(max_size=10), st.text(max_size=10), max_size=3), st.text(max_size=10))
def test_selectors_of_any_form_are_judged(namespace: str, labels: dict[str, str], status: str) -> None:
    profile = FargateProfile("p", status, (FargateSelector(namespace, labels),))
    assert runs_coredns(profile) in (True, False)
    assert status == "ACTIVE" or not runs_coredns(profile)
