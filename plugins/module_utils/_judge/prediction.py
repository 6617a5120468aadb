# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The state of Windows support as it would be when a plan is carried out."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.plan import KINDS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.steps.step import Step
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.support import Support, support


def predicted_support(subject: Subject, steps: Iterable[Step]) -> Support:
    """The return value ``support_after``: what the steps leave behind where each succeeds."""
    return support(after(subject, steps))


def after(subject: Subject, steps: Iterable[Step]) -> Subject:
    """The subject as the steps leave it."""
    observation = subject.observation
    for step in steps:
        observation = KINDS[step.step].apply(step, observation)
    return Subject(observation, subject.options)
