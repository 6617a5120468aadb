# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs one gate in a process of its own: ``python -m tests.gates._child NAME RESULT``."""

from __future__ import annotations

import dataclasses
import importlib
import json
import sys
import traceback
from pathlib import Path

from tests.gates._outcome import NotRunError, Outcome


def main() -> int:
    """Write the gate's outcome as JSON."""
    name, result = sys.argv[1:]
    try:
        outcome = importlib.import_module(f"tests.gates.{name}").gate()
        not_run = ""
    except NotRunError as error:
        outcome, not_run = Outcome(skipped=1, reasons=[str(error)]), str(error)
        print(f"not run: {error}")
    except KeyboardInterrupt:
        return 130
    except Exception:  # noqa: BLE001 - whatever a gate dies of is its failure
        traceback.print_exc()
        outcome, not_run = Outcome(failed=1), ""
    Path(result).write_text(json.dumps({**dataclasses.asdict(outcome), "not_run": not_run}))
    return 1 if outcome.failed else 0


if __name__ == "__main__":
    sys.exit(main())
