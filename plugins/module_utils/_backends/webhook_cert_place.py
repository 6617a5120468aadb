# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Which Service, Secret and webhooks the certificate is for: as the cluster tells it, completed by options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.webhook_cert_objects import (
    WEBHOOK_CONFIGURATIONS,
    Entry,
    entries_of,
    found_at,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.webhook_cert_pair import PairKeys
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesApi
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.legacy_variants import SECRET
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import WebhookService
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import (
    INJECT_CLUSTER_AUTHORITY,
    ISSUED_BY_CERT_MANAGER,
    ChainOverrides,
    read_chain,
    service_of,
    url_of,
)

CERTIFICATE_KEY, PRIVATE_KEY = "cert.pem", "key.pem"
"""Keys in the Secret of each known way but the Helm chart's."""

CERT_MANAGER_REMEDY = "Renew it by cert-manager, for example by cmctl renew, and remove it there where it is not wanted"


@dataclass(frozen=True)
class Place:
    """Where a webhook's certificate is.

    Attributes:
        configuration: Name of the MutatingWebhookConfiguration, whether it is there or not.
        service: The service that it calls.
        secret_name: The Secret, in the service's namespace, whether it is there or not.
        keys: The keys of the Secret's data.
        entries: The webhooks that call the service; none where there is no configuration yet.
        injected: The annotation by which cert-manager writes the cluster's authority, and no other, into them; empty
            for none.
    """

    configuration: str
    service: WebhookService
    secret_name: str
    keys: PairKeys
    entries: tuple[Entry, ...]
    injected: str = ""


def locate(api: KubernetesApi, options: Mapping[str, Any]) -> Place:
    """The place that the options mean.

    Args:
        api: The cluster's API.
        options: ``webhook_configuration``, and ``namespace``, ``service_name``, ``secret_name``, ``certificate_key``
            and ``key_name`` where they were given.

    Raises:
        EksWindowsError: Nothing tells the place, or cert-manager looks after it.
        KubernetesError: Something could not be read.
    """
    name = options["webhook_configuration"]
    configuration = found_at(api, f"{WEBHOOK_CONFIGURATIONS}/{name}")
    if configuration is None:
        return _to_come(name, options)
    overrides = ChainOverrides(
        secret_name=options["secret_name"] or "",
        certificate_key=options["certificate_key"] or "",
        private_key=options["key_name"] or "",
    )
    webhooks, service = _chosen(configuration, options)
    # What others' entries of the configuration call is not looked at: their Secret may not even be read.
    (chain,) = read_chain(api, {**configuration, "webhooks": webhooks}, overrides)
    if chain.managed_by == "cert-manager":
        raise EksWindowsError(
            f"MutatingWebhookConfiguration {name} has its certificate from cert-manager", CERT_MANAGER_REMEDY
        )
    if chain.secret is None:
        problems = "; ".join(chain.problems)
        raise EksWindowsError(
            f"Nothing tells which Secret webhook {chain.webhook} of MutatingWebhookConfiguration {name} serves with"
            f"{': ' if problems else ''}{problems}",
            "Mend that, or name the Secret by secret_name",
        )
    if chain.misplaced and not all(options[each] for each in ("secret_name", "certificate_key", "key_name")):
        raise EksWindowsError(
            f"A new pair in {chain.secret} would not be what the webhook serves with: {'; '.join(chain.misplaced)}",
            "Mount both from one Secret, or say what it serves with by secret_name, certificate_key and key_name",
        )
    if chain.secret_exists and not (chain.certificate_key and chain.private_key):
        raise EksWindowsError(
            f"Nothing tells which keys of {chain.secret} hold the certificate and the private key of webhook "
            f"{chain.webhook} of MutatingWebhookConfiguration {name}",
            "Name them by certificate_key and key_name",
        )
    keys = PairKeys(chain.certificate_key or CERTIFICATE_KEY, chain.private_key or PRIVATE_KEY)
    _refuse_one_key(keys, str(chain.secret))
    annotations = configuration["metadata"].get("annotations") or {}
    injected = next((each for each in INJECT_CLUSTER_AUTHORITY if annotations.get(each) == "true"), "")
    return Place(name, service, chain.secret.name, keys, entries_of(configuration, service), injected)


def _to_come(name: str, options: Mapping[str, Any]) -> Place:
    """The place of a webhook whose configuration does not exist yet."""
    if not (options["namespace"] and options["service_name"]):
        raise EksWindowsError(
            f"MutatingWebhookConfiguration {name} does not exist",
            "Name the right one by webhook_configuration, or the service of a webhook to come by namespace and "
            "service_name",
        )
    secret_name = options["secret_name"] or SECRET
    keys = PairKeys(options["certificate_key"] or CERTIFICATE_KEY, options["key_name"] or PRIVATE_KEY)
    _refuse_one_key(keys, f"Secret {options['namespace']}/{secret_name}")
    return Place(name, WebhookService(options["namespace"], options["service_name"], ""), secret_name, keys, ())


def _refuse_one_key(keys: PairKeys, secret: str) -> None:
    """Refuse one key of the Secret for both parts of the pair: the second that is stored would replace the first."""
    if keys.certificate == keys.private_key:
        raise EksWindowsError(
            f"{secret} has the certificate and its private key in one key of its data, {keys.certificate}",
            "Give the two keys of their own, such as cert.pem and key.pem, in the Secret and in the flags of the "
            "webhook's Deployment, and run this again",
        )


def _chosen(
    configuration: Mapping[str, Any], options: Mapping[str, Any]
) -> tuple[Sequence[Mapping[str, Any]], WebhookService]:
    """The one service that the options mean, and the webhooks of the configuration that call it."""
    name = options["webhook_configuration"]
    webhooks = configuration.get("webhooks") or ()
    services = [service for service in map(service_of, webhooks) if service and _is_meant(service, options)]
    places = {(service.namespace, service.name) for service in services}
    if len(places) == 1:
        return [webhook for webhook in webhooks if service_of(webhook) in services], services[0]
    called = ", ".join(dict.fromkeys(map(_called, webhooks)))
    if not places:
        raise EksWindowsError(
            f"MutatingWebhookConfiguration {name} calls no such Service, but {called or 'nothing'}",
            "Only what serves inside the cluster can get a certificate here: check webhook_configuration, namespace "
            "and service_name",
        )
    raise EksWindowsError(
        f"MutatingWebhookConfiguration {name} calls {called}", "Name the one by namespace and service_name"
    )


def _is_meant(service: WebhookService, options: Mapping[str, Any]) -> bool:
    return options["namespace"] in (None, "", service.namespace) and options["service_name"] in (None, "", service.name)


def _called(webhook: Mapping[str, Any]) -> str:
    service = service_of(webhook)
    return f"Service {service.namespace}/{service.name}" if service else f"URL {url_of(webhook) or 'none'}"


def refuse_secret(secret: Mapping[str, Any] | None, name: str) -> None:
    """Refuse a Secret that somebody else looks after.

    Raises:
        EksWindowsError: cert-manager issued its certificate.
    """
    annotations = (secret or {}).get("metadata", {}).get("annotations") or {}
    if any(annotation in annotations for annotation in ISSUED_BY_CERT_MANAGER):
        raise EksWindowsError(f"{name} has its certificate from cert-manager", CERT_MANAGER_REMEDY)


def refuse_write(secret: Mapping[str, Any] | None, name: str) -> None:
    """Refuse to change a Secret that can't be changed.

    Raises:
        EksWindowsError: It is immutable.
    """
    if secret is not None and secret.get("immutable") is True:
        raise EksWindowsError(
            f"{name} is immutable",
            "Copy it to a Secret of another name, so that its pair is kept. Then delete it and run this again: a new "
            "one will be made. A pod of the webhook that starts in between waits for it",
        )
