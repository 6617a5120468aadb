# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users with policies of their own, and whose policies count."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from tests.testbed.aws import iam
from tests.testbed.aws.accounts import Accounts, Credentials, credentials_of
from tests.testbed.aws.moto_scope import inside

POLICY_NAME = "test"


class Identities(Accounts):
    """Users, their policies, and the enforcement of these, set up in process: none of it counts as a request.

    At first no policy counts and everybody may do everything; :meth:`enforce` ends that for one user or role.
    """

    def add_user(
        self,
        name: str,
        *,
        account: str | None = None,
        partition: str | None = None,
        path: str = "/",
        policies: Iterable[str] = (),
    ) -> Credentials:
        """Make a user with an access key and return that.

        Args:
            policies: AWS managed policies by name, or any policies by ARN.
        """
        place = (account or self.account, partition or self.partition)
        self._operator(*place)
        with inside(self._scope):
            principal = iam.create_user(*place, name, path, policies)
        self._registry.add(principal)
        return credentials_of(principal)

    def add_user_with_policy(self, name: str, document: Mapping[str, Any], **place: str) -> Credentials:
        """Make a user who may do what one policy document allows and nothing else, and return its access key.

        Args:
            document: As in the IAM user guide: ``{"Version": "2012-10-17", "Statement": [...]}``.
            place: ``account``, ``partition`` and ``path`` of :meth:`add_user`.
        """
        credentials = self.add_user(name, **place)
        self.put_policy(credentials.arn, document)
        self.enforce(credentials.arn)
        return credentials

    def put_policy(self, principal_arn: str, document: Mapping[str, Any], name: str = POLICY_NAME) -> None:
        """Put an inline policy into a user or role, in place of the one of that name, for the next request to meet.

        Args:
            principal_arn: A user, a role, or an assumed role's session.

        Raises:
            ValueError: No such user or role, or no policy document.
        """
        with inside(self._scope):
            iam.put_policy(principal_arn, name, json.dumps(document))

    def enforce(self, principal_arn: str) -> None:
        """From now on the policies of a user, or of a role in all its sessions, decide what it may do.

        Those in it, attached to it and of its groups count; boundaries, session policies and policies of an
        organisation do not. EC2's actions are held against resource ``*``. GetCallerIdentity is always allowed.

        Raises:
            ValueError: No such user or role.
        """
        self._permissions.enforce(self._unique_id(principal_arn))

    def stop_enforcing(self, principal_arn: str) -> None:
        """Take back :meth:`enforce`: the user or role may do everything again."""
        self._permissions.stop_enforcing(self._unique_id(principal_arn))

    def _unique_id(self, principal_arn: str) -> str:
        with inside(self._scope):
            return str(iam.entity_of(principal_arn).id)
