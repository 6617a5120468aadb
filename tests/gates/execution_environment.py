# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-builder reads the collection's Python and system requirements."""

from __future__ import annotations

import yaml

from tests.gates._outcome import Outcome, judged
from tests.gates._places import COLLECTION, NEWEST, capture, collection_copy, environment


def gate() -> Outcome:
    """Introspect a tree with this collection and look for what it must find."""
    with collection_copy() as copy:
        wanted = [
            line.split(">")[0].strip()
            for line in (copy / "requirements.txt").read_text().splitlines()
            if line and not line.startswith("#")
        ]
        found = capture([NEWEST / "bin" / "ansible-builder", "introspect", copy.parents[2]], environment(own_home=True))
    print(found)
    told = yaml.safe_load(found[found.index("---") :] if "---" in found else found)
    lines = [str(line) for line in told["python"]["cloudops.eks_windows"]] if isinstance(told["python"], dict) else []
    lines = lines or [str(line) for line in told["python"]]
    problems = [
        f"{name} is not among what introspect found" for name in wanted if not any(name in line for line in lines)
    ]
    if not any("ca-certificates" in str(line) for line in (told["system"] or [])) and "ca-certificates" not in found:
        problems.append("the system packages of meta/bindep.txt were not found")
    return judged(
        problems, f"introspect finds {len(wanted)} Python requirements of {COLLECTION} and its system packages"
    )
