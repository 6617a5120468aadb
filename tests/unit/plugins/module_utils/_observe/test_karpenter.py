# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.karpenter import (
    GROUP,
    karpenter_node_classes,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import KarpenterNodeClass

PREFERRED = {"versions": [{"version": "v1"}, {"version": "v1beta1"}], "preferredVersion": {"version": "v1"}}
CLASSES = f"{GROUP}/v1/ec2nodeclasses"


def test_classes_of_the_preferred_version(kubernetes) -> None:
    terms = [{"alias": "windows2022@latest"}, {"id": "ami-1"}]
    kubernetes.answers = {
        GROUP: PREFERRED,
        CLASSES: [
            {"metadata": {"name": "windows"}, "spec": {"amiSelectorTerms": terms}},
            {"metadata": {"name": "older"}, "spec": {"amiFamily": "Windows2019"}},
            {"metadata": {"name": "odd"}},
        ],
    }
    assert karpenter_node_classes(kubernetes) == (
        KarpenterNodeClass("windows", "", ("windows2022@latest",), nameless_terms=("id ami-1",)),
        KarpenterNodeClass("older", "Windows2019", ()),
        KarpenterNodeClass("odd", "", ()),
    )


def test_what_terms_select_amis_by_and_what_they_found(kubernetes) -> None:
    spec = {
        "amiFamily": "Custom",
        "amiSelectorTerms": [
            {"name": "golden-*", "owner": "self", "tags": {"a": "b"}},
            {"ssmParameter": "/golden/ami"},
            {"tags": {"b": "2", "a": "1"}},
            {"id": "ami-1"},
        ],
    }
    amis = [{"id": "ami-1", "name": "golden-1", "requirements": []}, {"id": "ami-2", "requirements": []}]
    kubernetes.answers = {
        GROUP: PREFERRED,
        CLASSES: [{"metadata": {"name": "own"}, "spec": spec, "status": {"amis": amis}}],
    }
    assert karpenter_node_classes(kubernetes) == (
        KarpenterNodeClass(
            "own",
            "Custom",
            (),
            ami_names=("golden-*",),
            ssm_parameters=("/golden/ami",),
            nameless_terms=("tags a=1 b=2", "id ami-1"),
            selected_amis=("golden-1", "ami-2"),
        ),
    )


def test_a_cluster_without_karpenter_is_asked_once(kubernetes) -> None:
    assert karpenter_node_classes(kubernetes) == ()
    assert [path for path, *_rest in kubernetes.asked] == [GROUP]


def test_a_group_without_the_kind(kubernetes) -> None:
    kubernetes.answers[GROUP] = {"preferredVersion": {"version": "v1alpha1"}}
    assert karpenter_node_classes(kubernetes) == ()
    assert kubernetes.asked[-1][0] == f"{GROUP}/v1alpha1/ec2nodeclasses"


@pytest.mark.parametrize("refused", [GROUP, CLASSES])
def test_refusals_are_no_absence(kubernetes, refused: str) -> None:
    kubernetes.answers = {GROUP: PREFERRED, CLASSES: [], refused: 403}
    with pytest.raises(KubernetesError):
        karpenter_node_classes(kubernetes)
