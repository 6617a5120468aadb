# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What role legacy_install puts into a cluster: the images of its region, and the objects of a manifest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.image_accounts import image_account
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.legacy_variants import VARIANTS

DNS_SUFFIXES: Mapping[str, str] = {
    "aws": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-eusc": "amazonaws.eu",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
    "aws-iso-e": "cloud.adc-e.uk",
    "aws-iso-f": "csp.hci.ic.gov",
    "aws-us-gov": "amazonaws.com",
}
"""End of the host names of each partition. Source: botocore's endpoints.json, read 2026-11-24."""

CA_BUNDLE = "${CA_BUNDLE}"
"""What stands for the certificate authority in the webhook's manifest, as AWS publishes it."""

CERTIFICATE = "eks-windows.cloudops/certificate"
"""Annotation of the webhook's pods: what tells their certificate from the next one."""

CONFIGURATION = "MutatingWebhookConfiguration"

_MANIFESTS = next(variant for variant in VARIANTS if variant.name == "manifests")
_CONTROLLER = f"Deployment {_MANIFESTS.controller_namespace}/{_MANIFESTS.controller}"
_WEBHOOK = f"Deployment {_MANIFESTS.namespace}/{_MANIFESTS.deployment}"
_SERVICE = f"Service {_MANIFESTS.namespace}/{_MANIFESTS.service}"
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "controller": (_CONTROLLER,),
    "webhook": (_SERVICE, _WEBHOOK, f"{CONFIGURATION} {_MANIFESTS.webhook_configuration}"),
}
"""What the manifest of each component has to hold: later runs, and the roles that renew and remove, look for it."""

_RBAC = "rbac.authorization.k8s.io"


class ManifestError(ValueError):
    """A manifest can't be applied; the message says why."""


def image(name: str, region: str, partition: str) -> str:
    """Where the nodes of a region pull an EKS image from.

    Args:
        name: Repository and tag, such as ``eks/vpc-admission-webhook:v0.2.7``.
        region: Region of the cluster.
        partition: Partition of the region, ``aws`` for example.

    Raises:
        ManifestError: The partition is unknown.
    """
    suffix = DNS_SUFFIXES.get(partition)
    if suffix is None:
        raise ManifestError(f"no registry of EKS images is known in partition {partition}")
    return f"{image_account(region)}.dkr.ecr.{region}.{suffix}/{name}"


def manifest(
    text: str, component: str, ca_bundle: str, certificate: str, admission_api: str
) -> dict[str, list[dict[str, Any]]]:
    """The objects of a component's manifest, in the order in which they are created.

    Args:
        text: One or more YAML documents.
        component: ``controller`` or ``webhook``.
        ca_bundle: Base64 of the certificate authority that the API server trusts the webhook by.
        certificate: Fingerprint of the certificate that the pods of Deployments are to start with, empty for none.
            Pods that started with another one are replaced.
        admission_api: apiVersion for webhook configurations, which the cluster serves.

    Returns:
        ``objects``, Deployments last, and ``webhook_configurations``, which are to be created when what they call is
        there. APIs that later releases of Kubernetes took away are replaced by those that followed them.

    Raises:
        ManifestError: The text is no manifest, or one that does not hold what the component needs.
    """
    found = list(_objects(text))
    _check(found, component)
    found = [_current(each, admission_api) for each in found]
    configurations = [each for each in found if each["kind"] == CONFIGURATION]
    others = [each for each in found if each["kind"] != CONFIGURATION]
    return {
        "objects": sorted(
            (_started_with(each, certificate) for each in others), key=lambda each: bool(each["kind"] == "Deployment")
        ),
        "webhook_configurations": [_trusting(each, ca_bundle) for each in configurations],
    }


def _objects(text: str) -> Iterator[dict[str, Any]]:
    try:
        documents = list(yaml.safe_load_all(text))
    except yaml.YAMLError as error:
        raise ManifestError(f"it is no YAML: {error}") from error
    for document in documents:
        listed = isinstance(document, dict) and document.get("kind") == "List"
        for each in (document.get("items") or []) if listed else [document]:
            if each is None:
                continue
            if not _is_object(each):
                raise ManifestError("it has a document that is no Kubernetes object")
            yield each


def _is_object(document: Any) -> bool:
    if not isinstance(document, dict) or not isinstance(document.get("metadata"), dict):
        return False
    return all(isinstance(text, str) for text in (document.get("apiVersion"), document.get("kind"))) and bool(
        document["metadata"].get("name")
    )


def _check(objects: list[dict[str, Any]], component: str) -> None:
    names = [_name(each) for each in objects]
    missing = [name for name in REQUIRED[component] if name not in names]
    if missing:
        raise ManifestError(f"it lacks {', '.join(missing)}")
    secrets = [_name(each) for each in objects if each["kind"] == "Secret"]
    if secrets:
        raise ManifestError(f"it has {', '.join(secrets)}, which no file may hold")
    for each in objects:
        if each["kind"] == CONFIGURATION and not all(_asks_for_ca(entry) for entry in _entries(each)):
            raise ManifestError(f"{_name(each)} has no {CA_BUNDLE} for its certificate authority")


def _entries(configuration: Mapping[str, Any]) -> list[Any]:
    return configuration.get("webhooks") or []


def _asks_for_ca(entry: Any) -> bool:
    client = entry.get("clientConfig") if isinstance(entry, dict) else None
    return isinstance(client, dict) and client.get("caBundle") == CA_BUNDLE


def _name(thing: Mapping[str, Any]) -> str:
    metadata = thing["metadata"]
    place = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
    return f"{thing['kind']} {place}{metadata['name']}"


def _current(thing: dict[str, Any], admission_api: str) -> dict[str, Any]:
    if thing["apiVersion"].startswith(f"{_RBAC}/"):
        return {**thing, "apiVersion": f"{_RBAC}/v1"}
    if thing["kind"] != CONFIGURATION:
        return thing
    # v1 asks for both. The webhook changes nothing but the pod, and speaks v1beta1 alone.
    required = {"sideEffects": "None", "admissionReviewVersions": ["v1beta1"]}
    return {**thing, "apiVersion": admission_api, "webhooks": [{**required, **entry} for entry in _entries(thing)]}


def _started_with(thing: dict[str, Any], certificate: str) -> dict[str, Any]:
    if thing["kind"] != "Deployment" or not certificate:
        return thing
    spec = thing.get("spec") or {}
    template = spec.get("template") or {}
    metadata = template.get("metadata") or {}
    annotations = {**(metadata.get("annotations") or {}), CERTIFICATE: certificate}
    return {**thing, "spec": {**spec, "template": {**template, "metadata": {**metadata, "annotations": annotations}}}}


def _trusting(configuration: Mapping[str, Any], ca_bundle: str) -> dict[str, Any]:
    entries = [
        {**entry, "clientConfig": {**entry["clientConfig"], "caBundle": ca_bundle}} for entry in _entries(configuration)
    ]
    return {**configuration, "webhooks": entries}
