# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The version ranges that users are told are the ones that are tested, at both ends."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml

from tests.gates._oldest import oldest
from tests.gates._outcome import NotRunError, Outcome
from tests.gates._places import CHECKOUT, NEWEST, capture

INSTALLED = """
import json
from importlib.metadata import distributions
from pathlib import Path
import ansible_collections.amazon.aws, ansible_collections.kubernetes.core
found = {each.metadata["Name"].lower(): each.version for each in distributions()}
for name in ("amazon.aws", "kubernetes.core"):
    package = __import__("ansible_collections." + name, fromlist=["x"])
    manifest = json.loads((Path(list(package.__path__)[0]) / "MANIFEST.json").read_text())
    found[name] = manifest["collection_info"]["version"]
print(json.dumps(found))
"""


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def bounds(text: str) -> tuple[str, str | None]:
    """The lower bound, and the upper one where there is one, of a range such as ``>=8.0.1,<12.0.0``."""
    lower = re.search(r">=\s*([0-9.]+)", text)
    upper = re.search(r"<\s*([0-9.]+)", text)
    if lower is None:
        raise ValueError(f"{text!r} has no lower bound")
    return lower.group(1), upper.group(1) if upper else None


def told() -> dict[str, str]:
    """Every range that users are told, by what it is about."""
    galaxy: dict[str, Any] = yaml.safe_load((CHECKOUT / "galaxy.yml").read_text())
    runtime = yaml.safe_load((CHECKOUT / "meta" / "runtime.yml").read_text())
    ranges = {**galaxy["dependencies"], "ansible-core": runtime["requires_ansible"]}
    for line in (CHECKOUT / "requirements.txt").read_text().splitlines():
        found = re.match(r"([a-z0-9_-]+)(>=.*)$", line)
        if found:
            ranges[found.group(1)] = found.group(2)
    return ranges


def differences() -> list[str]:
    """Where requirements.yml says something else than galaxy.yml."""
    galaxy = yaml.safe_load((CHECKOUT / "galaxy.yml").read_text())["dependencies"]
    wanted = yaml.safe_load((CHECKOUT / "requirements.yml").read_text())["collections"]
    listed = {each["name"]: each["version"] for each in wanted}
    return [] if listed == galaxy else [f"requirements.yml says {listed}, galaxy.yml says {galaxy}"]


def installed(venv: Path) -> dict[str, str]:
    """The versions in an environment."""
    return dict(json.loads(capture([venv / "bin" / "python", "-c", INSTALLED])))


def newest_problems(ranges: dict[str, str], versions: dict[str, str]) -> list[str]:
    """Where the newest tested version lies outside a range, or the range promises a major version never tested."""
    problems = []
    for name, text in ranges.items():
        lower, upper = bounds(text)
        version = numbers(versions[name])
        if version < numbers(lower) or (upper is not None and version >= numbers(upper)):
            problems.append(f"{name} {versions[name]} is tested, the range is {text}")
        if upper is not None and numbers(upper)[0] > version[0] + 1:
            problems.append(f"{name}: the range {text} promises more than the tested {versions[name]}")
    return problems


def oldest_problems(ranges: dict[str, str], versions: dict[str, str]) -> list[str]:
    """Where the oldest tested version is not the lower bound."""
    return [
        f"{name}: the lower bound is {bounds(text)[0]}, tested is {versions[name]}"
        for name, text in ranges.items()
        if versions[name] != bounds(text)[0]
    ]


def gate() -> Outcome:
    """Compare the files with each other and with both environments."""
    ranges = told()
    results = [differences(), newest_problems(ranges, installed(NEWEST))]
    reasons = []
    try:
        results.append(oldest_problems(ranges, installed(oldest())))
    except NotRunError as error:
        reasons.append(str(error))
    for problem in (problem for problems in results for problem in problems):
        print(problem)
    print(json.dumps(ranges, indent=1))
    failed = sum(1 for problems in results if problems)
    return Outcome(len(results) - failed, failed, len(reasons), reasons)
