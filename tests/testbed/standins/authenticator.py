# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who has a bearer token of a cluster: the stand-ins themselves, or whom EKS's authenticator knows."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping

from tests.testbed.aws import AuthenticationError, AwsServer, EksCluster, authenticate, kubernetes_user
from tests.testbed.kubernetes.types import TESTBED_USER_PREFIX

MASTERS = "system:masters"
STANDINS = "testbed:standins"


class ClusterAuthenticator:
    """The token check of one cluster.

    Args:
        sts: The AWS whose STS is asked.
        aws_auth: Reads the data of ConfigMap kube-system/aws-auth, None where there is none.

    Attributes:
        cluster: The cluster as EKS knows it; until it is set only stand-ins are known.
    """

    def __init__(self, sts: AwsServer, aws_auth: Callable[[], Mapping[str, str] | None]) -> None:
        self._sts = sts
        self._aws_auth = aws_auth
        self._own: dict[str, str] = {}
        self.cluster: EksCluster | None = None

    def token_for(self, standin: str) -> str:
        """A token that has every right, for a stand-in."""
        token = secrets.token_urlsafe(24)
        self._own[token] = TESTBED_USER_PREFIX + standin
        return token

    def __call__(self, token: str) -> tuple[str, tuple[str, ...]] | None:
        """The user and the groups behind a token, None where it is refused."""
        if token in self._own:
            return self._own[token], (MASTERS, STANDINS)
        if self.cluster is None:
            return None
        try:
            identity = authenticate(token, self.cluster.name, self._sts, partition=self.cluster.partition)
        except AuthenticationError:
            return None
        user = kubernetes_user(identity, self.cluster, self._aws_auth())
        return (user.username, user.groups) if user else None
