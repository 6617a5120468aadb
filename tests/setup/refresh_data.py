# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the collection's reference tables from tab-separated files.

``python -m tests.setup.refresh_data --instance-types FILE --image-accounts FILE [--check]``

Each file starts with a comment line, which says its source and date and becomes the table's docstring, and a line
of column names: ``type interfaces ipv4_per_interface hypervisor bare_metal`` and ``region account``.
"""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "plugins" / "module_utils" / "_data"

HEADER = """\
# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.
# Written by tests/setup/refresh_data.py: change its source, not this file.

"""

INSTANCE_TYPES = '''\
"""{docstring}"""

from __future__ import annotations

from typing import NamedTuple

PREFIX_ADDRESSES = 16
"""Addresses in one prefix of prefix delegation."""

LIST_DATE = "{generated}"
"""The day on which the controller's list was generated: it may know more types since."""


class InstanceType(NamedTuple):
    """An EC2 instance type. ``hypervisor`` is ``nitro``, ``xen`` or, on bare metal, ``metal``."""

    name: str
    interfaces: int
    ipv4_per_interface: int
    hypervisor: str

    @property
    def secondary_limit(self) -> int:
        """Pods with an address of their own on a Windows node: one interface less its primary address."""
        return self.ipv4_per_interface - 1

    @property
    def prefix_limit(self) -> int | None:
        """The same under prefix delegation; None on Xen, which can't have it."""
        return None if self.hypervisor == "xen" else self.secondary_limit * PREFIX_ADDRESSES


def instance_type(name: str) -> InstanceType | None:
    """The type of this name; None where the VPC resource controller does not know it."""
    # One search in one text: a table of a thousand tuples would cost more to import than it is asked for.
    start = TABLE.find(f"\\n{{name}} ")
    if start < 0 or " " in name or not name:
        return None
    line = TABLE[start + 1 : TABLE.index("\\n", start + 1)]
    interfaces, addresses, hypervisor = line.split(" ")[1:]
    return InstanceType(name, int(interfaces), int(addresses), hypervisor)


# type, interfaces, IPv4 addresses of an interface, hypervisor
TABLE = """
{rows}
"""
'''

IMAGE_ACCOUNTS = '''\
"""{docstring}"""

from __future__ import annotations

from collections.abc import Mapping

DEFAULT_ACCOUNT = "{default}"

ACCOUNTS: Mapping[str, str] = {{
{rows}
}}
"""Regions whose account is another one."""


def image_account(region: str) -> str:
    """The account whose registry holds the EKS images of a region."""
    return ACCOUNTS.get(region, DEFAULT_ACCOUNT)
'''


def read_table(path: Path, columns: list[str]) -> tuple[str, list[list[str]]]:
    """The comment and the rows of a file."""
    comment, names, *lines = path.read_text(encoding="utf-8").splitlines()
    if not comment.startswith("# ") or names.split("\t") != columns:
        sys.exit(f"{path}: expected a comment line and the columns {' '.join(columns)}")
    rows = [line.split("\t") for line in lines if line]
    for row in rows:
        if len(row) != len(columns):
            sys.exit(f"{path}: {row[0]} has {len(row)} columns instead of {len(columns)}")
    return comment[2:], rows


def docstring(comment: str) -> str:
    """The comment as a docstring: its first sentence, then the rest, within the line length."""
    first, _, rest = comment.partition(". ")
    wrapped = textwrap.fill(rest, 116, break_on_hyphens=False, break_long_words=False)
    return f"{first}.\n\n{wrapped}\n" if rest else f"{first}\n"


def instance_types(path: Path) -> str:
    """Source of _data/instance_types.py."""
    comment, rows = read_table(path, ["type", "interfaces", "ipv4_per_interface", "hypervisor", "bare_metal"])
    lines = []
    for name, interfaces, addresses, hypervisor, bare_metal in sorted(rows):
        lines.append(f"{name} {int(interfaces)} {int(addresses)} {'metal' if bare_metal == 'true' else hypervisor}")
    generated = re.search(r"\bgenerated ([0-9]{4}-[0-9]{2}-[0-9]{2})\b", comment)
    if not generated:
        sys.exit(f"{path}: the comment does not say when the list was generated")
    return HEADER + INSTANCE_TYPES.format(
        docstring=docstring(comment), generated=generated.group(1), rows="\n".join(lines)
    )


def image_accounts(path: Path) -> str:
    """Source of _data/image_accounts.py."""
    comment, rows = read_table(path, ["region", "account"])
    accounts = {row[0]: row[1] for row in sorted(rows)}
    default = accounts.pop("default")
    lines = [f'    "{region}": "{account}",' for region, account in accounts.items()]
    return HEADER + IMAGE_ACCOUNTS.format(docstring=docstring(comment), default=default, rows="\n".join(lines))


def main(arguments: list[str] | None = None) -> int:
    """Write the tables, or with ``--check`` say which are not as their source; 1 where one is not."""
    parser = argparse.ArgumentParser(prog="python -m tests.setup.refresh_data", description=__doc__)
    parser.add_argument("--instance-types", type=Path, metavar="FILE")
    parser.add_argument("--image-accounts", type=Path, metavar="FILE")
    parser.add_argument("--check", action="store_true", help="write nothing")
    given = parser.parse_args(arguments)
    if not given.instance_types and not given.image_accounts:
        parser.error("name at least one file")
    wanted = {}
    if given.instance_types:
        wanted[DATA / "instance_types.py"] = instance_types(given.instance_types)
    if given.image_accounts:
        wanted[DATA / "image_accounts.py"] = image_accounts(given.image_accounts)
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        if given.check:
            print(f"{path.name} is not as its source")
        else:
            path.write_text(wanted[path], encoding="utf-8")
            print(f"{path.name} written")
    return 1 if given.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
