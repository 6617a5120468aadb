# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds the probes."""

from __future__ import annotations

import importlib
import pkgutil

from tests.live import probes
from tests.live.probe import Probe


def catalogue() -> dict[str, Probe]:
    """All probes by id; those that only read come first.

    Raises:
        ValueError: A file whose probe has another name.
    """
    found: list[Probe] = []
    for module in pkgutil.iter_modules(probes.__path__):
        probe: Probe = importlib.import_module(f"{probes.__name__}.{module.name}").PROBE
        if probe.id != module.name.replace("_", "-"):
            raise ValueError(f"{module.name}.py holds probe {probe.id}")
        found.append(probe)
    found.sort(key=lambda probe: (probe.changes is not None, probe.id))
    return {probe.id: probe for probe in found}
