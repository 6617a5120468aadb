# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The work of eks_windows_preflight: connect, observe, judge."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.backend import Backend
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.options import (
    aws_argument_spec,
    kubernetes_argument_spec,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.ignore import parse_ignore
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.options import JudgeOptions
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.plan import PLANS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.render import as_result
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observe import observe

TARGETS = ("warm_ip_target", "minimum_ip_target", "warm_prefix_target")


def backend() -> Backend:
    """The module's interface and its work."""
    return Backend(
        argument_spec={
            "cluster_name": {"type": "str", "required": True},
            "goal": {"type": "str", "choices": list(PLANS), "default": "none"},
            "planned_instance_types": {"type": "list", "elements": "str", "default": []},
            "ignore": {"type": "list", "elements": "raw", "default": []},
            "renewal_days": {"type": "int", "default": 30},
            "cluster_policy": {"type": "str", "choices": ["manage", "verify", "ignore"], "default": "manage"},
            "ipam_owner": {"type": "str", "choices": ["auto", "addon", "config_map"], "default": "auto"},
            "prefix_delegation": {"type": "bool"},
            **{name: {"type": "int"} for name in TARGETS},
            "probe": {"type": "bool", "default": False},
            "probe_namespace": {"type": "str", "default": "default"},
            **aws_argument_spec(),
            **kubernetes_argument_spec(),
        },
        run=examine,
    )


def examine(parameters: Mapping[str, Any], _check_mode: bool) -> dict[str, Any]:
    """What the module returns for one cluster."""
    options = judge_options(parameters, datetime.now(UTC).date())
    connection = AwsConnection(parameters)
    observation = observe(connection, parameters)
    return {"changed": False, **as_result(observation, options), **connection.resource_actions}


def judge_options(parameters: Mapping[str, Any], today: date) -> JudgeOptions:
    """How the cluster is judged. Wrong input is an error before anything is asked."""
    try:
        waivers = parse_ignore(parameters["ignore"])
    except ValueError as error:
        raise EksWindowsError(f"Cluster {parameters['cluster_name']}: {error}") from error
    for name in (*TARGETS, "renewal_days"):
        if parameters[name] is not None and parameters[name] < 0:
            raise EksWindowsError(
                f"Cluster {parameters['cluster_name']}: {name} is {parameters[name]}, and can't be negative"
            )
    return JudgeOptions(
        today=today,
        goal=parameters["goal"],
        planned_instance_types=tuple(parameters["planned_instance_types"]),
        ignore=waivers,
        cluster_policy=parameters["cluster_policy"],
        ipam_owner=parameters["ipam_owner"],
        renewal_days=parameters["renewal_days"],
        prefix_delegation=parameters["prefix_delegation"],
        **{name: parameters[name] for name in TARGETS},
    )
