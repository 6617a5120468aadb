# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The permissions as docs/permissions.md has them: its very blocks, with their words in capitals replaced."""

from __future__ import annotations

import copy
import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "permissions.md"

Json = dict[str, Any]


@dataclass(frozen=True)
class Permissions:
    """An IAM policy, and manifests of Kubernetes roles and their bindings to ``group``."""

    policy: Json
    manifests: tuple[Json, ...]
    group: str

    def named(self, suffix: str) -> Permissions:
        """The same for a group of another name, by roles and bindings of other names."""
        manifests = copy.deepcopy(self.manifests)
        for manifest in manifests:
            manifest["metadata"]["name"] += suffix
            if "roleRef" in manifest:
                manifest["roleRef"]["name"] += suffix
                for subject in manifest["subjects"]:
                    subject["name"] += suffix
        return Permissions(self.policy, manifests, self.group + suffix)


@dataclass(frozen=True)
class Taken:
    """One permission, and the permissions without it.

    Attributes:
        name: ``eks:DescribeCluster``, or ``list nodes`` with the group, the object's name and the namespace where the
            rule has them.
        words: What has to be in the message of whoever lacks it.
        write: Whether it changes something.
    """

    name: str
    words: tuple[str, ...]
    write: bool
    left: Permissions


def section(title: str) -> str:
    """A section of the document."""
    text = DOCUMENT.read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found, f"docs/permissions.md has no section {title}"
    return found[1]


def block(title: str, language: str) -> str:
    """The one block of code in this language that a section has."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", section(title), re.DOTALL | re.MULTILINE)
    return str(found)


def filled(text: str, words: Mapping[str, str]) -> str:
    """The text with its words in capitals replaced; none may be left."""
    for word in sorted(words, key=len, reverse=True):
        text = re.sub(rf"\b{word}\b", words[word], text)
    left = set(re.findall(r"\b[A-Z_]{6,}\b", text)) - {"STANDARD"}
    assert not left, f"not replaced: {left}"
    return text


def documented(playbook: str, words: Mapping[str, str]) -> Permissions:
    """What the document gives a playbook."""
    policy = json.loads(filled(block(playbook, "json"), words))
    manifests = tuple(yaml.safe_load_all(filled(block(playbook, "yaml"), words)))
    groups = {subject["name"] for manifest in manifests for subject in manifest.get("subjects", ())}
    (group,) = groups
    return Permissions(policy, manifests, group)


def bare(playbook: str) -> Permissions:
    """The same with its words as they stand there, for names."""
    words = ("PARTITION", "REGION", "ACCOUNT", "CLUSTER", "CLUSTER_ROLE", "CNI_ROLE", "NAMESPACE")
    return documented(playbook, {word: word.lower().replace("_", "-") for word in words})


def entry_command(words: Mapping[str, str]) -> dict[str, Any]:
    """The parameters of CreateAccessEntry that the documented command line sends."""
    arguments = shlex.split(filled(block("Letting the caller in", "bash"), words).replace("\\\n", " "))
    assert arguments[:3] == ["aws", "eks", "create-access-entry"]
    options = dict(zip(arguments[3::2], arguments[4::2], strict=True))
    return {
        "region_name": options.pop("--region"),
        "clusterName": options.pop("--cluster-name"),
        "type": options.pop("--type"),
        "principalArn": options.pop("--principal-arn"),
        "kubernetesGroups": [options.pop("--kubernetes-groups")],
        **options,
    }


def aws_auth_row(words: Mapping[str, str]) -> str:
    """The documented rows of mapRoles."""
    return filled(block("Letting the caller in", "yaml"), words)


def _several(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


READING = ("Describe", "List", "Get")
ON_CHANGE = ("eks:DescribeUpdate", "iam:PassRole")
"""Actions that change nothing, but that are asked for only when something is changed."""

EXAMINED_BY_NAME = frozenset({"configmaps", "daemonsets", "deployments", "secrets", "services"})
"""Resources of which an examination gets single objects; what else it reads it lists."""


def each_taken(permissions: Permissions) -> Iterator[Taken]:
    """Each single permission taken away: each IAM action of each statement, each verb on each object."""
    yield from _actions(permissions)
    yield from _verbs(permissions)


def _actions(permissions: Permissions) -> Iterator[Taken]:
    for number, statement in enumerate(permissions.policy["Statement"]):
        for action in _several(statement["Action"]):
            policy = copy.deepcopy(permissions.policy)
            others = [other for other in _several(statement["Action"]) if other != action]
            if others:
                policy["Statement"][number]["Action"] = others
            else:
                del policy["Statement"][number]
            operation = action.partition(":")[2]
            write = action in ON_CHANGE or not operation.startswith(READING)
            yield Taken(action, (action,), write, Permissions(policy, permissions.manifests, permissions.group))


def _verbs(permissions: Permissions) -> Iterator[Taken]:
    for number, manifest in enumerate(permissions.manifests):
        for place, rule in enumerate(manifest.get("rules", ())):
            for resource in rule["resources"]:
                for verb in rule["verbs"]:
                    for name in rule.get("resourceNames", ("",)):
                        manifests = copy.deepcopy(permissions.manifests)
                        manifests[number]["rules"][place : place + 1] = _rules_without(rule, resource, verb, name)
                        left = Permissions(permissions.policy, manifests, permissions.group)
                        yield Taken(
                            " ".join(filter(None, (verb, resource, name, manifest["metadata"].get("namespace")))),
                            (verb, resource),
                            verb not in ("get", "list") or _is_on_change(verb, resource, name),
                            left,
                        )


def _is_on_change(verb: str, resource: str, name: str) -> bool:
    """Whether a read is one that only a change asks for: of what it is about to write."""
    return verb == "get" and (resource not in EXAMINED_BY_NAME or name.endswith("-backup"))


def _rules_without(rule: Json, resource: str, verb: str, name: str) -> list[Json]:
    """Rules that allow what one rule allows, but the verb on the resource of that name."""
    found = []
    for kept in rule["resources"]:
        verbs = [each for each in rule["verbs"] if kept != resource or each != verb]
        if verbs:
            found.append({**rule, "resources": [kept], "verbs": verbs})
    others = [each for each in rule.get("resourceNames", ()) if each != name]
    if others:
        found.append({**rule, "resources": [resource], "verbs": [verb], "resourceNames": others})
    return found
