# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who a request comes from, and the refusals of those who cannot prove it."""

from __future__ import annotations

from tests.testbed.aws import iam
from tests.testbed.aws.errors import AwsError, by_service
from tests.testbed.aws.moto_scope import MotoScope, inside
from tests.testbed.aws.partitions import partition_of
from tests.testbed.aws.principals import Principal, PrincipalRegistry
from tests.testbed.aws.signature import Signature, SignedTarget, signature_matches


class Callers:
    """The identities of one server: those that it gave out keys for, and users with keys made through the API."""

    def __init__(self, registry: PrincipalRegistry, scope: MotoScope) -> None:
        self.registry = registry
        self._scope = scope

    def find(self, access_key: str) -> Principal | None:
        """Whose access key this is."""
        principal = self.registry.find(access_key)
        if principal is None:
            with inside(self._scope):
                principal = iam.find_key(access_key)
        return principal

    def authenticate(self, service: str, signature: Signature | None, target: SignedTarget) -> Principal:
        """Who signed a request that came to the port of ``service``.

        Raises:
            AwsError: Not signed, signed for another service, by a key that is unknown, expired or of another
                partition, or not by the key's holder.
        """
        if signature is None:
            names = {"query": "MissingAuthenticationToken", "json": "MissingAuthenticationTokenException"}
            raise AwsError(by_service(service, names), "Request is missing Authentication Token", 403)
        if signature.service != service:
            text = f"Credential should be scoped to correct service: '{service}'."
            raise _bad_signature(service, f"{text} This request was signed for {signature.service}.")
        principal = self.find(signature.access_key)
        if principal is None or signature.session_token != principal.session_token:
            raise invalid_token(service, "")
        if self.registry.is_expired(principal.access_key):
            names = {"query": "ExpiredToken", "json": "ExpiredTokenException", "ec2": "RequestExpired"}
            text = "The security token included in the request is expired"
            raise AwsError(by_service(service, names), text, 403)
        if partition_of(signature.region) != principal.partition:
            raise invalid_token(
                service,
                f" (The key belongs to account {principal.account} in partition {principal.partition}, "
                f"the request was signed for region {signature.region}.)",
            )
        if not signature_matches(signature, principal.secret_key, target):
            text = "The request signature we calculated does not match the signature you provided."
            raise _bad_signature(service, text)
        return principal


def _bad_signature(service: str, message: str) -> AwsError:
    names = {"query": "SignatureDoesNotMatch", "json": "InvalidSignatureException", "ec2": "AuthFailure"}
    return AwsError(by_service(service, names), message, 403)


def invalid_token(service: str, detail: str) -> AwsError:
    """The refusal of a key that nobody knows, or that is of no use in a region."""
    if service == "ec2":
        return AwsError("AuthFailure", "AWS was not able to validate the provided access credentials" + detail, 401)
    names = {"query": "InvalidClientTokenId", "json": "UnrecognizedClientException"}
    message = "The security token included in the request is invalid." + detail
    return AwsError(by_service(service, names), message, 403)
