# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packages and sources from the machine's own Debian mirrors, without root and without a change to the machine.

apt runs with lists, caches and source entries in a private folder. The entries are the machine's own, each
with its ``deb-src`` twin; keys, proxies and credentials stay those of the machine.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path


class DebianError(Exception):
    """apt is not there, or does not have what was asked of it; the message says what to do instead."""


def source_entries(folder: Path) -> dict[str, str]:
    """The source entries below ``folder`` (normally /etc/apt) with ``deb-src`` added, by file name."""
    files = [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))]
    entries: dict[str, str] = {}
    for file in files:
        if not file.is_file() or file.suffix not in (".list", ".sources"):
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        entries[file.name] = _deb822(text) if file.suffix == ".sources" else _one_line(text)
    return {name: text for name, text in entries.items() if text.strip()}


def _deb822(text: str) -> str:
    return re.sub(r"(?im)^Types:.*$", "Types: deb deb-src", text)


def _one_line(text: str) -> str:
    lines: list[str] = []
    for line in text.splitlines():
        kind, _, rest = line.strip().partition(" ")
        if kind == "deb" and "cdrom:" not in rest:
            lines += [f"deb {rest}", f"deb-src {rest}"]
    return "".join(line + "\n" for line in dict.fromkeys(lines))


class Apt:
    """apt with a private folder.

    Args:
        folder: Where lists, caches and source entries are kept; made where it is missing.
        etc: The machine's apt configuration, read only.
    """

    def __init__(self, folder: Path, etc: Path = Path("/etc/apt")) -> None:
        if not shutil.which("apt-get"):
            raise DebianError("this is not a Debian-like system: apt-get was not found")
        self._folder = folder
        for name in ("sources.list.d", "lists/partial", "cache/archives/partial"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for old in (folder / "sources.list.d").iterdir():
            old.unlink()
        for name, text in source_entries(etc).items():
            (folder / "sources.list.d" / name).write_text(text, encoding="utf-8")

    def _command(self, tool: str, *arguments: str) -> list[str]:
        options = {
            "Dir::Etc::SourceList": "/dev/null",
            "Dir::Etc::SourceParts": self._folder / "sources.list.d",
            "Dir::State::Lists": self._folder / "lists",
            "Dir::Cache": self._folder / "cache",
            "APT::Sandbox::User": "",
            "Acquire::Languages": "none",
        }
        return [tool, *(f"-o{name}={value}" for name, value in options.items()), *arguments]

    def _run(self, tool: str, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._command(tool, *arguments),
            cwd=cwd or self._folder,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def update(self) -> str:
        """Fetch the lists; returns apt's complaints. One mirror that fails is no error as long as others hold
        what is wanted, which only a look at the package can tell."""
        return self._run("apt-get", "update", "-q").stderr.strip()

    def source_versions(self, package: str) -> list[str]:
        """The versions of the source package ``package`` that the mirrors hold."""
        found = self._run("apt-cache", "showsrc", "--only-source", package).stdout
        return list(dict.fromkeys(re.findall(r"(?m)^Version: (.+)$", found)))

    def download_source(self, package: str, version: str, folder: Path) -> list[Path]:
        """Fetch the verified files of a source package into ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        done = self._run("apt-get", "source", "-q", "--download-only", f"{package}={version}", cwd=folder)
        if done.returncode:
            raise DebianError(f"apt-get source {package}={version} failed: {done.stderr.strip()}")
        return sorted(folder.iterdir())

    def dependencies(self, package: str) -> list[str]:
        """The names of the packages that ``package`` depends on."""
        found = self._run("apt-cache", "depends", "--important", package).stdout
        return [name for name in re.findall(r"(?m)^\s*\|?Depends: (\S+)$", found) if not name.startswith("<")]

    def missing(self, package: str) -> list[str]:
        """The names of ``package`` and of all it needs that this machine has not installed.

        Raises:
            DebianError: Where the mirrors do not hold it, or not all that it needs.
        """
        done = self._run("apt-get", "install", "--simulate", "--no-install-recommends", package)
        if done.returncode:
            raise DebianError(f"the mirrors of this machine can not serve {package}: {done.stderr.strip()}")
        return re.findall(r"(?m)^Inst (\S+) ", done.stdout)

    def unpack(self, packages: list[str], root: Path) -> None:
        """Fetch binary packages and unpack them below ``root``; nothing of them is installed or run."""
        archives = self._folder / "cache" / "archives"
        for old in archives.glob("*.deb"):
            old.unlink()
        done = self._run("apt-get", "download", "-q", *packages, cwd=archives)
        if done.returncode:
            raise DebianError(f"apt-get download {' '.join(packages)} failed: {done.stderr.strip()}")
        for archive in sorted(archives.glob("*.deb")):
            subprocess.run(["dpkg-deb", "--extract", str(archive), str(root)], check=True)
            archive.unlink()
