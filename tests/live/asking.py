# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asks the user before a probe writes."""

from __future__ import annotations

from collections.abc import Collection
from typing import TextIO

from tests.live.probe import Change, Probe


class Asking:
    """Says what a probe would change, and asks whether it may.

    Args:
        cluster: The cluster's ARN, for the question.
        answered: Ids of the probes that may write without being asked about.
        questions: Where answers come from; nobody is asked where it is no terminal.
        output: Where questions go.
    """

    def __init__(self, cluster: str, answered: Collection[str], questions: TextIO, output: TextIO) -> None:
        self._cluster = cluster
        self._answered = answered
        self._questions = questions
        self._output = output

    def __call__(self, probe: Probe, change: Change) -> str:
        """Empty where the probe may write, else why it may not."""
        self._say(f"\n{probe.id} writes to {self._cluster}\n  changes: {change.what}\n  then:    {change.put_back}\n")
        if probe.id in self._answered:
            return ""
        if not self._questions.isatty():
            return f"it writes, and nobody could be asked: --yes {probe.id} allows it"
        self._say("Run it? [y/N] ")
        answer = self._questions.readline().strip().lower()
        return "" if answer in ("y", "yes") else "it writes, and the answer was no"

    def _say(self, text: str) -> None:
        self._output.write(text)
        self._output.flush()
