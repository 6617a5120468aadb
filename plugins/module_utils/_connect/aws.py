# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""AWS sessions, clients and calls, by the options of amazon.aws."""

from __future__ import annotations

import contextlib
import copy
import threading
from collections.abc import Callable, Mapping
from typing import Any

from ansible.module_utils.ansible_release import __version__ as ansible_version

# The backends' requirements say so before anything here runs.
with contextlib.suppress(ImportError):
    from botocore.config import Config
    from botocore.credentials import Credentials
    from botocore.exceptions import BotoCoreError, ClientError

from ansible_collections.amazon.aws.plugins.module_utils.botocore import _aws_connection_info
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleBotocoreError
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect import sessions
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws_errors import (
    CREDENTIALS_REMEDY,
    aws_failure,
    words_of,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.eks_token import presigned_token
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.options import (
    DEFAULT_REQUEST_TIMEOUT,
    DEFAULT_SESSION_NAME,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.redaction import Secret

_ONE_OF_BOTH = (
    "Give one of them: leave out option profile (role variable eks_windows_profile), or the keys, and unset "
    "AWS_ACCESS_KEY_ID where the environment gives them"
)
THROTTLED_RETRIES = 4
"""Further tries of a call that AWS throttled, with amazon.aws's jittered back-off of at most 8 seconds each."""


class AwsConnection:
    """What one module run says to AWS.

    Clients are made when first asked for, and share one session and its credentials. A role to assume is assumed
    once, its credentials stay in memory.

    Args:
        options: Values of :func:`aws_argument_spec`, and ``request_timeout``. What is missing counts as not given.
        primary_service: The service that ``endpoint_url`` is meant for. The others take theirs from
            ``AWS_ENDPOINT_URL_<SERVICE>``, as botocore reads it.
        global_partition: The partition of a global service such as IAM. Its own region does where none is configured.

    Raises:
        EksWindowsError: No region, no such profile, or options that exclude each other.
    """

    def __init__(self, options: Mapping[str, Any], primary_service: str = "eks", *, global_partition: str = "") -> None:
        self._options = options
        self._primary_service = primary_service
        self._clients: dict[str, Any] = {}
        self._lock = threading.RLock()
        self._resource_actions: set[str] = set()
        try:
            self._session = sessions.new_session(options.get("profile") or None)
            self.region: str = options.get("region") or self._session.get_config_variable("region") or ""
            if not self.region and global_partition:
                self.region = sessions.global_region(primary_service, global_partition)
            if not self.region:
                raise EksWindowsError(
                    "No AWS region is known",
                    remedy="Give option region (role variable eks_windows_region), set AWS_REGION, or put one into the "
                    "profile",
                )
            parameters = dict(options, region=self.region)
            parameters.setdefault("validate_certs", True)
            _region, self._endpoint_url, self._arguments = _aws_connection_info(parameters)
            self.partition: str = self._session.get_partition_for_region(self.region)
            self._register_recorder()
            self._config = self._merged_config(self._arguments.pop("aws_config", None))
        except AnsibleBotocoreError as error:
            message = str(error.message or error)
            raise EksWindowsError(message, remedy=_ONE_OF_BOTH if "both a profile" in message else "") from error
        except BotoCoreError as error:
            raise aws_failure("Could not connect to AWS", error) from error
        except (TypeError, ValueError) as error:
            raise EksWindowsError(f"Could not connect to AWS: {error}", remedy="Mend option aws_config") from error
        self._arguments.pop("profile_name", None)
        access_key = self._arguments.pop("aws_access_key_id", None)
        secret_key = self._arguments.pop("aws_secret_access_key", None)
        session_token = self._arguments.pop("aws_session_token", None)
        if access_key or secret_key:
            self._session.set_credentials(access_key, secret_key, session_token)
        self._assumed = not options.get("assume_role_arn")

    def __repr__(self) -> str:
        return f"AwsConnection(region={self.region!r})"

    @property
    def request_timeout(self) -> int:
        """Seconds that one request may take."""
        return int(self._options.get("request_timeout") or DEFAULT_REQUEST_TIMEOUT)

    @property
    def resource_actions(self) -> dict[str, list[str]]:
        """What amazon.aws's debug_botocore_endpoint_logs adds to a result: the calls made, as ``service:Operation``."""
        if not self._options.get("debug_botocore_endpoint_logs"):
            return {}
        return {"resource_actions": sorted(self._resource_actions)}

    def in_region(self, region: str) -> AwsConnection:
        """The same identity and options in another region of the partition, usable beside this connection.

        ``endpoint_url`` and ``AWS_ENDPOINT_URL_<SERVICE>`` hold there too. The calls are recorded with this one's.

        Raises:
            EksWindowsError: The role could not be assumed.
        """
        with self._lock:
            if not self._assumed:
                self._assume()
            other = copy.copy(self)
        vars(other).update(region=region, _clients={}, _lock=threading.RLock())
        return other

    def client(self, service: str) -> Any:
        """The botocore client of the service.

        Raises:
            EksWindowsError: The role could not be assumed.
        """
        with self._lock:
            if not self._assumed:
                self._assume()
            if service not in self._clients:
                self._clients[service] = self._new_client(service)
            return self._clients[service]

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """One call, tried again by amazon.aws's rules where AWS throttles it.

        Raises:
            ClientError: AWS refuses.
            BotoCoreError: AWS isn't reached.
            EksWindowsError: The role could not be assumed.
        """
        method = getattr(self.client(service), operation)
        answer: dict[str, Any] = _patient(method)(**parameters)
        return answer

    def pages(self, service: str, operation: str, key: str, **parameters: Any) -> list[Any]:
        """All entries of ``key`` of an operation that answers in pages; raises like :meth:`call`."""
        paginator = self.client(service).get_paginator(operation)

        def all_pages() -> list[Any]:
            return [entry for page in paginator.paginate(**parameters) for entry in page.get(key, [])]

        entries: list[Any] = _patient(all_pages)()
        return entries

    def eks_token(self, cluster_id: str, role_arn: str | None = None) -> Secret:
        """A bearer token for the cluster, as the identity of this connection or as ``role_arn`` assumed by it.

        Raises:
            ClientError: The role can't be assumed.
            BotoCoreError: STS isn't reached.
            EksWindowsError: No credentials.
        """
        with self._lock:
            if not self._assumed:
                self._assume()
        credentials = self._role_credentials(role_arn) if role_arn else self._session.get_credentials()
        if credentials is None:
            raise EksWindowsError("No AWS credentials were found", remedy=CREDENTIALS_REMEDY)
        host = sessions.sts_host(self._session, self.region)
        return Secret(presigned_token(credentials, host, self.region, cluster_id))

    def _role_credentials(self, role_arn: str) -> Any:
        session_name = self._options.get("assume_role_session_name") or DEFAULT_SESSION_NAME
        answer = sessions.assume_role(self.client("sts"), role_arn, session_name)
        return Credentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])

    def _assume(self) -> None:
        role_arn = self._options["assume_role_arn"]
        session_name = self._options.get("assume_role_session_name") or DEFAULT_SESSION_NAME
        try:
            answer = sessions.assume_role(
                self._new_client("sts"), role_arn, session_name, self._options.get("assume_role_external_id")
            )
        except (BotoCoreError, ClientError) as error:
            raise EksWindowsError(
                f"Could not assume role {role_arn}: {words_of(error)}",
                remedy="Check the role's trust policy and external id, and give the caller sts:AssumeRole on it",
            ) from error
        # The profile's settings, such as its endpoints and FIPS, hold for the role as well, as they do in the AWS CLI.
        self._session = sessions.new_session(self._options.get("profile") or None)
        self._session.set_credentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])
        self._register_recorder()
        self._assumed = True

    def _merged_config(self, configured: Any) -> Any:
        user_agent = f"APN/1.0 Ansible/{ansible_version} cloudops.eks_windows"
        config = sessions.client_config(self._session, self.request_timeout).merge(Config(user_agent=user_agent))
        return config.merge(configured) if configured else config

    def _register_recorder(self) -> None:
        if self._options.get("debug_botocore_endpoint_logs"):
            self._session.register("before-call.*.*", self._record)

    def _record(self, model: Any, **_others: Any) -> None:
        self._resource_actions.add(f"{model.service_model.service_name}:{model.name}")

    def _new_client(self, service: str) -> Any:
        endpoint = self._endpoint_url if service == self._primary_service else None
        try:
            return sessions.create_client(
                self._session,
                service,
                region_name=self.region,
                endpoint_url=endpoint,
                config=self._config,
                **self._arguments,
            )
        except (BotoCoreError, ValueError) as error:
            raise aws_failure(f"Could not connect to {service} in region {self.region}", error) from error


def _patient(call: Callable[..., Any]) -> Callable[..., Any]:
    """The call, tried again where AWS throttles it."""
    # EKS's own spelling is not among those that amazon.aws knows.
    retry = AWSRetry.jittered_backoff(
        retries=THROTTLED_RETRIES, delay=1, max_delay=8, catch_extra_error_codes=["ThrottlingException"]
    )
    patient: Callable[..., Any] = retry(call)
    return patient
