# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What a version of a managed add-on can be configured with. Source: the service model of EKS in botocore 1.43."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Addon


def configuration_schema(aws: AwsConnection, addon: Addon) -> dict[str, Any]:
    """The JSON schema of the add-on's configuration, for the version that is installed; empty where it has none.

    Raises:
        ClientError: AWS refuses.
        BotoCoreError: AWS isn't reached.
        EksWindowsError: What AWS calls the schema is no JSON object.
    """
    answer = aws.call("eks", "describe_addon_configuration", addonName=addon.name, addonVersion=addon.version)
    text = answer.get("configurationSchema") or "{}"
    try:
        schema = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        schema = None
    if not isinstance(schema, dict):
        raise EksWindowsError(
            f"the configuration schema of add-on {addon.name} {addon.version} is no JSON object",
            remedy=f"Look at aws eks describe-addon-configuration --addon-name {addon.name} "
            f"--addon-version {addon.version}",
        )
    return schema
