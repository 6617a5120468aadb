# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""mypy --strict on the library and on the testbed."""

from __future__ import annotations

from tests.gates._outcome import Outcome
from tests.gates._places import CHECKOUT, NEWEST, run

PLUGINS = "ansible_collections.cloudops.eks_windows.plugins"
SECONDS = 60


def gate() -> Outcome:
    """Check what the collection ships by its public name, and the test tools by theirs."""
    shipped = [
        f"{PLUGINS}.{name}" for name in ("module_utils", "plugin_utils") if (CHECKOUT / "plugins" / name).is_dir()
    ]
    tools = [
        f"tests.{name}"
        for name in ("testbed", "support", "gates", "demo", "benchmark", "live")
        if (CHECKOUT / "tests" / name).is_dir()
    ]
    results = [
        run([NEWEST / "bin" / "mypy", *(word for package in packages for word in ("-p", package))])
        for packages in (shipped, tools)
    ]
    return Outcome(passed=results.count(0), failed=len(results) - results.count(0))
