# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""molecule: each scenario of extensions/molecule, against a real control plane."""

from __future__ import annotations

from dataclasses import replace

from tests.gates._outcome import NotRunError, Outcome
from tests.gates._places import CHECKOUT, NEWEST, collection_copy, environment, run
from tests.support.fleets import NO_WINDOWS_POLICY, NODES
from tests.testbed.kubernetes.real.binaries import ControlPlaneMissingError, find_binaries
from tests.testbed.specs import ClusterSpec
from tests.testbed.testbed import Testbed

SECONDS = 240
# Their clusters are of versions that have no Windows support in the control plane.
LEGACY = frozenset({"cert_renew", "legacy_install", "legacy_remove"})


def scenario(name: str) -> bool:
    """Run one scenario on a cluster of its own; whether all its steps succeeded."""
    spec = ClusterSpec(name, policies=NO_WINDOWS_POLICY, nodes=NODES)
    if name in LEGACY:
        spec = replace(spec, version="1.20", platform_version="eks.1", controller=False)
    with (
        Testbed([spec], control_plane="real") as testbed,
        collection_copy() as copy,
    ):
        variables = environment(
            own_home=True,
            ANSIBLE_COLLECTIONS_PATH=str(copy.parents[2]),
            EKS_WINDOWS_INVENTORY=str(testbed.inventory),
        )
        variables |= testbed.environment
        return run([NEWEST / "bin" / "molecule", "test", "--scenario-name", name], variables, copy / "extensions") == 0


def gate() -> Outcome:
    """Run each scenario.

    Raises:
        NotRunError: Where there is no real control plane.
    """
    try:
        find_binaries()
    except ControlPlaneMissingError as error:
        raise NotRunError(f"no real control plane: {error}") from error
    names = [file.parent.name for file in sorted((CHECKOUT / "extensions" / "molecule").glob("*/molecule.yml"))]
    results = [scenario(name) for name in names]
    return Outcome(passed=results.count(True), failed=results.count(False))
