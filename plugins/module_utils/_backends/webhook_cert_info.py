# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The work of webhook_cert_info: find what serves a webhook, and tell of its certificate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.backend import Backend
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.cluster_api import cluster_api
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import (
    KubernetesApi,
    KubernetesError,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.options import (
    aws_argument_spec,
    kubernetes_argument_spec,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.ignore import parse_ignore
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.webhook_report import webhooks_report
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.attempt import kubernetes_unknown
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.aws_reads import existing_cluster
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import (
    CONFIGURATIONS,
    ChainOverrides,
    WebhookChain,
    legacy_configurations,
    read_chain,
)


def backend() -> Backend:
    """The module's interface and its work."""
    return Backend(
        argument_spec={
            "cluster_name": {"type": "str", "required": True},
            "webhook_configuration": {"type": "str"},
            "namespace": {"type": "str"},
            "secret_name": {"type": "str", "no_log": False},
            "certificate_key": {"type": "str", "no_log": False},
            "key_name": {"type": "str", "no_log": False},
            "renewal_days": {"type": "int", "default": 30},
            "at": {"type": "str"},
            "ignore": {"type": "list", "elements": "raw", "default": []},
            **aws_argument_spec(),
            **kubernetes_argument_spec(),
        },
        run=gather,
        requirements=("boto3", "botocore", "urllib3", "cryptography"),
    )


def gather(parameters: Mapping[str, Any], _check_mode: bool) -> dict[str, Any]:
    """What the module returns for one cluster."""
    name = parameters["cluster_name"]
    try:
        at = parse_at(parameters["at"])
        parse_ignore(parameters["ignore"])
    except ValueError as error:
        raise EksWindowsError(f"Cluster {name}: {error}") from error
    if parameters["renewal_days"] < 0:
        raise EksWindowsError(f"Cluster {name}: renewal_days is {parameters['renewal_days']}, and can't be negative")
    aws = AwsConnection(parameters)
    with cluster_api(aws, existing_cluster(aws, name), parameters) as api:
        try:
            chains = read_chains(api, parameters)
        except KubernetesError as error:
            part = kubernetes_unknown(error)
            raise EksWindowsError(
                f"Cluster {name}: could not find what serves the webhook: {part.source}: {part.reason}", part.remedy
            ) from error
    report = webhooks_report(chains, at, parameters["renewal_days"])
    return {"changed": False, **report, **aws.resource_actions}


def parse_at(text: str | None) -> datetime:
    """The time meant: now where none is given, the beginning of a date, and UTC without an offset.

    Raises:
        ValueError: It is neither a time of RFC 3339 nor a date.
    """
    if not text:
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(
            f"at is {text!r}, and has to be a time such as 2026-12-31T23:59:00Z, or a date such as 2026-12-31"
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def read_chains(api: KubernetesApi, parameters: Mapping[str, Any]) -> tuple[WebhookChain, ...]:
    """The chains of the configuration that is named, or of those of legacy support; none where there is none.

    Raises:
        KubernetesError: Nothing could be read.
    """
    overrides = ChainOverrides(
        namespace=parameters["namespace"] or "",
        secret_name=parameters["secret_name"] or "",
        certificate_key=parameters["certificate_key"] or "",
        private_key=parameters["key_name"] or "",
    )
    return tuple(
        chain
        for configuration in _configurations(api, parameters["webhook_configuration"])
        for chain in read_chain(api, configuration, overrides, tolerant=True)
    )


def _configurations(api: KubernetesApi, name: str | None) -> tuple[Mapping[str, Any], ...]:
    if not name:
        return legacy_configurations(api)
    try:
        return (api.get(f"{CONFIGURATIONS}/{quote(name, safe='')}"),)
    except KubernetesError as error:
        if error.status == 404:
            return ()
        raise
