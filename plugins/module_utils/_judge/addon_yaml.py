# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""YAML as an add-on's configuration has it: read without surprises, and written so that each reader sees the same.

What EKS reads it with is not documented, and readers of YAML 1.1 and 1.2 disagree on what a plain ``1e3``, ``0o17``,
``12:30`` or ``yes`` is. So what does not change is written as it stood, and new strings are quoted where any reader
could take them for something else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from io import StringIO
from itertools import zip_longest
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.addon_values import DuplicateKeyError, same

TIMESTAMP = "tag:yaml.org,2002:timestamp"
STRING = "tag:yaml.org,2002:str"
MERGE = "tag:yaml.org,2002:merge"
PLAIN = re.compile(r"[A-Za-z_][\w./-]*", re.ASCII)
"""Strings that need no quotes, unless they are among :data:`WORDS`."""

WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null"})
"""What YAML 1.1 or 1.2 takes for something else than a string, in lower case."""

# Whoever imports this has made sure that it is there.
with suppress(ImportError):
    import yaml

    def _without_timestamps(resolvers: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
        return {first: [rule for rule in rules if rule[0] != TIMESTAMP] for first, rules in resolvers.items()}

    class _Loader(yaml.SafeLoader):
        """Leaves dates the strings that JSON has for them, and takes no mapping that has a key twice."""

        yaml_implicit_resolvers = _without_timestamps(yaml.SafeLoader.yaml_implicit_resolvers)

        def compose_mapping_node(self, anchor: Any) -> Any:
            # Merge keys are not resolved yet: a key of one's own beside a merged one is no duplicate.
            node = super().compose_mapping_node(anchor)
            seen: set[str] = set()
            for key, _value in node.value:
                if key.tag in (STRING, MERGE) and key.value in seen:
                    raise DuplicateKeyError(key.value)
                if key.tag in (STRING, MERGE):
                    seen.add(key.value)
            return node

        def flatten_mapping(self, node: Any) -> None:
            """Resolves a merge key as https://yaml.org/type/merge.html says; PyYAML's releases differ in it."""
            own = [pair for pair in node.value if pair[0].tag != MERGE]
            sources = [source for key, value in node.value if key.tag == MERGE for source in _merged(value)]
            if not sources:
                return
            known = {_identity(key) for key, _value in own}
            merged: list[Any] = []
            for source in sources:
                self.flatten_mapping(source)
                merged.extend(pair for pair in source.value if _identity(pair[0]) not in known)
                known.update(_identity(key) for key, _value in source.value)
            node.value = merged + own

    def _merged(value: Any) -> list[Any]:
        sources = value.value if isinstance(value, yaml.SequenceNode) else [value]
        for source in sources:
            if not isinstance(source, yaml.MappingNode):
                raise yaml.constructor.ConstructorError(
                    None, None, "a merge key takes a mapping or a list of mappings", source.start_mark
                )
        return sources

    def _identity(key: Any) -> tuple[str, Any]:
        return (key.tag, key.value if isinstance(key, yaml.ScalarNode) else id(key))

    class _Dumper(yaml.SafeDumper):
        """Takes the same plain scalars for strings as the loader, and writes no aliases of its own."""

        yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers

        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 the base class calls it with this
            return True

    def _represent_string(dumper: Any, text: str) -> Any:
        plain = PLAIN.fullmatch(text) and text.lower() not in WORDS
        return dumper.represent_scalar(STRING, text, style=None if plain else '"')

    _Dumper.add_representer(str, _represent_string)


def load(text: str) -> Any:
    """What the text says.

    Raises:
        yaml.YAMLError: It is no YAML, or holds tags that stand for more than data.
        DuplicateKeyError: A mapping has a key more than once. What a merge key adds is not counted.
        ValueError: A number in it is none.
        RecursionError: It is nested too deeply.
    """
    return yaml.load(text, Loader=_Loader)  # noqa: S506 a SafeLoader


def dump_like(values: Mapping[str, Any], like: str) -> str:
    """The values as YAML. Each part that ``like`` has too keeps its writing: quotes, flow style and order.

    Comments are lost, and aliases and merge keys are written out. Raises like :func:`load`, for ``like``.
    """
    loader = _Loader(like)
    try:
        document = loader.get_single_node()
        if document is not None:
            # This also resolves merge keys in the nodes.
            loader.construct_document(document)
        dumper = _Dumper(StringIO(), sort_keys=False, default_flow_style=False)
        node = _node(values, document, loader, dumper)
    finally:
        loader.dispose()
    text: str = yaml.serialize(node, Dumper=_Dumper, allow_unicode=True, width=10**6)
    return text


def _node(value: Any, old: Any, loader: Any, dumper: Any) -> Any:
    """A new node that says the value, written as ``old`` is as far as that says it already.

    No node of ``old`` is used again: an alias is its anchor's very node, and a node that occurs twice is written as an
    anchor and aliases.
    """
    if isinstance(value, Mapping) and isinstance(old, yaml.MappingNode):
        pairs = {loader.construct_object(key): (key, inner) for key, inner in old.value}
        kept: list[Any] = []
        for key, inner in value.items():
            old_key, old_inner = pairs.get(key, (None, None))
            kept.append((_node(key, old_key, loader, dumper), _node(inner, old_inner, loader, dumper)))
        return yaml.MappingNode(old.tag, kept, flow_style=old.flow_style)
    if isinstance(value, list) and isinstance(old, yaml.SequenceNode):
        items = [_node(item, place, loader, dumper) for item, place in zip_longest(value, old.value[: len(value)])]
        return yaml.SequenceNode(old.tag, items, flow_style=old.flow_style)
    if isinstance(old, yaml.ScalarNode) and same(value, loader.construct_object(old)):
        return yaml.ScalarNode(old.tag, old.value, style=old.style)
    return dumper.represent_data(value)
