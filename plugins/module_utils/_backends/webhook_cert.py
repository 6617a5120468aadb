# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The work of webhook_cert: connect, find the place, bring its certificate to the state, tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

# Where it is missing, the backend's requirements say so before it runs.
with suppress(ImportError):
    from botocore.exceptions import BotoCoreError, ClientError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.backend import Backend
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.patience import Clock
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.webhook_cert_failures import (
    doing,
    of_cluster,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.webhook_cert_issue import Issuer
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.webhook_cert_objects import (
    CaBundles,
    PairSecret,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.webhook_cert_place import locate
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.webhook_cert_work import (
    WebhookCertificate,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws_errors import aws_failure
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.cluster import Cluster
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_access import access
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesApi
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.options import (
    aws_argument_spec,
    kubernetes_argument_spec,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.redaction import Secret
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.signing_request import (
    SigningApi,
    SigningRequests,
    choose_api,
    served_versions,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.ignore import parse_ignore
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.aws_reads import existing_cluster

SMALLEST_KEY = 2048
LARGEST_KEY = 16384


def backend(clock: Clock | None = None) -> Backend:
    """The module's interface and its work; ``clock`` is a test's own."""
    time = clock or Clock()
    return Backend(
        argument_spec={
            "cluster_name": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "restored", "proved"], "default": "present"},
            "webhook_configuration": {"type": "str", "default": "vpc-admission-webhook-cfg"},
            "namespace": {"type": "str"},
            "service_name": {"type": "str"},
            "secret_name": {"type": "str", "no_log": False},
            "certificate_key": {"type": "str", "no_log": False},
            "key_name": {"type": "str", "no_log": False},
            "signer_name": {"type": "str"},
            "key_size": {"type": "int", "default": SMALLEST_KEY, "no_log": False},
            "renewal_days": {"type": "int", "default": 30},
            "wait_timeout": {"type": "int", "default": 60},
            "ignore": {"type": "list", "elements": "raw", "default": []},
            **aws_argument_spec(),
            **kubernetes_argument_spec(),
        },
        run=lambda parameters, check_mode: ensure(parameters, check_mode, time),
        requirements=("boto3", "botocore", "urllib3", "cryptography"),
    )


def ensure(parameters: Mapping[str, Any], check_mode: bool, clock: Clock) -> dict[str, Any]:
    """Bring the certificate to the state that is asked for."""
    check(parameters)
    aws = AwsConnection(parameters)
    cluster = existing_cluster(aws, parameters["cluster_name"])
    api, authorities = reach(aws, cluster, parameters)
    try:
        with of_cluster(cluster.name):
            return {**bring(api, cluster, authorities, parameters, check_mode, clock), **aws.resource_actions}
    finally:
        api.close()


def check(parameters: Mapping[str, Any]) -> None:
    """Refuse options that can't be right before anything is asked."""
    name = parameters["cluster_name"]
    try:
        parse_ignore(parameters["ignore"])
    except ValueError as error:
        raise EksWindowsError(f"Cluster {name}: {error}") from error
    if not SMALLEST_KEY <= parameters["key_size"] <= LARGEST_KEY:
        raise EksWindowsError(
            f"Cluster {name}: key_size is {parameters['key_size']}, and has to be from {SMALLEST_KEY} to {LARGEST_KEY}"
        )
    for option in ("renewal_days", "wait_timeout"):
        if parameters[option] < 0:
            raise EksWindowsError(f"Cluster {name}: {option} is {parameters[option]}, and can't be negative")


def reach(aws: AwsConnection, cluster: Cluster, parameters: Mapping[str, Any]) -> tuple[KubernetesApi, list[str]]:
    """The cluster's Kubernetes API, and the authorities that stand for the cluster, PEM texts."""

    def token() -> Secret:
        return aws.eks_token(cluster.token_id or cluster.name, parameters["kubernetes_role_arn"])

    try:
        reached = access(parameters, cluster, token)
    except (BotoCoreError, ClientError) as error:
        what = f"Cluster {cluster.name}: could not become {parameters['kubernetes_role_arn']}"
        raise aws_failure(what, error, "sts:AssumeRole") from error
    if reached.api is None:
        raise EksWindowsError(
            f"Cluster {cluster.name}: nothing was asked of Kubernetes: {reached.connection.refused}",
            "Leave kubeconfig, context, host and ca_cert out, or make them those of the cluster; cluster.identity in "
            "ignore admits a proxy",
        )
    # A proxy that is let in shows a certificate of its own: who signs in the cluster is what EKS says.
    return reached.api, [cluster.certificate_authority]


def bring(
    api: KubernetesApi,
    cluster: Cluster,
    authorities: list[str],
    parameters: Mapping[str, Any],
    check_mode: bool,
    clock: Clock,
    at: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> dict[str, Any]:
    """The certificate in its state, as the module tells it; ``at`` is the time as a date, aware."""
    with doing("find what serves the webhook"):
        place = locate(api, parameters)
    secret = PairSecret(api, place.service.namespace, place.secret_name, place.keys)
    bundles = CaBundles(api, place.configuration, place.service)
    work = WebhookCertificate(place, secret, bundles, authorities, check_mode, at)
    made: list[tuple[Issuer, SigningApi]] = []

    def issuer() -> Issuer:
        signing = signing_api(api, cluster, parameters)
        requests = SigningRequests(api, signing, place.service.namespace, place.secret_name)
        made.append((Issuer(requests, signing, place.service, clock, at), signing))
        return made[-1][0]

    if parameters["state"] == "present":
        outcome = work.present(issuer, parameters)
    elif parameters["state"] == "restored":
        outcome = work.restored()
    else:
        outcome = work.proved()
    told = work.result(outcome)
    told["signing_request"] = None
    for used, signing in made:
        if not used.name:
            # Check mode asks for none.
            continue
        told["signing_request"] = {
            "name": used.name,
            "api_version": f"certificates.k8s.io/{signing.version}",
            "signer_name": signing.signer_name or None,
        }
        if used.warnings:
            told["warnings"] = used.warnings
    return told


def signing_api(api: KubernetesApi, cluster: Cluster, parameters: Mapping[str, Any]) -> SigningApi:
    """How the cluster takes signing requests."""
    with doing("see which versions of certificates.k8s.io are served"):
        served = served_versions(api)
    signing = choose_api(served, cluster.version, parameters["signer_name"] or "")
    if signing is None:
        wanted = "v1, which alone takes a signer_name" if parameters["signer_name"] else "v1 or v1beta1"
        raise EksWindowsError(
            f"The cluster does not serve certificates.k8s.io/{wanted}, but {', '.join(served) or 'none'}",
            "Leave signer_name out, or look at why the API group is missing",
        )
    return signing
