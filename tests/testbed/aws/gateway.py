# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way of one request through a service's port: signature, record, faults, model, operation, answer."""

from __future__ import annotations

import importlib
import io
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from moto.core.request import Request, determine_request_protocol
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.wrappers import Response

from tests.testbed.aws import eks, iam, sts
from tests.testbed.aws.access_denied import access_denied
from tests.testbed.aws.callers import Callers, invalid_token
from tests.testbed.aws.ec2 import Ec2
from tests.testbed.aws.eks_state import EksContext, EksSettings
from tests.testbed.aws.errors import AwsError, TestbedModelError, render_error
from tests.testbed.aws.faults import Faults
from tests.testbed.aws.moto_scope import MOTO_LOCK, MotoScope, inside, scope_backends
from tests.testbed.aws.permissions import Permissions
from tests.testbed.aws.principals import Principal
from tests.testbed.aws.recorder import AwsRequest, Recorder, is_write
from tests.testbed.aws.regions import Regions
from tests.testbed.aws.signature import Signature, SignedTarget, read_signature
from tests.testbed.aws.validation import Call, answer_problems, check_result, read_call, request_problems

SERVICES = ("eks", "iam", "sts", "ec2", "ssm")
_MOTO = {
    "eks": ("moto.eks.responses", "EKSResponse", "moto.eks.models", "eks_backends"),
    "iam": ("moto.iam.responses", "IamResponse", "moto.iam.models", "iam_backends"),
    "sts": ("moto.sts.responses", "TokenResponse", "moto.sts.models", "sts_backends"),
    "ec2": ("moto.ec2.responses", "EC2Response", "moto.ec2.models", "ec2_backends"),
    "ssm": ("moto.ssm.responses", "SimpleSystemManagerResponse", "moto.ssm.models", "ssm_backends"),
}
Answer = tuple[int, Mapping[str, Any], "str | bytes"]


@dataclass
class GatewayState:
    """What all ports of one server share."""

    scope: MotoScope
    callers: Callers
    recorder: Recorder
    faults: Faults
    permissions: Permissions
    regions: Regions
    ec2: Ec2
    settings: EksSettings
    later: Callable[[float, Callable[[], None]], None]
    prepare: Callable[[str, str, str], None]
    problem: Callable[[str], None]


class _InternalError(AwsError):
    """The testbed's own fault, which the client sees as a server error."""


class Gateway:
    """The WSGI application of one service."""

    def __init__(self, service: str, state: GatewayState) -> None:
        self._service = service
        self._state = state

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        # moto guesses the region from the user agent before it looks at the signature.
        environ["HTTP_USER_AGENT"] = ""
        status, headers, text = self._answer(environ, body)
        kept = {
            str(name): str(value) for name, value in headers.items() if str(name).lower() not in ("status", "server")
        }
        kept.setdefault("x-amzn-RequestId", str(uuid.uuid4()))
        kept.pop("Content-Length", None)
        return Response(text, status=status, headers=kept)(environ, start_response)

    def _answer(self, environ: dict[str, Any], body: bytes) -> Answer:
        request = Request(environ)
        request.from_wsgi_server = True
        headers = {name.lower(): value for name, value in request.headers.items()}
        signature = read_signature(environ.get("QUERY_STRING", ""), headers)
        region = signature.region if signature else ""
        call, unreadable = self._read(request)
        number = self._record(call, region, signature)
        try:
            target = SignedTarget(request.method, request.raw_url, headers, body)
            principal = self._state.callers.authenticate(self._service, signature, target)
            with inside(self._state.scope):
                if self._state.regions.is_disabled(principal, region):
                    raise invalid_token(self._service, "")
            if call is None:
                raise unreadable
            answer = self._carry_out(call, request, principal, region)
        except AwsError as error:
            if isinstance(error, _InternalError):
                self._state.problem(error.message)
            self._state.recorder.finish(number, error.status, error.code)
            # A client that came to the wrong port is to understand why, so its own service's protocol is used.
            asked = signature.service if signature and signature.service in SERVICES else self._service
            return render_error(asked, error)
        self._state.recorder.finish(number, answer[0], "" if answer[0] < 400 else _error_code(answer))
        return answer

    def _read(self, request: Request) -> tuple[Call | None, AwsError]:
        try:
            return read_call(self._service, request), AwsError("", "")
        except AwsError as error:
            return None, error
        except Exception as error:  # noqa: BLE001 moto's parsers raise whatever the bytes lead them to
            return None, AwsError("SerializationException", f"The request cannot be read: {error}")

    def _record(self, call: Call | None, region: str, signature: Signature | None) -> int:
        operation = str(call.operation.name) if call else ""
        parameters = call.parameters if call else {}
        principal = self._state.callers.find(signature.access_key) if signature else None
        write = is_write(operation, parameters) if operation else False
        arn = principal.arn if principal else ""
        token_check = signature is not None and signature.in_query
        return self._state.recorder.begin(
            AwsRequest(self._service, operation, region, write, arn, parameters=parameters, token_check=token_check)
        )

    def _carry_out(self, call: Call, request: Request, principal: Principal, region: str) -> Answer:
        operation, faults = str(call.operation.name), self._state.faults
        seconds = faults.seconds(self._service, operation)
        if seconds:
            time.sleep(seconds)
        if faults.is_denied(self._service, operation, principal.arn, region):
            with inside(self._state.scope):
                raise access_denied(self._service, operation, region, principal, call.parameters)
        self._check_permissions(operation, call, principal, region)
        failure = faults.take(self._service, operation)
        if failure and not failure.after_applied:
            raise failure.error
        problems = request_problems(call)
        if problems:
            text = f"{self._service}:{operation} was asked in a way that its model does not know: {'; '.join(problems)}"
            self._state.problem(text)
            code = {"eks": "InvalidParameterException"}.get(self._service, "ValidationError")
            raise AwsError(code, text, 400)
        try:
            with inside(self._state.scope):
                answer = self._perform(call, request, principal, region)
        except TestbedModelError as error:
            raise _InternalError("InternalFailure", str(error), 500) from error
        except NotImplementedError as error:
            raise _InternalError("NotImplemented", f"the testbed has no {self._service}:{operation}", 501) from error
        except AwsError:
            raise
        except Exception as error:
            text = f"{self._service}:{operation} failed inside the testbed: {type(error).__name__}: {error}"
            raise _InternalError("InternalFailure", text, 500) from error
        if failure:
            raise failure.error
        return answer

    def _check_permissions(self, operation: str, call: Call, principal: Principal, region: str) -> None:
        try:
            self._state.permissions.check(self._service, operation, region, principal, call.parameters)
        except TestbedModelError as error:
            raise _InternalError("InternalFailure", str(error), 500) from error

    def _perform(self, call: Call, request: Request, principal: Principal, region: str) -> Answer:
        operation = str(call.operation.name)
        if self._service == "sts" and operation in sts.OPERATIONS:
            return self._serialize(
                call, request, sts.OPERATIONS[operation](principal, self._state.callers.registry, call.parameters)
            )
        if self._service == "eks":
            context = self._eks_context(principal, region)
            eks.check_cluster(context.clusters, operation, call.parameters)
            if operation in eks.OPERATIONS:
                return self._serialize(call, request, eks.OPERATIONS[operation](context, call.parameters))
        if (self._service, operation) == ("ec2", "DescribeRegions"):
            return self._serialize(call, request, self._state.regions.describe(principal, call.parameters))
        if self._service == "ec2":
            answer = self._state.ec2.answer(operation, principal.account, region, call.parameters)
            if answer is not None:
                return self._serialize(call, request, answer)
        moto = _moto_response(self._service)
        self._state.prepare(self._service, principal.account, region)
        request.environ["HTTP_X_MOTO_ACCOUNT_ID"] = principal.account
        status, headers, body = moto.dispatch(request, request.raw_url, dict(request.headers))
        if self._service == "eks" and status < 300:
            self._check_answer(call, body)
        return status, headers, body

    def _eks_context(self, principal: Principal, region: str) -> EksContext:
        return EksContext(
            clusters=eks.eks_backend(principal.account, region).current_states(),
            caller=principal,
            region=region,
            settings=self._state.settings,
            lock=MOTO_LOCK,
            later=self._state.later,
            principal_id=iam.unique_id,
        )

    def _serialize(self, call: Call, request: Request, result: Mapping[str, Any]) -> Answer:
        check_result(call.operation, result)
        if self._service == "sts" and "application/json" in request.headers.get("Accept", ""):
            name = str(call.operation.name)
            document = {
                f"{name}Response": {
                    f"{name}Result": dict(result),
                    "ResponseMetadata": {"RequestId": str(uuid.uuid4())},
                }
            }
            return 200, {"Content-Type": "application/json"}, json.dumps(document, default=str)
        protocol = determine_request_protocol(get_service_model(self._service), request.content_type or None)
        serializer = get_serializer_class(self._service, protocol)(operation_model=call.operation)  # type: ignore[arg-type]
        answer = serializer.serialize(dict(result))
        if self._service == "eks":
            self._check_answer(call, answer["body"])
        return answer["status_code"], answer["headers"], answer["body"]

    def _check_answer(self, call: Call, body: str | bytes) -> None:
        problems = answer_problems(call.operation, body)
        if problems:
            raise TestbedModelError(f"answer to {self._service}:{call.operation.name}: {'; '.join(problems)}")


_moto_lock = threading.Lock()
_moto_responses: dict[str, Any] = {}


def _moto_response(service: str) -> Any:
    """moto's response class of a service, loaded when first needed: EC2 alone takes most of a second."""
    with _moto_lock:
        if service not in _moto_responses:
            responses, name, models, backends = _MOTO[service]
            scope_backends(getattr(importlib.import_module(models), backends))
            _moto_responses[service] = getattr(importlib.import_module(responses), name)
        return _moto_responses[service]


def _error_code(answer: Answer) -> str:
    """The error code in one of moto's own answers."""
    status, headers, body = answer
    named = str(headers.get("x-amzn-ErrorType") or "")
    text = body.decode() if isinstance(body, bytes) else body
    if not named and "<Code>" in text:
        named = text.partition("<Code>")[2].partition("</Code>")[0]
    if not named and text.startswith("{"):
        named = str(json.loads(text).get("__type", ""))
    return named or f"HTTP {status}"
