# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""shellcheck on the shell scripts."""

from __future__ import annotations

from tests.gates._outcome import Outcome
from tests.gates._places import CHECKOUT, NEWEST, project_files, run


def gate() -> Outcome:
    """Check each file that says it is a shell script."""
    scripts = [
        file
        for file in project_files()
        if file.suffix in ("", ".sh")
        and (CHECKOUT / file).read_bytes()[:20].startswith((b"#!/bin/sh", b"#!/usr/bin/env bash"))
    ]
    status = run([NEWEST / "bin" / "shellcheck", *scripts])
    return Outcome(failed=1) if status else Outcome(passed=1)
