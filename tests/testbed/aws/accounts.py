# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts and identities of one server, and the settings that hold for all its clusters."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from tests.testbed.aws import eks, iam, sts
from tests.testbed.aws.cluster_versions import default_cluster_versions
from tests.testbed.aws.ec2 import Ec2
from tests.testbed.aws.eks_state import AddonHook, EksSettings
from tests.testbed.aws.moto_scope import MOTO_LOCK, MotoScope, inside
from tests.testbed.aws.network import Networks
from tests.testbed.aws.partitions import DEFAULT_REGIONS, partition_of
from tests.testbed.aws.permissions import Permissions
from tests.testbed.aws.principals import Principal, PrincipalRegistry
from tests.testbed.aws.regions import ALWAYS, Regions
from tests.testbed.folders import temporary_folder

DEFAULT_ACCOUNT = "111122223333"
OPERATOR = "operator"


@dataclass(frozen=True)
class Credentials:
    """Keys for a client; ``session_token`` is empty for a user's."""

    access_key: str
    secret_key: str = field(repr=False)
    session_token: str = field(repr=False)
    arn: str
    account: str
    partition: str


def credentials_of(principal: Principal) -> Credentials:
    """The keys that a client signs with as ``principal``."""
    return Credentials(
        principal.access_key,
        principal.secret_key,
        principal.session_token,
        principal.arn,
        principal.account,
        principal.partition,
    )


class Accounts:
    """Accounts, their administrators and roles, set up in process: none of it counts as a request."""

    def __init__(self, account: str, region: str) -> None:
        self.account = account
        self.region = region
        self.partition = partition_of(region)
        self._scope = MotoScope()
        self._scope.backends.update(eks=eks.TestbedEksBackend, iam=iam.TestbedIamBackend)
        self._registry = PrincipalRegistry()
        self._permissions = Permissions(self._scope)
        self._networks = Networks()
        self._ec2 = Ec2(self._networks)
        self._regions = Regions(eks.regions_with_clusters)
        self._operators: dict[tuple[str, str], Principal] = {}
        self._settings = EksSettings(cluster_versions=default_cluster_versions())
        self._timers: set[threading.Timer] = set()
        self._folder = temporary_folder()
        self._write_profiles()

    def _close(self) -> None:
        with MOTO_LOCK:
            timers = list(self._timers)
        for timer in timers:
            timer.cancel()
        for timer in timers:
            timer.join()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _later(self, seconds: float, action: Callable[[], None]) -> None:
        timer = threading.Timer(seconds, lambda: self._run(timer, action))
        timer.daemon = True
        with MOTO_LOCK:
            self._timers.add(timer)
        timer.start()

    def _run(self, timer: threading.Timer, action: Callable[[], None]) -> None:
        try:
            action()
        finally:
            with MOTO_LOCK:
                self._timers.discard(timer)

    def credentials(self, account: str | None = None, partition: str | None = None) -> Credentials:
        """Keys of the administrator of an account, user ``operator``, by default the server's own account.

        An account exists from the first call on. It also has a role ``operator`` that anybody of the same partition
        may assume, so that one set of keys reaches all accounts of its partition. An account is another one in each
        partition, even under the same number.
        """
        return credentials_of(self._operator(account or self.account, partition or self.partition))

    def _operator(self, account: str, partition: str) -> Principal:
        with inside(self._scope):
            principal = self._operators.get((account, partition))
            if principal is None:
                principal = iam.create_user(account, partition, OPERATOR)
                iam.create_role(account, partition, OPERATOR, iam.trust({"AWS": "*"}), "/", ("AdministratorAccess",))
                self._registry.add(principal)
                self._operators[(account, partition)] = principal
                self._write_profiles()
            return principal

    def _write_profiles(self) -> None:
        config, keys = [], []
        for (account, partition), principal in self._operators.items():
            region = self.region if partition == self.partition else DEFAULT_REGIONS[partition]
            config.append(f"[profile {account}-{partition}]\nregion = {region}\n")
            keys.append(
                f"[{account}-{partition}]\naws_access_key_id = {principal.access_key}\n"
                f"aws_secret_access_key = {principal.secret_key}\n"
            )
        (self._folder / "config").write_text("\n".join(config), encoding="utf-8")
        (self._folder / "credentials").write_text("\n".join(keys), encoding="utf-8")
        (self._folder / "credentials").chmod(0o600)

    def add_role(
        self,
        name: str,
        *,
        account: str | None = None,
        partition: str | None = None,
        path: str = "/",
        service: str = "",
        external_id: str = "",
        policies: Iterable[str] = (),
    ) -> str:
        """Make a role and return its ARN.

        Args:
            service: The AWS service that may assume it, ``eks.amazonaws.com``; empty for every AWS principal.
            external_id: What a caller of AssumeRole must give.
            policies: AWS managed policies by name, or any policies by ARN.
        """
        place = (account or self.account, partition or self.partition)
        self._operator(*place)
        trust = iam.trust({"Service": service} if service else {"AWS": "*"}, external_id)
        with inside(self._scope):
            return iam.create_role(*place, name, trust, path, policies)

    def assume(self, role_arn: str, session: str = "test") -> Credentials:
        """Temporary keys of a role, whoever it trusts. Raises ValueError when there is no such role."""
        parts = role_arn.split(":", 5)
        with inside(self._scope):
            principal = sts.new_session(parts[4], parts[1], role_arn.rpartition("/")[2], session)
        self._registry.add(principal)
        return credentials_of(principal)

    def set_regions(
        self, regions: Iterable[str] | Mapping[str, str], *, account: str | None = None, partition: str | None = None
    ) -> None:
        """Say which regions an account has, for EC2's DescribeRegions.

        By default these are few: see :class:`~tests.testbed.aws.regions.Regions`.

        Args:
            regions: Names, or OptInStatus by name: ``opt-in-not-required``, ``opted-in``, or ``not-opted-in`` for a
                region whose services then refuse the account's keys.
        """
        given = regions if isinstance(regions, Mapping) else dict.fromkeys(regions, ALWAYS)
        with inside(self._scope):
            self._regions.set(account or self.account, partition or self.partition, given)

    def expire(self, credentials: Credentials) -> None:
        """From now on these keys are refused with the service's ExpiredToken error."""
        self._registry.expire(credentials.access_key)

    @property
    def on_addon_applied(self) -> AddonHook | None:
        """Called as ``hook(cluster, applied)`` when EKS writes an add-on into its cluster, outside of any request;
        returns the conflicting fields, none when it was written. See :func:`merge_config_map`."""
        return self._settings.on_addon_applied

    @on_addon_applied.setter
    def on_addon_applied(self, hook: AddonHook | None) -> None:
        self._settings.on_addon_applied = hook

    @property
    def addon_seconds(self) -> float:
        """Seconds that an add-on stays CREATING, UPDATING or DELETING, 0.2 by default."""
        return self._settings.addon_seconds

    @addon_seconds.setter
    def addon_seconds(self, seconds: float) -> None:
        self._settings.addon_seconds = seconds

    @property
    def cluster_versions(self) -> list[dict[str, object]]:
        """Rows of DescribeClusterVersions in the API's own names, oldest first; change them in place or set them."""
        return self._settings.cluster_versions

    @cluster_versions.setter
    def cluster_versions(self, rows: list[dict[str, object]]) -> None:
        self._settings.cluster_versions = rows
