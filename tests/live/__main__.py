# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Puts the assumptions of docs/assumptions.md to the proof on a cluster of AWS.

  make test-live CLUSTER=name REGION=region
  python -m tests.live --cluster NAME --region REGION [--only PROBE] [--yes PROBE]

Credentials come from the environment (AWS_PROFILE included). Probes that only read run at once; each that writes says
what it will change and how it puts that back, and asks first. Without a terminal it is not run unless --yes names it.
Use a cluster that may be played with.

Exit status: 0 at least one proved and none disproved, 1 disproved, 2 unusable arguments or cluster, 3 nothing came to a
verdict, 4 something could not be put back.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from tests.live.asking import Asking
from tests.live.catalogue import catalogue
from tests.live.cluster import POLL_SECONDS, WATCH_SECONDS, LiveCluster
from tests.live.report import UNUSABLE, counts, elsewhere, line, status
from tests.live.runner import run_probes
from tests.live.runner import words as words_of


def parser(probes: Sequence[str]) -> argparse.ArgumentParser:
    """The command line."""
    found = argparse.ArgumentParser(
        prog="python -m tests.live", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    found.add_argument("--cluster", default="", help="the cluster's name")
    found.add_argument("--region", default="", help="its region, by default that of the environment or the profile")
    found.add_argument("--kubernetes-role-arn", default="", help="a role to assume for the Kubernetes API")
    found.add_argument("--only", action="append", choices=probes, metavar="PROBE", help="run this one; may be repeated")
    found.add_argument(
        "--yes", action="append", default=[], choices=probes, metavar="PROBE", help="let this one write unasked"
    )
    found.add_argument("--list", action="store_true", help="name the probes and stop")
    found.add_argument(
        "--watch-seconds", type=float, default=WATCH_SECONDS, help="how long edits are watched (%(default)s)"
    )
    found.add_argument("--poll-seconds", type=float, default=POLL_SECONDS, help=argparse.SUPPRESS)
    return found


def main(words: Sequence[str] | None = None) -> int:
    """Run what was asked for."""
    probes = catalogue()
    usage = parser(list(probes))
    arguments = usage.parse_args(words)
    if arguments.list:
        for probe in probes.values():
            print(f"{probe.id:28} {'writes' if probe.changes else 'reads':7} {probe.title}")
        return 0
    if not arguments.cluster:
        usage.print_help(sys.stderr)
        return UNUSABLE
    # Whatever ends the run, what a probe changed is put back.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        cluster = LiveCluster(
            arguments.cluster,
            arguments.region,
            arguments.kubernetes_role_arn,
            arguments.poll_seconds,
            arguments.watch_seconds,
        )
    except (EksWindowsError, ClientError, BotoCoreError) as error:
        print(words_of(error), file=sys.stderr)
        return UNUSABLE
    chosen = [probe for probe in probes.values() if not arguments.only or probe.id in arguments.only]
    allow = Asking(cluster.described.arn, arguments.yes, sys.stdin, sys.stdout)
    print(f"{cluster.described.arn}: Kubernetes {cluster.described.version}, {cluster.described.platform_version}")
    results = []
    for result in run_probes(cluster, chosen, allow):
        results.append(result)
        print(line(result), flush=True)
    cluster.kubernetes.close()
    if said := elsewhere(os.environ):
        print(f"\n{said}")
    print(f"\n{counts(results)}")
    return status(results)


if __name__ == "__main__":
    sys.exit(main())
