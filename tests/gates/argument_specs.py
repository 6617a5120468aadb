# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Role variables: argument_specs say what defaults/main.yml says, and all roles mean the same by one name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.gates._outcome import Outcome, judged
from tests.gates._places import CHECKOUT

PREFIX = "eks_windows_"
SAME_IN_ALL_ROLES = ("type", "elements", "default", "choices")


def read(path: Path) -> Any:
    """A YAML file's content; an empty or absent file is an empty dictionary."""
    return (yaml.safe_load(path.read_text()) if path.exists() else None) or {}


def compare(role: str, options: dict[str, Any], defaults: dict[str, Any]) -> list[str]:
    """Where a role's specification and its defaults differ."""
    problems = [
        f"{role}: {name} has no description" for name, option in options.items() if not option.get("description")
    ]
    problems += [f"{role}: {name} has no type" for name, option in options.items() if "type" not in option]
    problems += [f"{role}: {name} does not begin with {PREFIX}" for name in options if not name.startswith(PREFIX)]
    for name, value in defaults.items():
        if name not in options:
            problems.append(f"{role}: defaults/main.yml sets {name}, which argument_specs.yml does not name")
        elif "default" not in options[name]:
            problems.append(f"{role}: {name} has default {value!r}, which argument_specs.yml does not tell")
        elif options[name]["default"] != value or type(options[name]["default"]) is not type(value):
            problems.append(f"{role}: {name} is {value!r} in defaults, {options[name]['default']!r} in argument_specs")
    for name, option in options.items():
        if "default" in option and name not in defaults:
            problems.append(f"{role}: argument_specs.yml gives {name} a default that defaults/main.yml does not set")
        if option.get("required") and name in defaults:
            problems.append(f"{role}: {name} is required and has a default")
    return problems


def gate() -> Outcome:
    """Compare each role, then the roles with each other."""
    problems: list[str] = []
    seen: dict[str, tuple[str, dict[str, Any]]] = {}
    roles = sorted(path for path in (CHECKOUT / "roles").iterdir() if path.is_dir())
    for folder in roles:
        specs = read(folder / "meta" / "argument_specs.yml").get("argument_specs", {})
        if "main" not in specs:
            problems.append(f"{folder.name}: meta/argument_specs.yml has no entry main")
            continue
        options = specs["main"].get("options", {})
        problems += compare(folder.name, options, read(folder / "defaults" / "main.yml"))
        for name, option in options.items():
            other, known = seen.setdefault(name, (folder.name, option))
            problems += [
                f"{name}: {field} is {known.get(field)!r} in role {other} and {option.get(field)!r} in {folder.name}"
                for field in SAME_IN_ALL_ROLES
                if known.get(field) != option.get(field)
            ]
    return judged(problems, f"{len(roles)} roles, {len(seen)} variables: specifications and defaults agree")
