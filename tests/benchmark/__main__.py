# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Prints what one converged cluster costs."""

from __future__ import annotations

from tests.benchmark.one_cluster import CALL_BUDGET, CPU_BUDGET, figures


def main() -> None:
    """Measure and print."""
    found = figures()
    print("One converged cluster, embedded fleet, cheapest runs\n")
    print(f"{'':34}{'CPU s':>8}{'wall s':>8}{'peak MiB':>10}")
    for title, cost in (("playbook start, task skipped", found.start), ("the same with preflight", found.preflight)):
        print(f"{title:34}{cost.cpu:8.2f}{cost.wall:8.2f}{cost.peak_mib:10.0f}")
    print(f"{'preflight beyond the start':34}{found.cpu:8.2f}  (budget {CPU_BUDGET})")
    print(f"\nAPI calls of preflight, counted at the servers: {len(found.calls)} (budget {CALL_BUDGET})")
    print("\n".join(f"  {call}" for call in found.calls))
    print(f"\nAPI calls of enable: {len(found.enable_calls)}")
    print(f"Tasks of enable that talk to an API: {', '.join(found.enable_api_tasks)}")


if __name__ == "__main__":
    main()
