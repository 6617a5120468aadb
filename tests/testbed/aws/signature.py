# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signature Version 4: reading it from a request, and checking it with botocore's own signer."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

_HEADER = re.compile(
    r"^AWS4-HMAC-SHA256\s+Credential=(?P<credential>[^,\s]+),\s*SignedHeaders=(?P<headers>[^,\s]+),"
    r"\s*Signature=(?P<signature>[0-9a-f]+)$"
)


@dataclass(frozen=True)
class Signature:
    """What a signed request says of its signer. ``timestamp`` is as sent, ``20260102T030405Z``."""

    access_key: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    timestamp: str
    session_token: str
    value: str
    in_query: bool


def _scope(credential: str) -> tuple[str, str, str, str] | None:
    parts = credential.split("/")
    if len(parts) != 5 or parts[4] != "aws4_request":
        return None
    return parts[0], parts[1], parts[2], parts[3]


def read_signature(query: str, headers: Mapping[str, str]) -> Signature | None:
    """The signature of a request, from its header or its query; None where there is no well-formed one.

    Args:
        query: The raw query string.
        headers: Names in lower case.
    """
    match = _HEADER.match(headers.get("authorization", ""))
    if match:
        scope = _scope(match["credential"])
        if scope is None:
            return None
        signed = tuple(match["headers"].split(";"))
        token = headers.get("x-amz-security-token", "")
        return Signature(*scope, signed, headers.get("x-amz-date", ""), token, match["signature"], False)
    parameters = dict(parse_qsl(query, keep_blank_values=True))
    scope = _scope(parameters.get("X-Amz-Credential", ""))
    if scope is None or not parameters.get("X-Amz-Signature"):
        return None
    signed = tuple(parameters.get("X-Amz-SignedHeaders", "").split(";"))
    token = parameters.get("X-Amz-Security-Token", "")
    return Signature(*scope, signed, parameters.get("X-Amz-Date", ""), token, parameters["X-Amz-Signature"], True)


@dataclass(frozen=True)
class SignedTarget:
    """The request as it came: ``url`` undecoded, names in ``headers`` in lower case."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


def signature_matches(signature: Signature, secret_key: str, target: SignedTarget) -> bool:
    """Whether the holder of ``secret_key`` signed this request."""
    if signature.timestamp[:8] != signature.date or "host" not in signature.signed_headers:
        return False
    url = target.url
    if signature.in_query:
        parts = urlsplit(url)
        kept = [pair for pair in parts.query.split("&") if not pair.startswith("X-Amz-Signature=")]
        url = parts._replace(query="&".join(kept)).geturl()
    request = AWSRequest(method=target.method, url=url, data=target.body)
    for name in signature.signed_headers:
        if name not in target.headers:
            return False
        request.headers[name] = target.headers[name]
    request.context["timestamp"] = signature.timestamp
    signer = SigV4Auth(Credentials(signature.access_key, secret_key), signature.service, signature.region)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    return hmac.compare_digest(signer.signature(text, request), signature.value)
