# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each case runs on the emulated and on the real control plane."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.conformance.bench import Bench, eventually, pod
from tests.testbed.kubernetes.emulator import EmulatedKubernetes
from tests.testbed.kubernetes.real.binaries import ControlPlaneMissingError, find_binaries
from tests.testbed.kubernetes.real.server import RealKubernetes
from tests.testbed.kubernetes.types import KubernetesServer
from tests.testbed.standins.app_serving import AppServingSigner
from tests.testbed.standins.informer import Login

SIGNER_TOKEN = "app-serving-signer"
Tokens = dict[str, tuple[str, tuple[str, ...]]]


def _emulated(tokens: Tokens) -> KubernetesServer:
    return EmulatedKubernetes("1.20", beta_apis=True, authenticate=tokens.get, run_pods=False)


def _real(tokens: Tokens) -> KubernetesServer:
    try:
        binaries = find_binaries(build=False)
    except ControlPlaneMissingError as error:
        pytest.skip(f"not run on a real control plane: {error}")
    return RealKubernetes(authenticate=tokens.get, binaries=binaries)


@pytest.fixture(scope="session", params=["emulated", pytest.param("real", marks=pytest.mark.real)])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """One control plane of each kind, for all cases."""
    tokens: Tokens = {}
    server = (_emulated if request.param == "emulated" else _real)(tokens)
    server.start()
    with ExitStack() as stack:
        stack.callback(server.stop)
        if request.param == "real":
            # What EKS runs beside a control plane; the emulated one has it built in.
            tokens[SIGNER_TOKEN] = ("testbed:app-serving-signer", ("system:masters",))
            signer = AppServingSigner(Login(server.url, server.ca_pem, SIGNER_TOKEN), server.authority)
            signer.start()
            stack.callback(signer.stop)
        yield Bench(request.param, server, tokens)


@pytest.fixture
def namespace(bench: Bench) -> Iterator[str]:
    """A namespace of the case's own, ready for pods."""
    name = bench.unique()
    bench.admin.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    path = f"/api/v1/namespaces/{name}/pods"
    eventually(lambda: bench.admin.request("POST", path, pod("x", name), {"dryRun": "All"}).status == 201)
    yield name
    bench.admin.delete("namespaces", name)
