# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The add-on's schema has the options that the collection sends, in the forms that it sends."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft7Validator

from tests.live.addon import describe
from tests.live.cluster import LiveCluster
from tests.live.probe import Outcome, Probe, disproved, proved

SENT: dict[str, Any] = {
    "enableWindowsIpam": "true",
    "enableWindowsPrefixDelegation": "true",
    "warmWindowsPrefixTarget": 1,
    "warmWindowsIPTarget": 5,
    "minimumWindowsIPTarget": 5,
}


def run(cluster: LiveCluster) -> Outcome:
    """Hold the values to the schema of the installed version."""
    version = describe(cluster).version
    answer = cluster.call("eks", "describe_addon_configuration", addonName="vpc-cni", addonVersion=version)
    validator = Draft7Validator(json.loads(answer["configurationSchema"]))
    problems = [error.message for name, value in SENT.items() for error in validator.iter_errors({name: value})]
    if problems:
        return disproved(f"vpc-cni {version}: {'; '.join(problems)}")
    return proved(f"vpc-cni {version} takes {json.dumps(SENT)}")


PROBE = Probe("addon-schema", "The schema of vpc-cni from v1.16.0 on has the options for Windows at its top", run)
