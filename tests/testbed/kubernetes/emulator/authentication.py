# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who asks: bearer tokens, client certificates and impersonation."""

from __future__ import annotations

import secrets
from dataclasses import replace

from tests.testbed.kubernetes.emulator import statuses
from tests.testbed.kubernetes.emulator.rbac import MASTERS, Authorizer, User
from tests.testbed.kubernetes.emulator.routes import Request, Route
from tests.testbed.kubernetes.types import ADMIN_USER, Authenticate

AUTHENTICATED = "system:authenticated"
ANONYMOUS = User("system:anonymous", ("system:unauthenticated",))


class Authenticator:
    """Knows the testbed's own administrator, and whoever ``by_token`` knows."""

    def __init__(self, authorizer: Authorizer) -> None:
        self._authorizer = authorizer
        self.admin_token = secrets.token_urlsafe(24)
        self.by_token: Authenticate | None = None

    def user_of(self, request: Request) -> User:
        """The user behind a request, the impersonated one where that is asked and allowed.

        Raises:
            StatusError: 401 for credentials that nobody has, 403 for impersonation that is not allowed.
        """
        return self._impersonated(request, self._direct(request))

    def _direct(self, request: Request) -> User:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        token = token.strip()
        if scheme.lower() == "bearer" and token:
            if secrets.compare_digest(token, self.admin_token):
                return User(ADMIN_USER, (MASTERS, AUTHENTICATED))
            known = self.by_token(token) if self.by_token else None
            if known is None:
                raise statuses.unauthorized()
            return User(known[0], (*known[1], AUTHENTICATED))
        if request.peer is not None:
            return User(request.peer.user, (*request.peer.groups, AUTHENTICATED))
        return ANONYMOUS

    def _impersonated(self, request: Request, user: User) -> User:
        name = request.headers.get("impersonate-user", "")
        if not name:
            return user
        groups = tuple(group for group in request.headers.get("impersonate-group", "").split("\n") if group)
        asked = Route("impersonate", request.path, resource="users", name=name)
        self._authorizer.check(user, asked)
        for group in groups:
            self._authorizer.check(user, replace(asked, resource="groups", name=group))
        return User(name, (*groups, AUTHENTICATED))
