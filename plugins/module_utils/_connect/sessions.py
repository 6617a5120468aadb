# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Botocore sessions that share what costs time and holds nothing of anybody's.

Botocore reads each service's description from JSON, some 60 ms of CPU for a first client. One loader per process
keeps them, so that a parent process can read them once (:func:`warm`) and its forked workers inherit them. Sessions,
clients, sockets and credentials are never kept here.

Imports nothing of the collection: the token helper loads it as a file, with botocore alone.
"""

from __future__ import annotations

import codecs
import contextlib
import threading
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

# Whoever calls this has said so already: the backends' requirements, the helper's own check.
with contextlib.suppress(ImportError):
    from botocore.config import Config
    from botocore.loaders import create_loader
    from botocore.session import Session

WARM_SERVICES = ("ec2", "eks", "iam", "sts")
"""Services of a preflight."""

ATTEMPTS = 2
"""Tries of one request, as far as the network and AWS's internal errors go."""

KEY_VARIABLES = {
    "access_key": ("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY"),
    "secret_key": ("AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY"),
    "session_token": ("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"),
}
"""Options that hold keys, with the variables that amazon.aws fills them from, the last until its release 11. Botocore
does not know AWS_ACCESS_KEY and AWS_SECRET_KEY."""

_CREATION = threading.Lock()


@lru_cache(maxsize=1)
def shared_loader() -> Any:
    """The loader of this process, and of the processes forked from it."""
    return create_loader()


def new_session(profile: str | None = None) -> Any:
    """A botocore session with the shared loader.

    Raises:
        botocore.exceptions.ProfileNotFound: There is no such profile; often only when it is first needed.
    """
    session = Session(profile=profile)
    session.register_component("data_loader", shared_loader())
    # Old releases of botocore take the global STS endpoint by default, which lives in one region alone.
    session.set_config_variable("sts_regional_endpoints", "regional")
    return session


def keys_of(environment: Mapping[str, str]) -> dict[str, str]:
    """The keys in the environment, by the names of their options and as the modules find them; those there are."""
    found = {
        option: next((environment[name] for name in variables if name in environment), "")
        for option, variables in KEY_VARIABLES.items()
    }
    return {option: value for option, value in found.items() if value}


def create_client(session: Any, service: str, **arguments: Any) -> Any:
    """A client; they may be used by many threads, but made by one alone."""
    with _CREATION:
        return session.create_client(service, **arguments)


def client_config(session: Any, request_timeout: int) -> Any:
    """Timeouts and tries of the session's clients.

    Two tries that may each take half of ``request_timeout`` to connect, so that an address at which nothing answers is
    given up after about that time. AWS_MAX_ATTEMPTS and ``max_attempts`` of the profile are the user's own and win.
    """
    config = Config(connect_timeout=max(1.0, request_timeout / ATTEMPTS), read_timeout=request_timeout)
    if session.get_config_variable("max_attempts"):
        return config
    return config.merge(Config(retries={"mode": "standard", "total_max_attempts": ATTEMPTS}))


def warm(services: Iterable[str] = WARM_SERVICES) -> None:
    """Read what clients of these services need into the shared loader, and nothing of the user's.

    The clients made for this have no credentials, open no socket and are gone when this returns.
    """
    # Whoever connects to a host by name needs this, and not every release of Ansible has it by then.
    codecs.lookup("idna")
    session = new_session()
    session.set_credentials("none", "none")
    for service in services:
        client = create_client(session, service, region_name="us-east-1", config=Config(parameter_validation=False))
        # Asked of any operation, it reads what is known of them all; the first look searches botocore's whole folder.
        client.can_paginate(next(iter(client.meta.method_to_api_mapping)))


def sts_host(session: Any, region: str) -> str:
    """Host of the regional STS endpoint as the partition of the region has it.

    No configured endpoint, FIPS or dual-stack setting has a say: EKS takes tokens for this host alone.
    """
    plain: dict[str, Any] = {
        "ignore_configured_endpoint_urls": True,
        "use_fips_endpoint": False,
        "use_dualstack_endpoint": False,
    }
    client = create_client(session, "sts", region_name=region, config=Config(**plain))
    return str(urlsplit(client.meta.endpoint_url).netloc)


def global_region(service: str, partition: str) -> str:
    """The region that calls of a global service are signed for in a partition, empty where botocore knows none."""
    known = shared_loader().load_data("endpoints")["partitions"]
    services: dict[str, Any] = next((entry["services"] for entry in known if entry["partition"] == partition), {})
    endpoints = services.get(service, {})
    endpoint = endpoints.get("endpoints", {}).get(endpoints.get("partitionEndpoint"), {})
    return str(endpoint.get("credentialScope", {}).get("region", ""))


def assume_role(sts: Any, arn: str, session_name: str, external_id: str | None = None) -> dict[str, Any]:
    """Credentials of a role, as STS AssumeRole answers them: AccessKeyId, SecretAccessKey, SessionToken, Expiration.

    Raises:
        botocore.exceptions.ClientError: STS refuses.
        botocore.exceptions.BotoCoreError: STS isn't reached, or no credentials are there to ask it with.
    """
    arguments = {"RoleArn": arn, "RoleSessionName": session_name}
    if external_id:
        arguments["ExternalId"] = external_id
    credentials: dict[str, Any] = sts.assume_role(**arguments)["Credentials"]
    return credentials
