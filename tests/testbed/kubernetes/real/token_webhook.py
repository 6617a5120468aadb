# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers the API server's question whose a bearer token is."""

from __future__ import annotations

from collections.abc import Callable

from tests.testbed.json_server import Json, JsonServer
from tests.testbed.kubernetes.types import Authenticate
from tests.testbed.pki import KeyPair


def token_server(authenticate: Callable[[], Authenticate | None], pair: KeyPair) -> JsonServer:
    """A started webhook that asks what ``authenticate`` returns, at the time of each question."""

    def review(path: str, body: Json) -> Json:
        check = authenticate()
        identity = check(body["spec"]["token"]) if check else None
        status: Json = {"authenticated": identity is not None}
        if identity is not None:
            status["user"] = {"username": identity[0], "groups": list(identity[1])}
        return {"apiVersion": body["apiVersion"], "kind": "TokenReview", "status": status}

    return JsonServer(review, pair)
