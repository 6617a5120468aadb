# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from tests.testbed.standins.objects import BETA_WINDOWS_LABEL, WINDOWS_LABELS
from tests.testbed.standins.webhook_pods import labels_known_by, patch_of


@pytest.mark.parametrize(
    ("tag", "beta_alone"),
    [
        ("v0.1.9", True),
        ("v0.2.0", True),
        ("v0.2.2", True),
        ("v0.2.2-eks.1", True),
        ("v0.2.3", False),
        ("v0.2.7", False),
        ("v0.2.10", False),
        ("v0.2.20", False),
        ("v0.10.0", False),
        ("v1.0.0", False),
        ("latest", False),
    ],
)
def test_which_labels_an_image_knows(tag: str, beta_alone: bool) -> None:
    labels = labels_known_by(tag)
    assert labels == ((BETA_WINDOWS_LABEL,) if beta_alone else WINDOWS_LABELS)
    for label in WINDOWS_LABELS:
        pod = {"spec": {"nodeSelector": {label: "windows"}, "containers": [{"name": "c"}]}}
        assert bool(patch_of(pod, labels)) is (label in labels)
