# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Who serves a webhook, and with which certificate: from its configuration to the keys of a Secret.

Nothing is told by names alone: the configuration names the Service, whose selector finds the Deployment, whose flags
and volumes name the Secret and its keys. Names of the known ways of installation complete what is missing on that way.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from urllib.parse import quote

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import (
    KubernetesApi,
    KubernetesError,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.certificate_backup import (
    BACKUP_OF,
    EASED,
    backup_name,
    label_value,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.legacy_variants import (
    SERVICES,
    VARIANTS,
    WEBHOOK_CONFIGURATIONS,
    LegacyVariant,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe import key_pair
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.attempt import kubernetes_unknown
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.deployment_secrets import secrets_of
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.key_pair import KeyState
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.kubernetes_reads import label_selector
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    LabelSelector,
    ObjectRef,
    Unknown,
    WebhookService,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_deployment import (
    is_paused,
    leaves_gap,
    serving_deployment,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_mount import (
    MountedPair,
    mounted_pair,
)

T = TypeVar("T")

CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"

NO_CRYPTOGRAPHY = "the Python package cryptography is not installed where this runs"
INSTALL_CRYPTOGRAPHY = "Install cryptography for the Python that runs this, as requirements.txt asks"

HTTPS = 443
"""The port of a Service at which a webhook is called where its configuration names none."""

USUAL_KEYS = (("cert.pem", "key.pem"), ("tls.crt", "tls.key"))
"""Certificate and private key in a Secret, where nothing tells their keys."""

ISSUED_BY_CERT_MANAGER = ("cert-manager.io/certificate-name", "certmanager.k8s.io/certificate-name")
INJECTED_BY_CERT_MANAGER = (
    "cert-manager.io/inject-ca-from",
    "cert-manager.io/inject-ca-from-secret",
    "certmanager.k8s.io/inject-ca-from",
)
"""Annotations of a Secret, and of a webhook configuration. Source: cert-manager's documentation (concepts, CA
injector), and of its releases before 0.11 the names under the older group."""

NO_SIDE_EFFECTS = ("None", "NoneOnDryRun")
"""The values of sideEffects with which the API server calls a webhook for a dry run. Source: Kubernetes, "Dynamic
Admission Control", side effects."""

INJECT_CLUSTER_AUTHORITY = ("cert-manager.io/inject-apiserver-ca", "certmanager.k8s.io/inject-apiserver-ca")
"""Annotations of a webhook configuration into which cert-manager writes the cluster's authority, and nothing else.
Who issues the certificate is another matter: most often the cluster does, so that this trusts it."""


@dataclass(frozen=True)
class ChainOverrides:
    """What the user says in place of what would be found out; empty where they don't.

    Attributes:
        namespace: Of the Secret.
        secret_name: The Secret.
        certificate_key: Key of the certificate in it.
        private_key: Key of the private key in it.
    """

    namespace: str = ""
    secret_name: str = ""
    certificate_key: str = ""
    private_key: str = ""


NO_OVERRIDES = ChainOverrides()


EVERYTHING = LabelSelector({}, ())


@dataclass(frozen=True)
class Selection:
    """Which of the objects that its rules name a webhook is asked about: those that meet all of this.

    Attributes:
        namespaces: Selects by the labels of their namespace.
        objects: Selects by their own labels.
        conditions: Names of its matchConditions, expressions that only the API server evaluates.
    """

    namespaces: LabelSelector = EVERYTHING
    objects: LabelSelector = EVERYTHING
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True)
class WebhookEntry:
    """One webhook of a configuration.

    Attributes:
        name: Its name.
        failure_policy: ``Ignore`` or ``Fail``: what becomes of an object where it does not answer.
        ca_bundle: PEM text, empty where it has none.
        selection: What it is asked about.
    """

    name: str
    failure_policy: str
    ca_bundle: str
    selection: Selection = Selection()


@dataclass(frozen=True)
class WebhookChain:
    """The webhooks of one configuration that call one Service, or one URL, and what serves them. It holds no key.

    Attributes:
        configuration: Name of the MutatingWebhookConfiguration.
        webhook: Name of the first of its webhooks that call this Service or URL.
        failure_policy: Of this webhook: ``Ignore`` or ``Fail``.
        ca_bundle: Of this webhook, PEM text, empty where it has none.
        selection: Of this webhook: what it is asked about.
        others: Its further webhooks that call the same.
        with_side_effects: Names of those of its webhooks for which the API server refuses each dry run, as they may
            have side effects: admissionregistration.k8s.io/v1beta1 has it so where nothing is said.
        url: Of the URL, where there is no Service.
        service: What is called, whether it exists or not.
        service_exists: Whether it does; False also where it may not be read, as for the Secret.
        deployment: Whose pods the Service selects.
        leaves_gap: Whether the Service may have no pod that serves while they are replaced.
        paused: Whether a change of its template replaces no pod.
        secret: That the Deployment takes the certificate from, whether it exists or not; None where nothing tells it.
        secret_exists: Whether it does.
        sharers: The other Deployments of the namespace whose pods have the Secret, too.
        holds_pair: Whether it holds anything under either key.
        certificate_key: Key of the certificate in the Secret, empty where nothing tells it.
        private_key: Key of the private key in the Secret, empty where nothing tells it.
        certificate_pem: The certificates there, and nothing that stands beside them; empty where it is none, None
            where the Secret or its key is absent, or could not be read.
        key_state: Whether the private key is that of the certificate: ``missing`` where either is absent,
            ``unreadable`` where either is no PEM, ``unknown`` without a Secret to look into, or without the means to.
        managed_by: ``cert-manager`` where it issued the certificate or writes the caBundle.
        backup: The Secret with the pair that was there before a renewal, which its end removes.
        eased: Whether a restart that did not end left its failurePolicy at Ignore, in place of Fail.
        problems: What is broken on the way from the configuration to the keys.
        misplaced: Those of them by which the Deployment does not have its pair from the keys of one Secret, so that
            what this tells of the pair is not what the pods serve with.
        unread: What of it could not be read: where that was tolerated, and the certificate where the Python package
            for it is missing.
    """

    configuration: str
    webhook: str
    failure_policy: str
    ca_bundle: str
    selection: Selection = Selection()
    others: tuple[WebhookEntry, ...] = ()
    with_side_effects: tuple[str, ...] = ()
    url: str | None = None
    service: WebhookService | None = None
    service_exists: bool = False
    deployment: ObjectRef | None = None
    leaves_gap: bool = False
    paused: bool = False
    secret: ObjectRef | None = None
    secret_exists: bool = False
    sharers: tuple[ObjectRef, ...] = ()
    holds_pair: bool = False
    certificate_key: str = ""
    private_key: str = ""
    certificate_pem: str | None = None
    key_state: KeyState = "unknown"
    managed_by: Literal["cert-manager", "none"] = "none"
    backup: ObjectRef | None = None
    eased: bool = False
    problems: tuple[str, ...] = ()
    misplaced: tuple[str, ...] = ()
    unread: tuple[Unknown, ...] = ()

    @property
    def entries(self) -> tuple[WebhookEntry, ...]:
        """All of its webhooks that call this Service or URL."""
        return (WebhookEntry(self.webhook, self.failure_policy, self.ca_bundle, self.selection), *self.others)


def legacy_configurations(api: KubernetesApi) -> tuple[dict[str, Any], ...]:
    """The MutatingWebhookConfigurations of legacy support, as the API gives them: by name or by the Service called.

    Raises:
        KubernetesError: They could not be listed.
    """
    return tuple(
        found
        for found in api.list(CONFIGURATIONS)
        if found["metadata"]["name"] in WEBHOOK_CONFIGURATIONS
        or any(service.name in SERVICES for service in map(service_of, found.get("webhooks") or ()) if service)
    )


def read_chain(
    api: KubernetesApi,
    configuration: Mapping[str, Any],
    overrides: ChainOverrides = NO_OVERRIDES,
    *,
    tolerant: bool = False,
) -> tuple[WebhookChain, ...]:
    """What serves the webhooks of a configuration: one for each Service or URL, in the order of the webhooks.

    Args:
        api: The cluster's API.
        configuration: The MutatingWebhookConfiguration as the API gives it.
        overrides: What the user says of the Secret.
        tolerant: Put what may not be read into ``unread``, in place of raising.

    Raises:
        KubernetesError: Something could not be read. That an object is not there is part of the answer.
    """
    called: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for webhook in configuration.get("webhooks") or ():
        service = service_of(webhook)
        called.setdefault((service.namespace, service.name) if service else (url_of(webhook),), []).append(webhook)
    return tuple(_ChainReader(api, configuration, overrides, tolerant).read(webhooks) for webhooks in called.values())


class _ChainReader:
    """One chain under way. What it notes is of this chain alone."""

    def __init__(
        self, api: KubernetesApi, configuration: Mapping[str, Any], overrides: ChainOverrides, tolerant: bool
    ) -> None:
        self._api = api
        self._configuration = configuration
        self._name = str(configuration["metadata"]["name"])
        self._overrides = overrides
        self._tolerant = tolerant
        self._problems: list[str] = []
        self._misplaced: tuple[str, ...] = ()
        self._unread: list[Unknown] = []
        self._deployments: Sequence[Mapping[str, Any]] = ()

    def read(self, webhooks: Sequence[Mapping[str, Any]]) -> WebhookChain:
        service = service_of(webhooks[0])
        url = None if service else url_of(webhooks[0])
        found_service = self._service(service) if service else None
        deployment = self._deployment(service, found_service) if service else None
        pair = self._pair(deployment, _target_ports(found_service, webhooks[0]), service, url)
        secret_ref = self._secret_ref(pair, service)
        secret = self._secret(secret_ref)
        certificate_key, private_key = self._keys(pair, secret)
        data: Mapping[str, str] = (secret or {}).get("data") or {}
        certificate = key_pair.certificates_in(data[certificate_key]) if certificate_key in data else None
        if secret is not None:
            self._note_missing(secret_ref, data, certificate_key, private_key)
        if certificate is not None and not key_pair.HAS_CRYPTOGRAPHY:
            self._unread.append(Unknown(str(secret_ref), NO_CRYPTOGRAPHY, INSTALL_CRYPTOGRAPHY))
        unread = self._is_unread(secret_ref)
        state: KeyState = "unknown" if unread else key_pair.key_state(certificate, data.get(private_key))
        first, *others = (_entry(webhook) for webhook in webhooks)
        return WebhookChain(
            configuration=self._name,
            webhook=first.name,
            failure_policy=first.failure_policy,
            ca_bundle=first.ca_bundle,
            selection=first.selection,
            others=tuple(others),
            with_side_effects=tuple(
                str(webhook.get("name") or "")
                for webhook in webhooks
                if webhook.get("sideEffects") not in NO_SIDE_EFFECTS
            ),
            url=url,
            service=service,
            service_exists=found_service is not None,
            deployment=_ref("Deployment", deployment) if deployment else None,
            leaves_gap=deployment is not None and leaves_gap(deployment, _target_ports(found_service, webhooks[0])),
            paused=deployment is not None and is_paused(deployment),
            secret=secret_ref,
            secret_exists=secret is not None,
            sharers=self._sharers(secret_ref, deployment) if secret_ref else (),
            holds_pair=any(data.get(key) for key in (certificate_key, private_key)),
            certificate_key=certificate_key,
            private_key=private_key,
            certificate_pem=certificate,
            key_state=state,
            managed_by=self._managed_by(secret),
            backup=self._backup(secret_ref) if secret_ref else None,
            eased=EASED in _annotations(self._configuration),
            problems=tuple(self._problems),
            misplaced=self._misplaced,
            unread=tuple(self._unread),
        )

    def _service(self, service: WebhookService) -> dict[str, Any] | None:
        path = f"/api/v1/namespaces/{service.namespace}/services/{service.name}"
        return self._found(path, ObjectRef("Service", service.namespace, service.name))

    def _deployment(self, service: WebhookService, found: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        """The Deployment whose pods the Service selects; without it, the one of a known name."""
        which = ObjectRef("Service", service.namespace, service.name)
        path = f"/apis/apps/v1/namespaces/{service.namespace}/deployments"
        listed = self._read(lambda: self._api.list(path))
        if listed is None:
            return None
        self._deployments = listed
        serving = serving_deployment(which, found, listed)
        self._problems += serving.problems
        return serving.deployment

    def _pair(
        self,
        deployment: Mapping[str, Any] | None,
        ports: Sequence[int | str],
        service: WebhookService | None,
        url: str | None,
    ) -> MountedPair:
        """Secret and keys by what the Deployment says, else by the names of a known way."""
        if deployment is not None:
            told = mounted_pair(deployment, ports)
            self._misplaced = tuple(f"{_ref('Deployment', deployment)}: {problem}" for problem in told.problems)
            self._problems += self._misplaced
            if told.secret or told.problems or self._overrides.secret_name:
                return told
            self._problems.append(f"{_ref('Deployment', deployment)} mounts no Secret that tells its certificate")
            return told
        known = _known_way(self._name, service)
        if known and not self._overrides.secret_name:
            return MountedPair(known.secret, known.certificate_key, known.private_key)
        if url is not None and not (self._overrides.secret_name and self._overrides.namespace):
            self._problems.append(
                f"It calls the URL {url}, and nothing in the cluster tells who serves it: only namespace and "
                "secret_name can"
            )
        return MountedPair()

    def _secret_ref(self, pair: MountedPair, service: WebhookService | None) -> ObjectRef | None:
        name = self._overrides.secret_name or pair.secret
        namespace = self._overrides.namespace or (service.namespace if service else "")
        return ObjectRef("Secret", namespace, name) if name and namespace else None

    def _sharers(self, secret: ObjectRef, serving: Mapping[str, Any] | None) -> tuple[ObjectRef, ...]:
        """The Deployments that have the Secret, but for the one that serves with it."""
        found = [each for each in self._deployments if each is not serving and secret.name in secrets_of(each)]
        return tuple(ref for ref in (_ref("Deployment", each) for each in found) if ref.namespace == secret.namespace)

    def _secret(self, ref: ObjectRef | None) -> dict[str, Any] | None:
        return self._found(_secret_path(ref), ref) if ref else None

    def _is_unread(self, ref: ObjectRef | None) -> bool:
        """Whether there is no Secret to look into, or it may not be read."""
        return ref is None or any(each.source == f"GET {_secret_path(ref)}" for each in self._unread)

    def _keys(self, pair: MountedPair, secret: Mapping[str, Any] | None) -> tuple[str, str]:
        """Keys of certificate and private key: as the user says, else as found, else the usual ones."""
        own = not self._overrides.secret_name or self._overrides.secret_name == pair.secret
        certificate = self._overrides.certificate_key or (pair.certificate_key if own else "")
        private = self._overrides.private_key or (pair.private_key if own else "")
        held = (secret or {}).get("data") or {}
        for usual_certificate, usual_private in USUAL_KEYS:
            if certificate == usual_certificate or (not certificate and usual_certificate in held):
                return usual_certificate, private or usual_private
        return certificate, private

    def _note_missing(
        self, ref: ObjectRef | None, data: Mapping[str, str], certificate_key: str, private_key: str
    ) -> None:
        for what, key in (("certificate", certificate_key), ("private key", private_key)):
            if not key:
                self._problems.append(f"Nothing tells which key of {ref} holds the {what}")
            elif key not in data:
                self._problems.append(f"{ref} has no key {key}, which is to hold the {what}")

    def _managed_by(self, secret: Mapping[str, Any] | None) -> Literal["cert-manager", "none"]:
        issued = any(name in _annotations(secret or {}) for name in ISSUED_BY_CERT_MANAGER)
        injected = any(name in _annotations(self._configuration) for name in INJECTED_BY_CERT_MANAGER)
        return "cert-manager" if issued or injected else "none"

    def _backup(self, secret: ObjectRef) -> ObjectRef | None:
        """The Secret that a renewal left, by metadata alone, so that its key stays where it is."""
        name = backup_name(secret.name)
        path = _secret_path(secret).rpartition("/")[0]
        listed = self._read(lambda: self._api.list(path, field_selector=f"metadata.name={name}", metadata_only=True))
        for found in listed or ():
            labels = found["metadata"].get("labels") or {}
            if found["metadata"]["name"] == name and labels.get(BACKUP_OF) == label_value(secret.name):
                return ObjectRef("Secret", secret.namespace, name)
        return None

    def _found(self, path: str, ref: ObjectRef) -> dict[str, Any] | None:
        """The object, None where it does not exist, which is a problem, or where it may not be read."""
        try:
            return self._read(lambda: self._api.get(path))
        except KubernetesError as error:
            if error.status != 404:
                raise
        self._problems.append(f"{ref} does not exist")
        return None

    def _read(self, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except KubernetesError as error:
            if error.status != 403 or not self._tolerant:
                raise
            self._unread.append(kubernetes_unknown(error))
        return None


def _secret_path(ref: ObjectRef) -> str:
    # The names may be the user's own words.
    return f"/api/v1/namespaces/{quote(ref.namespace, safe='')}/secrets/{quote(ref.name, safe='')}"


def service_of(webhook: Mapping[str, Any]) -> WebhookService | None:
    """What an entry of a configuration calls, None where that is a URL."""
    service = (webhook.get("clientConfig") or {}).get("service")
    if not service:
        return None
    return WebhookService(
        namespace=str(service.get("namespace") or ""),
        name=str(service.get("name") or ""),
        path=str(service.get("path") or ""),
    )


def _target_ports(service: Mapping[str, Any] | None, webhook: Mapping[str, Any]) -> list[int | str]:
    """Numbers and names of the container ports that a Service leads a webhook's calls to."""
    called = ((webhook.get("clientConfig") or {}).get("service") or {}).get("port") or HTTPS
    ports = ((service or {}).get("spec") or {}).get("ports") or ()
    return [port.get("targetPort") or called for port in ports if port.get("port") == called]


def url_of(webhook: Mapping[str, Any]) -> str:
    """The URL that an entry of a configuration calls, empty for none."""
    return str((webhook.get("clientConfig") or {}).get("url") or "")


def _entry(webhook: Mapping[str, Any]) -> WebhookEntry:
    bundle = str((webhook.get("clientConfig") or {}).get("caBundle") or "")
    try:
        pem = base64.b64decode(bundle).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        pem = ""
    return WebhookEntry(
        str(webhook.get("name") or ""), str(webhook.get("failurePolicy") or ""), pem, _selection(webhook)
    )


def _selection(webhook: Mapping[str, Any]) -> Selection:
    return Selection(
        namespaces=label_selector(webhook.get("namespaceSelector")) or EVERYTHING,
        objects=label_selector(webhook.get("objectSelector")) or EVERYTHING,
        conditions=tuple(str(each.get("name") or "") for each in webhook.get("matchConditions") or ()),
    )


def _known_way(configuration: str, service: WebhookService | None) -> LegacyVariant | None:
    """A way of installation with one of these names. Those that share one have the same Secret and keys."""
    return next(
        (
            variant
            for variant in VARIANTS
            if service and (variant.webhook_configuration == configuration or variant.service == service.name)
        ),
        None,
    )


def _ref(kind: str, item: Mapping[str, Any]) -> ObjectRef:
    return ObjectRef(kind, str(item["metadata"].get("namespace") or ""), str(item["metadata"]["name"]))


def _annotations(item: Mapping[str, Any]) -> Mapping[str, str]:
    return (item.get("metadata") or {}).get("annotations") or {}
