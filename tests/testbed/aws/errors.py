# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors as each AWS service writes them on the wire."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

JSON_SERVICES = ("eks", "ssm")


class AwsError(Exception):
    """An answer that is an error.

    Args:
        code: The error code of the service, for example ``ResourceNotFoundException``.
        message: The text shown to the client.
        status: HTTP status.
        members: Further members of the error's shape (EKS names the cluster and the add-on there).
    """

    def __init__(self, code: str, message: str, status: int = 400, members: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.members = dict(members or {})


class TestbedModelError(Exception):
    """A request or an answer that the service model does not know; raised when the server stops."""

    __test__ = False


def by_service(service: str, names: Mapping[str, str]) -> str:
    """The code that a service uses for one meaning: its own entry of ``names``, else that of ``query`` or ``json``."""
    return names.get(service) or names["json" if service in JSON_SERVICES else "query"]


def render_error(service: str, error: AwsError) -> tuple[int, dict[str, str], str]:
    """Status, headers and body of ``error`` in the protocol of ``service``."""
    request_id = str(uuid.uuid4())
    if service == "eks":
        body = json.dumps({"message": error.message, **error.members})
        return error.status, {"Content-Type": "application/json", "x-amzn-ErrorType": error.code}, body
    if service in JSON_SERVICES:
        body = json.dumps({"__type": error.code, "message": error.message, **error.members})
        return error.status, {"Content-Type": "application/x-amz-json-1.1", "x-amzn-ErrorType": error.code}, body
    detail = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
    if service == "ec2":
        body = f"<Response><Errors><Error>{detail}</Error></Errors><RequestID>{request_id}</RequestID></Response>"
    else:
        body = (
            f"<ErrorResponse><Error><Type>Sender</Type>{detail}</Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>"
        )
    return error.status, {"Content-Type": "text/xml"}, body
