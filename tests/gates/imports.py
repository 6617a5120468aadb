# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the plugins import is what requirements.txt and galaxy.yml ask for."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import yaml

from tests.gates._outcome import Outcome, judged
from tests.gates._places import CHECKOUT

OWN = "cloudops.eks_windows"


def imported(tree: ast.AST) -> set[str]:
    """Names of the modules that a file imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return names


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\s;<>=!~\[(]", name.strip(), maxsplit=1)[0]).lower()


def asked_for() -> set[str]:
    """The distributions of requirements.txt, and what those themselves need."""
    lines = (CHECKOUT / "requirements.txt").read_text().splitlines()
    direct = {normal(line) for line in lines if line.strip() and not line.startswith("#")}
    needed = set(direct)
    for name in direct:
        try:
            needed |= {normal(each) for each in requires(name) or [] if "extra ==" not in each}
        except PackageNotFoundError:
            continue
    return needed


def problems_of(file: Path, collections: set[str], distributions: set[str]) -> list[str]:
    """What one file imports and no requirement provides."""
    problems = []
    owners = packages_distributions()
    for name in sorted(imported(ast.parse((CHECKOUT / file).read_text()))):
        top = name.split(".")[0]
        if top == "ansible_collections":
            collection = ".".join(name.split(".")[1:3])
            if collection != OWN and collection not in collections:
                problems.append(f"{file}: imports from {collection}, which galaxy.yml does not depend on")
        elif top == "tests":
            problems.append(f"{file}: imports {name}, which is not shipped")
        elif top != "ansible" and top not in sys.stdlib_module_names:
            providers = {normal(each) for each in owners.get(top, [top])}
            if not providers & distributions:
                problems.append(f"{file}: imports {name}, which requirements.txt does not bring")
    return problems


def gate() -> Outcome:
    """Look at each plugin and module_utils file."""
    collections = set(yaml.safe_load((CHECKOUT / "galaxy.yml").read_text())["dependencies"])
    distributions = asked_for()
    files = sorted(path.relative_to(CHECKOUT) for path in (CHECKOUT / "plugins").rglob("*.py"))
    problems = [problem for file in files for problem in problems_of(file, collections, distributions)]
    return judged(problems, f"{len(files)} files import nothing that is not asked for")
