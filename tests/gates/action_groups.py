# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every module is in the action group that module_defaults are set by, and nothing else is."""

from __future__ import annotations

import yaml

from tests.gates._outcome import Outcome, judged
from tests.gates._places import CHECKOUT

GROUP = "eks_windows"


def gate() -> Outcome:
    """Compare meta/runtime.yml with plugins/modules and plugins/action."""
    groups = yaml.safe_load((CHECKOUT / "meta" / "runtime.yml").read_text())["action_groups"]
    listed = set(groups[GROUP])
    modules = {file.stem for file in (CHECKOUT / "plugins" / "modules").glob("[!_]*.py")}
    actions = {file.stem for file in (CHECKOUT / "plugins" / "action").glob("[!_]*.py")}
    problems = [f"module {name} is not in action group {GROUP}" for name in sorted(modules - listed)]
    problems += [f"action group {GROUP} lists {name}, which is no module" for name in sorted(listed - modules)]
    problems += [f"action plugin {name} has no module of the same name" for name in sorted(actions - modules)]
    for name in sorted(modules):
        text = (CHECKOUT / "plugins" / "modules" / f"{name}.py").read_text()
        if "cloudops.eks_windows.attributes.actiongroup" not in text:
            problems.append(f"module {name} does not document its action group")
    return judged(problems, f"action group {GROUP} holds the {len(modules)} modules")
