# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No file names the machine it was written on: its folders, its name, its package servers."""

from __future__ import annotations

import re
import socket
from pathlib import Path

from tests.gates._outcome import Outcome, judged
from tests.gates._places import CHECKOUT, NEWEST, capture, project_files

HOST = re.compile(r"https?://([^/\s'\"@]+@)?([A-Za-z0-9.-]+)")
TOO_COMMON = ("localhost", "127.0.0.1", "debian")


def package_servers() -> set[str]:
    """The hosts that pip and apt of this machine are told to ask."""
    texts = [capture([NEWEST / "bin" / "python", "-m", "pip", "config", "list"])]
    for pattern in ("sources.list", "sources.list.d/*"):
        texts += [file.read_text(errors="replace") for file in Path("/etc/apt").glob(pattern) if file.is_file()]
    return {host for text in texts for _user, host in HOST.findall(text)}


def forbidden() -> dict[str, str]:
    """What must not occur, and what it is."""
    words = {f"{CHECKOUT}/": "the checkout's folder", f"{CHECKOUT.parent}/": "the folder above the checkout"}
    if Path.home() != Path("/root"):
        words[f"{Path.home()}/"] = "a home folder"
    words |= dict.fromkeys(package_servers(), "a package server of this machine")
    words[socket.gethostname()] = "this machine's name"
    return {word: what for word, what in words.items() if len(word) > 5 and word not in TOO_COMMON}


def gate() -> Outcome:
    """Look through every text file of the project."""
    words = forbidden()
    problems = []
    files = project_files()
    for file in files:
        text = (CHECKOUT / file).read_text(errors="replace")
        problems += [f"{file}: names {word}, {what}" for word, what in words.items() if word in text]
    return judged(problems, f"{len(files)} files name none of {len(words)} things of this machine")
