# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IAM's decision on requests of the callers whose policies count. Everybody else may do everything.

Counted are the policies in and attached to the user, its groups, or the assumed role; permissions boundaries, session
policies and organisations' policies are not.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from tests.testbed.aws import iam
from tests.testbed.aws.access_denied import permission_denied
from tests.testbed.aws.moto_scope import MotoScope, inside
from tests.testbed.aws.permission_resources import needed_permissions
from tests.testbed.aws.policies import Verdict, evaluate
from tests.testbed.aws.principals import Principal


class Permissions:
    """The callers whose policies count, by their IAM unique id; safe to use from several threads."""

    def __init__(self, scope: MotoScope) -> None:
        self._scope = scope
        self._lock = threading.Lock()
        self._enforced: set[str] = set()

    def enforce(self, unique_id: str) -> None:
        with self._lock:
            self._enforced.add(unique_id)

    def stop_enforcing(self, unique_id: str) -> None:
        with self._lock:
            self._enforced.discard(unique_id)

    def _counts(self, caller: Principal) -> bool:
        with self._lock:
            return caller.user_id.partition(":")[0] in self._enforced

    def check(
        self, service: str, operation: str, region: str, caller: Principal, parameters: Mapping[str, Any]
    ) -> None:
        """Let a request pass or not.

        Raises:
            AwsError: The service's refusal, naming the first permission that the caller lacks.
            TestbedModelError: A policy goes beyond what the testbed's IAM can evaluate.
        """
        # Nobody can be kept from asking who they are.
        if (service, operation) == ("sts", "GetCallerIdentity") or not self._counts(caller):
            return
        with inside(self._scope):
            documents = iam.policy_documents(caller)
            general = {
                "aws:principalaccount": caller.account,
                "aws:principalarn": iam.principal_arn(caller),
                "aws:requestedregion": region,
            }
            for needed in needed_permissions(service, operation, region, caller, parameters):
                verdict = evaluate(documents, needed.action, needed.resource, {**general, **needed.context})
                if verdict is not Verdict.ALLOWED:
                    explicit = verdict is Verdict.EXPLICIT_DENY
                    raise permission_denied(service, needed, caller, parameters, explicit=explicit)
