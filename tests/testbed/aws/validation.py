# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests and answers held against botocore's service models."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from botocore.validate import ParamValidator
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.exceptions import HTTPException

from tests.testbed.aws.errors import AwsError, TestbedModelError, by_service

_SCALARS: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "character": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "timestamp": (int, float, str),
    "blob": (str, bytes),
}


@dataclass(frozen=True)
class Call:
    """A request understood: which operation, with which parameters by the model's names."""

    operation: OperationModel
    parameters: Mapping[str, Any]
    unknown: tuple[str, ...]


def read_call(service: str, request: Request) -> Call:
    """Find the operation of a request and its parameters.

    Raises:
        AwsError: The service's own answer to an operation it does not have.
    """
    model = get_service_model(service)
    try:
        operation_model, labels = get_service_router(service).match(request)
    except (HTTPException, NotImplementedError):
        code = by_service(service, {"query": "InvalidAction", "json": "UnknownOperationException"})
        raise AwsError(code, f"{service} has no operation for {request.method} {request.path}", 404) from None
    protocol = determine_request_protocol(model, request.content_type or None)
    parsed = PROTOCOL_PARSERS[protocol](operation_model).parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": request.data,
            "url_path": request.path,
            "url_params": labels,
        }
    )
    return Call(operation_model, dict(parsed), tuple(_unknown_inputs(service, operation_model, request)))


def _unknown_inputs(service: str, operation: OperationModel, request: Request) -> Iterator[str]:
    shape = operation.input_shape
    members: Mapping[str, Shape] = shape.members if isinstance(shape, StructureShape) else {}
    if service in ("eks", "ssm"):
        known = {member.serialization.get("name", name) for name, member in members.items()}
        yield from (name for name in request.args if name not in known)
        body = json.loads(request.data) if request.data else {}
        if shape is not None:
            yield from (problem for problem in structure_problems(body, shape, "") if "unknown" in problem)
        return
    known = {"Action", "Version"}
    for name, member in members.items():
        wire = str(member.serialization.get("queryName") or member.serialization.get("name", name))
        known.update((name, wire, wire[:1].upper() + wire[1:]))
    for name in request.values:
        if name.split(".")[0] not in known and not name.startswith("X-Amz-"):
            yield f"unknown parameter {name}"


def request_problems(call: Call) -> list[str]:
    """What the service model finds wrong with a request, empty when nothing."""
    problems = list(call.unknown)
    shape = call.operation.input_shape
    if shape is None:
        return problems
    report = ParamValidator().validate(dict(call.parameters), shape)
    if report.has_errors():
        problems.extend(report.generate_report().splitlines())
    problems.extend(_enum_problems(call.parameters, shape, ""))
    return problems


def _enum_problems(value: Any, shape: Shape, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        for name, member in shape.members.items():
            if value.get(name) is not None:
                yield from _enum_problems(value[name], member, f"{path}.{name}")
    elif isinstance(shape, ListShape) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _enum_problems(item, shape.member, f"{path}[{index}]")
    else:
        allowed = getattr(shape, "enum", None)
        if allowed and isinstance(value, str) and value not in allowed:
            yield f"{path or 'value'}: {value!r} is none of {', '.join(allowed)}"


def structure_problems(value: Any, shape: Shape, path: str) -> Iterator[str]:
    """Where a JSON value leaves its shape: unknown members, wrong types, values outside an enumeration.

    An absent and a null member are the same, as botocore reads them.
    """
    where = path or "the document"
    if value is None:
        return
    if isinstance(shape, StructureShape):
        if not isinstance(value, Mapping):
            yield f"{where}: {type(value).__name__} where {shape.name} is a structure"
            return
        by_wire = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        for name, item in value.items():
            if name not in by_wire:
                yield f"{where}: unknown member {name} of {shape.name}"
            else:
                yield from structure_problems(item, by_wire[name], f"{path}.{name}")
    elif isinstance(shape, ListShape):
        if not isinstance(value, list):
            yield f"{where}: {type(value).__name__} where {shape.name} is a list"
            return
        for index, item in enumerate(value):
            yield from structure_problems(item, shape.member, f"{path}[{index}]")
    elif isinstance(shape, MapShape):
        if not isinstance(value, Mapping):
            yield f"{where}: {type(value).__name__} where {shape.name} is a map"
            return
        for key, item in value.items():
            yield from structure_problems(item, shape.value, f"{path}[{key}]")
    else:
        yield from _scalar_problems(value, shape, where)


def _scalar_problems(value: Any, shape: Shape, where: str) -> Iterator[str]:
    expected = _SCALARS.get(shape.type_name, ())
    if not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected):
        yield f"{where}: {type(value).__name__} where {shape.name} is a {shape.type_name}"
        return
    allowed = getattr(shape, "enum", None)
    if allowed and value not in allowed:
        yield f"{where}: {value!r} is none of {', '.join(allowed)}"


def answer_problems(operation: OperationModel, body: str | bytes) -> list[str]:
    """What the service model finds wrong with a JSON answer, empty when nothing."""
    shape = operation.output_shape
    if not body:
        return []
    try:
        value = json.loads(body)
    except ValueError as error:
        return [f"the answer is not JSON: {error}"]
    return [] if shape is None else list(structure_problems(value, shape, ""))


def check_result(operation: OperationModel, result: Mapping[str, Any]) -> None:
    """Refuse a result with members that the serializer would silently drop.

    Raises:
        TestbedModelError: Naming them.
    """
    shape = operation.output_shape
    members = shape.members if isinstance(shape, StructureShape) else {}
    problems = [f"unknown member {name}" for name in result if name not in members]
    for name, value in result.items():
        if name in members:
            problems.extend(_result_problems(value, members[name], name))
    if problems:
        raise TestbedModelError(f"answer to {operation.name}: {'; '.join(problems)}")


def _result_problems(value: Any, shape: Shape, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        for name, item in value.items():
            if name not in shape.members:
                yield f"unknown member {path}.{name}"
            else:
                yield from _result_problems(item, shape.members[name], f"{path}.{name}")
    elif isinstance(shape, ListShape) and isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _result_problems(item, shape.member, f"{path}[{index}]")
