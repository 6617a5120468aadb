# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Kubeconfigs, as the ``kubernetes`` package reads them; it is imported only here, and only when one is given."""

from __future__ import annotations

import logging
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.redaction import Secret, scrub

DEFAULT_PATH = "~/.kube/config"
"""Where a context is looked for without a kubeconfig. KUBECONFIG has no say: it could name another cluster."""

SECRET_FIELDS = frozenset({"token", "password", "client-key-data", "id-token", "access-token", "refresh-token"})

SECRET_VARIABLE = re.compile(r"KEY|PASSWORD|SECRET|TOKEN", re.IGNORECASE)
"""Names of an exec user's environment variables whose values nobody may read."""


@dataclass(frozen=True)
class KubeconfigCluster:
    """Cluster entry of a context; an empty text is one that is not given, and ``validate_certs`` None too."""

    server: str
    certificate_authority: str
    validate_certs: bool | None
    tls_server_name: str
    proxy: str


@dataclass(frozen=True)
class KubeconfigUser:
    """User entry of a context. The certificate's files last as long as the kubeconfig is open."""

    authorization: Secret
    client_certificate: tuple[str, str] | None


class Kubeconfig:
    """A kubeconfig with its context chosen; see :func:`opened`."""

    def __init__(self, source: str | Mapping[str, Any], context: str | None, folder: str) -> None:
        self._source = source
        self._context = context
        self._folder = folder

    def cluster(self) -> KubeconfigCluster:
        """The context's cluster. Nothing of its user is read or run.

        Raises:
            EksWindowsError: No such file or context, or not a kubeconfig.
        """
        configuration = self._load(users=False)
        authority = getattr(configuration, "ssl_ca_cert", None)
        return KubeconfigCluster(
            server=configuration.host,
            certificate_authority=Path(authority).read_text(encoding="ascii", errors="replace") if authority else "",
            validate_certs=configuration.verify_ssl,
            tls_server_name=getattr(configuration, "tls_server_name", None) or "",
            proxy=getattr(configuration, "proxy", None) or "",
        )

    def user(self, api_key: str | None = None) -> KubeconfigUser:
        """The context's user; an ``exec`` user is run.

        ``api_key`` is told to the package as kubernetes.core tells it; whether it wins over a token of the kubeconfig
        depends on the package's release (24.2: yes, 37.0: no), and this way the same holds here.

        Raises:
            EksWindowsError: The user's command failed.
        """
        with collected_log() as said:
            configuration = self._load(users=True)
            if api_key:
                configuration.api_key = {"authorization": f"Bearer {api_key}"}
            authorization = (configuration.auth_settings().get("BearerToken") or {}).get("value") or ""
        certificate = (configuration.cert_file, configuration.key_file or "") if configuration.cert_file else None
        if said and not authorization and not certificate:
            raise EksWindowsError(
                f"The user of context {self._context or 'current-context'} gave no credential: {scrub(said[0])}",
                remedy="Run the command that the kubeconfig's user names, and mend what it says",
            )
        return KubeconfigUser(Secret(authorization), certificate)

    def _load(self, *, users: bool) -> Any:
        from kubernetes.client import Configuration
        from kubernetes.config import ConfigException
        from kubernetes.config.kube_config import KubeConfigLoader, KubeConfigMerger

        configuration = Configuration()
        try:
            if isinstance(self._source, Mapping):
                content: Any = dict(self._source) if users else {**self._source, "users": []}
            else:
                content = KubeConfigMerger(self._source).config
                if content is None:
                    raise EksWindowsError(f"There is no kubeconfig {self._source}")
                if not users:
                    content.value["users"] = []
            loader = KubeConfigLoader(
                config_dict=content,
                active_context=self._context,
                config_base_path=None,
                temp_file_path=self._folder,
            )
            loader.load_and_set(configuration)
            # Old releases do not read it, and recent ones put HTTPS_PROXY here where there is none.
            configuration.proxy = _proxy_url(content, loader.current_context["context"]["cluster"])
        except ConfigException as error:
            raise self._unknown_context() or self._refusal(str(error)) from error
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise self._refusal(f"{type(error).__name__} {error}") from error
        except Exception as error:
            # YAML's own errors have no base that is known without importing it.
            if type(error).__module__.startswith("yaml"):
                raise self._refusal(f"it is not YAML: {error}") from error
            raise
        return configuration

    def _name(self) -> str:
        return "The kubeconfig given" if isinstance(self._source, Mapping) else f"Kubeconfig {self._source}"

    def _refusal(self, said: str) -> EksWindowsError:
        return EksWindowsError(f"{self._name()} can't be used: {scrub(' '.join(said.split()))}")

    def _unknown_context(self) -> EksWindowsError | None:
        contexts = self._context_names()
        if not self._context or self._context in contexts:
            return None
        return EksWindowsError(
            f"{self._name()} has no context {self._context}", remedy=f"It has: {', '.join(contexts) or 'none'}"
        )

    def _context_names(self) -> list[str]:
        from kubernetes.config.kube_config import KubeConfigMerger

        try:
            content = self._source if isinstance(self._source, Mapping) else KubeConfigMerger(self._source).config.value
            return sorted(str(entry["name"]) for entry in content.get("contexts") or [])
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return []


def _proxy_url(content: Any, cluster: str) -> str:
    """``proxy-url`` of a cluster of a kubeconfig, empty where it has none."""
    entries = content["clusters"] if isinstance(content, Mapping) else content.value["clusters"]
    found = next(entry["cluster"] for entry in entries if entry["name"] == cluster)
    return str(found["proxy-url"]) if "proxy-url" in found else ""


@contextmanager
def opened(kubeconfig: str | Mapping[str, Any] | None, context: str | None) -> Iterator[Kubeconfig]:
    """A kubeconfig by path (several may be joined as in KUBECONFIG) or content; its temporary files end with the block.

    Raises:
        EksWindowsError: The ``kubernetes`` package is missing.
    """
    try:
        from kubernetes.config import kube_config
    except ImportError as error:
        raise EksWindowsError(
            "The Python package kubernetes is missing, which options kubeconfig and context need",
            remedy="Install it for the Python that runs this task",
        ) from error
    source = kubeconfig if isinstance(kubeconfig, Mapping) else str(kubeconfig or DEFAULT_PATH)
    with tempfile.TemporaryDirectory(prefix="eks-windows-") as folder:
        try:
            yield Kubeconfig(source, context, folder)
        finally:
            # The package keeps the paths of files that end with this folder, and would hand them out again.
            files = kube_config._temp_files  # noqa: SLF001
            for content in [content for content, path in files.items() if Path(path).is_relative_to(folder)]:
                del files[content]


def secrets_in(kubeconfig: object) -> set[str]:
    """Values in the content of a kubeconfig that nobody may read, in whatever depth."""
    if isinstance(kubeconfig, Mapping):
        own = {value for key, value in kubeconfig.items() if key in SECRET_FIELDS and isinstance(value, str) and value}
        if SECRET_VARIABLE.search(str(kubeconfig.get("name", ""))) and kubeconfig.get("value"):
            own.add(str(kubeconfig["value"]))
        return own.union(*(secrets_in(value) for value in kubeconfig.values()))
    if isinstance(kubeconfig, (list, tuple)):
        return set().union(*(secrets_in(value) for value in kubeconfig))
    return set()


def harmless_in(kubeconfig: object) -> set[str]:
    """The texts of a kubeconfig that anybody may read: its path, or what of its content is no secret.

    Ansible takes each text of an option that is not logged for a secret, and would mask words such as ``v1``
    wherever they stand.
    """
    if isinstance(kubeconfig, str):
        return {kubeconfig}
    return _texts_in(kubeconfig) - secrets_in(kubeconfig)


def _texts_in(value: object) -> set[str]:
    if isinstance(value, Mapping):
        return set().union(*(_texts_in(item) for item in value.values()))
    if isinstance(value, (list, tuple)):
        return set().union(*(_texts_in(item) for item in value))
    return set() if value is None else {str(value)}


@contextmanager
def collected_log() -> Iterator[list[str]]:
    """What the root logger is told at level error meanwhile: nowhere else does the package tell of a failed user."""
    messages: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            messages.append(record.getMessage())

    collector = Collector(logging.ERROR)
    logging.getLogger().addHandler(collector)
    try:
        yield messages
    finally:
        logging.getLogger().removeHandler(collector)
