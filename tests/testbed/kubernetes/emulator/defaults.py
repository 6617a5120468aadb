# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The defaults that the API server fills in, as far as callers look at them."""

from __future__ import annotations

from collections.abc import Callable

from tests.testbed.kubernetes.admin import Json
from tests.testbed.kubernetes.emulator.resources import CERTIFICATES, RBAC, Kind

LEGACY_SIGNER = "kubernetes.io/legacy-unknown"


def _container(container: Json) -> None:
    container.setdefault("resources", {})
    container.setdefault("terminationMessagePath", "/dev/termination-log")
    container.setdefault("terminationMessagePolicy", "File")
    image = str(container.get("image", ""))
    tag = image.rpartition("/")[2].partition(":")[2]
    container.setdefault("imagePullPolicy", "Always" if tag in ("", "latest") else "IfNotPresent")
    for port in container.get("ports") or []:
        port.setdefault("protocol", "TCP")


def _pod_spec(spec: Json) -> None:
    spec.setdefault("restartPolicy", "Always")
    spec.setdefault("terminationGracePeriodSeconds", 30)
    spec.setdefault("dnsPolicy", "ClusterFirst")
    spec.setdefault("securityContext", {})
    spec.setdefault("schedulerName", "default-scheduler")
    for name in ("containers", "initContainers"):
        for container in spec.get(name) or []:
            _container(container)
    for volume in spec.get("volumes") or []:
        for source in ("secret", "configMap"):
            if source in volume:
                volume[source].setdefault("defaultMode", 420)


def _pod(item: Json, _version: str) -> None:
    spec = item.setdefault("spec", {})
    _pod_spec(spec)
    spec.setdefault("enableServiceLinks", True)
    spec.setdefault("serviceAccountName", "default")
    spec.setdefault("serviceAccount", spec["serviceAccountName"])
    for container in spec.get("containers") or []:
        limits = container["resources"].get("limits") or {}
        if limits:
            container["resources"]["requests"] = {**limits, **(container["resources"].get("requests") or {})}


def _template(item: Json) -> Json:
    spec: Json = item.setdefault("spec", {})
    template = spec.setdefault("template", {})
    template.setdefault("metadata", {}).setdefault("creationTimestamp", None)
    _pod_spec(template.setdefault("spec", {}))
    return spec


def _deployment(item: Json, _version: str) -> None:
    spec = _template(item)
    spec.setdefault("replicas", 1)
    spec.setdefault("revisionHistoryLimit", 10)
    spec.setdefault("progressDeadlineSeconds", 600)
    strategy = spec.setdefault("strategy", {})
    if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
        rolling = strategy.get("rollingUpdate") or {}
        strategy["rollingUpdate"] = {"maxSurge": "25%", "maxUnavailable": "25%", **rolling}


def _replica_set(item: Json, _version: str) -> None:
    _template(item).setdefault("replicas", 1)


def _daemon_set(item: Json, _version: str) -> None:
    spec = _template(item)
    spec.setdefault("revisionHistoryLimit", 10)
    strategy = spec.setdefault("updateStrategy", {})
    if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
        strategy.setdefault("rollingUpdate", {}).setdefault("maxUnavailable", 1)


def _stateful_set(item: Json, _version: str) -> None:
    spec = _template(item)
    spec.setdefault("replicas", 1)
    spec.setdefault("revisionHistoryLimit", 10)
    spec.setdefault("podManagementPolicy", "OrderedReady")
    strategy = spec.setdefault("updateStrategy", {})
    if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
        strategy.setdefault("rollingUpdate", {}).setdefault("partition", 0)


def _service(item: Json, _version: str) -> None:
    spec = item.setdefault("spec", {})
    spec.setdefault("type", "ClusterIP")
    spec.setdefault("sessionAffinity", "None")
    for port in spec.get("ports") or []:
        port.setdefault("protocol", "TCP")
        port.setdefault("targetPort", port.get("port"))


def _secret(item: Json, _version: str) -> None:
    item.setdefault("type", "Opaque")


def _namespace(item: Json, _version: str) -> None:
    item.setdefault("spec", {}).setdefault("finalizers", ["kubernetes"])


def _webhooks(item: Json, version: str) -> None:
    beta = version == "v1beta1"
    for webhook in item.get("webhooks") or []:
        webhook.setdefault("failurePolicy", "Ignore" if beta else "Fail")
        webhook.setdefault("matchPolicy", "Exact" if beta else "Equivalent")
        webhook.setdefault("timeoutSeconds", 30 if beta else 10)
        webhook.setdefault("namespaceSelector", {})
        webhook.setdefault("objectSelector", {})
        if beta:
            webhook.setdefault("sideEffects", "Unknown")
            webhook.setdefault("admissionReviewVersions", ["v1beta1"])
        for rule in webhook.get("rules") or []:
            rule.setdefault("scope", "*")
        service = (webhook.get("clientConfig") or {}).get("service")
        if service:
            service.setdefault("port", 443)


def _mutating_webhooks(item: Json, version: str) -> None:
    _webhooks(item, version)
    for webhook in item.get("webhooks") or []:
        webhook.setdefault("reinvocationPolicy", "Never")


def _binding(item: Json, _version: str) -> None:
    item.get("roleRef", {}).setdefault("apiGroup", RBAC)
    for subject in item.get("subjects") or []:
        if subject.get("kind") != "ServiceAccount":
            subject.setdefault("apiGroup", RBAC)


def _certificate_request(item: Json, version: str) -> None:
    if version == "v1beta1":
        item.setdefault("spec", {}).setdefault("signerName", LEGACY_SIGNER)


def _custom_resource_definition(item: Json, _version: str) -> None:
    names = item.get("spec", {}).get("names")
    if names:
        names.setdefault("singular", str(names.get("kind", "")).lower())
        names.setdefault("listKind", str(names.get("kind", "")) + "List")
    item.get("spec", {}).setdefault("conversion", {"strategy": "None"})


_DEFAULTS: dict[tuple[str, str], Callable[[Json, str], None]] = {
    ("", "Pod"): _pod,
    ("", "Service"): _service,
    ("", "Secret"): _secret,
    ("", "Namespace"): _namespace,
    ("apps", "Deployment"): _deployment,
    ("apps", "ReplicaSet"): _replica_set,
    ("apps", "DaemonSet"): _daemon_set,
    ("apps", "StatefulSet"): _stateful_set,
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): _mutating_webhooks,
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): _webhooks,
    (RBAC, "RoleBinding"): _binding,
    (RBAC, "ClusterRoleBinding"): _binding,
    (CERTIFICATES, "CertificateSigningRequest"): _certificate_request,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _custom_resource_definition,
}


def fill_in(kind: Kind, item: Json) -> None:
    """Set the defaults of a kind in an object of the caller's own."""
    apply = _DEFAULTS.get((kind.group, kind.kind))
    if apply:
        apply(item, kind.version)
