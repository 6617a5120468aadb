# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Error answers, worded as the real API server words them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.testbed.kubernetes.admin import Json
from tests.testbed.kubernetes.emulator.resources import Kind


class StatusError(Exception):
    """A request that ends in an error.

    Args:
        code: HTTP status.
        reason: The machine-readable reason, for example ``NotFound``.
        message: For people.
        details: The Status object's details.
        continuation: For an expired list, a token that goes on with what is there now.
    """

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        details: Mapping[str, Any] | None = None,
        continuation: str = "",
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = dict(details or {})
        self.continuation = continuation

    def body(self) -> Json:
        """The Status object."""
        status: Json = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {"continue": self.continuation} if self.continuation else {},
            "status": "Failure",
            "message": self.message,
            "code": self.code,
        }
        if self.reason:
            status["reason"] = self.reason
        if self.details:
            status["details"] = self.details
        return status


class PlainNotFoundError(Exception):
    """A path that no handler serves: the API server answers in plain text."""


@dataclass(frozen=True)
class Cause:
    """One field of an object that is not valid."""

    field: str
    reason: str
    message: str

    def as_json(self) -> Json:
        """As the details of a Status object have it."""
        return {"reason": self.reason, "message": self.message, "field": self.field}


def required(field: str, detail: str = "") -> Cause:
    """A field that is missing."""
    return Cause(field, "FieldValueRequired", "Required value" + (f": {detail}" if detail else ""))


def invalid_value(field: str, value: object, detail: str) -> Cause:
    """A field whose value is wrong."""
    shown = f'"{value}"' if isinstance(value, str) else str(value)
    return Cause(field, "FieldValueInvalid", f"Invalid value: {shown}: {detail}")


def forbidden_value(field: str, detail: str) -> Cause:
    """A field that may not be so."""
    return Cause(field, "FieldValueForbidden", f"Forbidden: {detail}")


def unsupported_value(field: str, value: str, supported: Sequence[str]) -> Cause:
    """A field whose value is none of the allowed ones."""
    allowed = ", ".join(f'"{each}"' for each in supported)
    return Cause(field, "FieldValueNotSupported", f'Unsupported value: "{value}": supported values: {allowed}')


def _details(kind: Kind, name: str) -> Json:
    details: Json = {"name": name} if name else {}
    if kind.group:
        details["group"] = kind.group
    details["kind"] = kind.plural
    return details


def not_found(kind: Kind, name: str) -> StatusError:
    """No object of that name."""
    return StatusError(404, "NotFound", f'{kind.resource} "{name}" not found', _details(kind, name))


def no_such_resource() -> StatusError:
    """A group and version that exist, but no such resource in it."""
    return StatusError(404, "NotFound", "the server could not find the requested resource")


def already_exists(kind: Kind, name: str) -> StatusError:
    """An object of that name is there already."""
    return StatusError(409, "AlreadyExists", f'{kind.resource} "{name}" already exists', _details(kind, name))


def conflict(kind: Kind, name: str, why: str = "") -> StatusError:
    """The object is not what the caller took it for."""
    cause = why or ("the object has been modified; please apply your changes to the latest version and try again")
    message = f'Operation cannot be fulfilled on {kind.resource} "{name}": {cause}'
    return StatusError(409, "Conflict", message, _details(kind, name))


def precondition_failed(kind: Kind, name: str, why: str) -> StatusError:
    """A delete is for another object, or another state of it; this message names the kind."""
    failed = conflict(kind, name, why)
    shown = f"{kind.kind}.{kind.group}" if kind.group else kind.kind
    failed.message = f'Operation cannot be fulfilled on {shown} "{name}": {why}'
    failed.details["kind"] = kind.kind
    return failed


def invalid(kind: Kind, name: str, causes: Sequence[Cause]) -> StatusError:
    """An object that breaks the rules of its kind."""
    listed = [f"{cause.field}: {cause.message}" for cause in causes]
    text = listed[0] if len(listed) == 1 else "[" + ", ".join(listed) + "]"
    shown = f"{kind.kind}.{kind.group}" if kind.group else kind.kind
    details: Json = {"name": name} if name else {}
    if kind.group:
        details["group"] = kind.group
    details["kind"] = kind.kind
    details["causes"] = [cause.as_json() for cause in causes]
    return StatusError(422, "Invalid", f'{shown} "{name}" is invalid: {text}', details)


def bad_request(message: str) -> StatusError:
    """A request that makes no sense."""
    return StatusError(400, "BadRequest", message)


def unauthorized() -> StatusError:
    """Nobody is known by these credentials."""
    return StatusError(401, "Unauthorized", "Unauthorized")


def forbidden(group: str, resource: str, name: str, why: str) -> StatusError:
    """The user may not; ``why`` is the sentence of the authorizer."""
    shown = f"{resource}.{group}" if group else resource
    named = f'{shown} "{name}"' if name else shown
    details: Json = {"name": name} if name else {}
    if group:
        details["group"] = group
    details["kind"] = resource
    return StatusError(403, "Forbidden", f"{named} is forbidden: {why}", details)


def forbidden_path(path: str, why: str) -> StatusError:
    """The user may not ask for this path."""
    return StatusError(403, "Forbidden", f'forbidden: {why} path "{path}"')


def method_not_allowed() -> StatusError:
    """A verb that the resource does not have."""
    return StatusError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")


def unsupported_media_type() -> StatusError:
    """A body in a form that is not read."""
    return StatusError(415, "UnsupportedMediaType", "415: Unsupported Media Type")


def internal_error(message: str) -> StatusError:
    """The server could not do its part."""
    return StatusError(
        500,
        "InternalError",
        f"Internal error occurred: {message}",
        {"causes": [{"message": message}]},
    )


def expired(message: str, continuation: str = "") -> StatusError:
    """The past that was asked for is no longer known."""
    return StatusError(410, "Expired", message, continuation=continuation)
