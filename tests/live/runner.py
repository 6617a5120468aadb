# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs probes one after the other: those that write only where that was allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from tests.live.cluster import LiveCluster
from tests.live.probe import Change, NotRunError, Outcome, Probe
from tests.live.restoring import NotPutBackError

FAILURES = (ApiException, BotoCoreError, ClientError, EksWindowsError, HTTPError, OSError, ValueError)

Allow = Callable[[Probe, Change], str]
"""Whether a probe may write: empty, or why it may not."""


@dataclass(frozen=True)
class Result:
    """What came of one probe. ``left`` says what it could not put back, empty where nothing stayed changed."""

    probe: Probe
    outcome: Outcome
    left: str = ""


def run_probes(cluster: LiveCluster, probes: Iterable[Probe], allow: Allow) -> Iterator[Result]:
    """The result of each probe, as soon as it is there."""
    for probe in probes:
        yield run_probe(cluster, probe, allow)


def run_probe(cluster: LiveCluster, probe: Probe, allow: Allow) -> Result:
    """One probe. Whatever kept it from a verdict makes it ``not run``, with the reason."""
    try:
        if probe.changes is not None:
            refusal = allow(probe, probe.changes(cluster))
            if refusal:
                return Result(probe, Outcome("not run", refusal))
        return Result(probe, probe.run(cluster))
    except NotPutBackError as error:
        return Result(probe, Outcome("not run", "what it had changed could not be put back"), str(error))
    except NotRunError as error:
        return Result(probe, Outcome("not run", str(error)))
    except FAILURES as error:
        return Result(probe, Outcome("not run", f"no verdict: {words(error)}"))


def words(error: Exception) -> str:
    """An error in one line."""
    if isinstance(error, ApiException):
        return f"Kubernetes answered {error.status} {error.reason}: {error.body or ''}".strip()
    return " ".join(str(error).split()) or type(error).__name__
