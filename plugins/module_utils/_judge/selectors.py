# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Selectors as Kubernetes and EKS Fargate apply them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    FargateProfile,
    FargateSelector,
    LabelSelector,
)

COREDNS_NAMESPACE = "kube-system"
COREDNS_LABELS: Mapping[str, str] = {"k8s-app": "kube-dns", "eks.amazonaws.com/component": "coredns"}
"""Labels of CoreDNS' pods, as EKS and eksctl install it."""

_WITH_VALUES = ("In", "NotIn")
_WITHOUT_VALUES = ("Exists", "DoesNotExist")

FARGATE_PROFILE = "eks.amazonaws.com/fargate-profile"
"""The label by which EKS marks a new pod that Fargate is to run, with the profile's name."""


def selects(selector: LabelSelector, labels: Mapping[str, str]) -> bool:
    """Whether a label selector selects an object with these labels; an empty one selects everything, and one with a
    :func:`fault` nothing."""
    return (
        not fault(selector)
        and all(labels.get(key) == value for key, value in selector.match_labels.items())
        and all(_expression_holds(labels, *expression) for expression in selector.match_expressions)
    )


def fault(selector: LabelSelector) -> str:
    """Why no label selector comes of it; empty where one does. Objects of a custom kind may hold such.

    Source: Kubernetes, LabelSelectorAsSelector of apimachinery/pkg/apis/meta/v1 and NewRequirement of
    apimachinery/pkg/labels.
    """
    for key, operator, values in selector.match_expressions:
        if operator not in (*_WITH_VALUES, *_WITHOUT_VALUES):
            return f"operator {operator or 'not given'} of label {key}"
        if bool(values) is not (operator in _WITH_VALUES):
            return f"operator {operator} of label {key} {'with' if values else 'without'} values"
    return ""


def shown(selector: LabelSelector) -> str:
    """A label selector as kubectl writes it: ``team=a,env in (x, y),!hidden``; empty for one that selects all."""
    parts = [f"{key}={value}" for key, value in selector.match_labels.items()]
    for key, operator, values in selector.match_expressions:
        if operator in _WITH_VALUES:
            parts.append(f"{key} {operator.lower()} ({', '.join(values)})")
        else:
            parts.append(key if operator == "Exists" else f"!{key}")
    return ",".join(parts)


def _expression_holds(labels: Mapping[str, str], key: str, operator: str, values: tuple[str, ...]) -> bool:
    if operator in _WITH_VALUES:
        return (labels.get(key) in values) is (operator == "In")
    return (key in labels) is (operator == "Exists")


def runs_coredns(profile: FargateProfile) -> bool:
    """Whether a Fargate profile takes CoreDNS' pods now."""
    return profile.status == "ACTIVE" and fargate_takes(profile, COREDNS_NAMESPACE, COREDNS_LABELS)


def fargate_takes(profile: FargateProfile, namespace: str, labels: Mapping[str, str]) -> bool:
    """Whether a Fargate profile selects a pod of this namespace with these labels.

    Source: Amazon EKS user guide, "Fargate profile wildcards": they hold in namespaces, label keys and label values.
    """
    return any(_selects_pod(selector, namespace, labels) for selector in profile.selectors)


def _selects_pod(selector: FargateSelector, namespace: str, labels: Mapping[str, str]) -> bool:
    return matches(selector.namespace, namespace) and all(
        any(matches(wanted_key, key) and matches(wanted, value) for key, value in labels.items())
        for wanted_key, wanted in selector.labels.items()
    )


def matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Whether a pattern in which ``*`` is any text and ``?`` any character matches the whole text."""
    return _compiled(pattern, ignore_case).fullmatch(text) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern)
    return re.compile("".join(parts), re.DOTALL | (re.IGNORECASE if ignore_case else 0))
