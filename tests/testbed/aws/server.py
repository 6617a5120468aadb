# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The testbed's AWS: its ports, what clients need to reach it, what they asked, and faults."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from tests.testbed.aws.accounts import DEFAULT_ACCOUNT, Credentials
from tests.testbed.aws.callers import Callers
from tests.testbed.aws.errors import AwsError, TestbedModelError
from tests.testbed.aws.estate import Estate
from tests.testbed.aws.faults import Faults
from tests.testbed.aws.gateway import SERVICES, Gateway, GatewayState
from tests.testbed.aws.partitions import DEFAULT_REGIONS
from tests.testbed.aws.ports import ServicePort
from tests.testbed.aws.recorder import AwsRequest, Recorder

# Variables of the host that would lead a client elsewhere, or as somebody else.
FOREIGN_VARIABLES = (
    "AWS_CA_BUNDLE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_DEFAULT_PROFILE",
    "AWS_ENDPOINT_URL",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_TOKEN",
    "AWS_STS_REGIONAL_ENDPOINTS",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "BOTO_CONFIG",
)


class AwsServer(Estate):
    """AWS on loopback, a port for each of EKS, IAM, STS, EC2 and SSM.

    Args:
        account: The account of :attr:`environment`'s keys, where clusters go by default.
        region: The default region; its partition is that of :attr:`environment`'s keys.

    Several servers may run in one process: none sees the other's accounts.
    """

    def __init__(self, *, account: str = DEFAULT_ACCOUNT, region: str = "us-east-1") -> None:
        super().__init__(account, region)
        self._recorder = Recorder()
        self._faults = Faults()
        self._problems: list[str] = []
        self._problem_lock = threading.Lock()
        state = GatewayState(
            scope=self._scope,
            callers=Callers(self._registry, self._scope),
            recorder=self._recorder,
            faults=self._faults,
            permissions=self._permissions,
            regions=self._regions,
            ec2=self._ec2,
            settings=self._settings,
            later=self._later,
            prepare=self._prepare,
            problem=self._add_problem,
        )
        self._ports = {service: ServicePort(Gateway(service, state)) for service in SERVICES}

    def start(self) -> Self:
        """Open the ports."""
        self.credentials()
        for port in self._ports.values():
            port.start()
        return self

    def stop(self) -> None:
        """Close the ports and remove what was written.

        Raises:
            TestbedModelError: A request or an answer was not as the service models say, see :meth:`problems`.
        """
        for port in self._ports.values():
            port.stop()
        self._close()
        problems = self.problems()
        self.forget_problems()
        if problems:
            raise TestbedModelError("\n".join(problems))

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self.forget_problems()
        self.stop()

    def _prepare(self, service: str, account: str, region: str) -> None:
        if service == "ec2":
            self._networks.make(account, region)

    # Reaching it

    def endpoint(self, service: str) -> str:
        """URL of a service's port."""
        return self._ports[service].url

    @property
    def environment(self) -> dict[str, str]:
        """What a client process needs: endpoints, the keys and region of the server's own account, and settings that
        keep the host's configuration out. :data:`FOREIGN_VARIABLES` must be absent besides."""
        return self.environment_for()

    def environment_for(
        self,
        credentials: Credentials | None = None,
        *,
        account: str | None = None,
        partition: str | None = None,
        region: str | None = None,
    ) -> dict[str, str]:
        """:attr:`environment` for other keys, or for the operator of another account or partition."""
        keys = credentials or self.credentials(account, partition)
        default = self.region if keys.partition == self.partition else DEFAULT_REGIONS[keys.partition]
        environment = {
            **self.base_environment,
            "AWS_ACCESS_KEY_ID": keys.access_key,
            "AWS_SECRET_ACCESS_KEY": keys.secret_key,
            "AWS_REGION": region or default,
            "AWS_DEFAULT_REGION": region or default,
        }
        if keys.session_token:
            environment["AWS_SESSION_TOKEN"] = keys.session_token
        return environment

    @property
    def base_environment(self) -> dict[str, str]:
        """The environment without keys and region, for clients that name a profile: there is one for each account,
        ``<account>-<partition>``."""
        return {
            **{f"AWS_ENDPOINT_URL_{service.upper()}": port.url for service, port in self._ports.items()},
            "AWS_CONFIG_FILE": str(self._folder / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self._folder / "credentials"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
        }

    def client_environment(
        self, base: Mapping[str, str], environment: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """A whole process environment: ``base`` without :data:`FOREIGN_VARIABLES`, then ``environment``."""
        kept = {name: value for name, value in base.items() if name not in FOREIGN_VARIABLES}
        return {**kept, **(self.environment if environment is None else environment)}

    # What was asked

    def requests(self) -> list[AwsRequest]:
        """Clients' requests since the last :meth:`forget_requests`, in order of arrival.

        The authenticators' checks of tokens are no client's requests, see :meth:`token_checks`.
        """
        return [request for request in self._recorder.requests() if not request.token_check]

    def token_checks(self) -> list[AwsRequest]:
        """What the clusters' authenticators asked of STS since the last :meth:`forget_requests`."""
        return [request for request in self._recorder.requests() if request.token_check]

    def forget_requests(self) -> None:
        self._recorder.forget()

    def problems(self) -> list[str]:
        """Requests and answers that the service models do not allow, and operations that the testbed lacks."""
        with self._problem_lock:
            return list(self._problems)

    def forget_problems(self) -> None:
        """For tests that provoke them: :meth:`stop` no longer raises for those seen so far."""
        with self._problem_lock:
            self._problems.clear()

    def _add_problem(self, text: str) -> None:
        with self._problem_lock:
            self._problems.append(text)

    # Faults

    def fail_next(
        self,
        service: str,
        operation: str,
        code: str,
        message: str,
        times: int = 1,
        after_applied: bool = False,
        status: int = 400,
    ) -> None:
        """Answer the next ``times`` requests of an operation (``*`` allowed) with an error.

        Args:
            after_applied: Let the request take effect first, as when the answer gets lost.
            status: HTTP status; botocore tries again on 500, 502, 503 and 504 and on throttling codes.
        """
        self._faults.fail_next(service, operation, AwsError(code, message, status), times, after_applied)

    def delay(self, service: str, operation: str, seconds: float) -> None:
        """Hold back all answers of an operation (``*`` allowed)."""
        self._faults.delay(service, operation, seconds)

    def deny(self, action: str, principal: str = "*", region: str = "*") -> None:
        """Refuse an action, ``eks:DescribeAddon`` or ``iam:*``, to the callers whose ARN matches ``principal``, in the
        regions that match ``region`` (IAM's requests are signed for its partition's first one)."""
        self._faults.deny(action, principal, region)

    def allow(self, action: str, principal: str = "*", region: str = "*") -> None:
        """Take back a :meth:`deny` with the same arguments."""
        self._faults.allow(action, principal, region)

    def clear_faults(self) -> None:
        """End all failures, delays and denials, and forget how the next updates were to go."""
        self._faults.clear()
        self._settings.update_plans.clear()
