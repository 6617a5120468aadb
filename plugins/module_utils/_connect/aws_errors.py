# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What botocore's exceptions mean to the user."""

from __future__ import annotations

import contextlib
from typing import Any

# The backends' requirements say so before anything here runs.
with contextlib.suppress(ImportError):
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        HTTPClientError,
        NoCredentialsError,
        PartialCredentialsError,
        ProfileNotFound,
        ReadTimeoutError,
        SSLError,
    )
    from botocore.exceptions import ConnectionError as BotoConnectionError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.redaction import scrub

ACCESS_DENIED_CODES = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized"})
NOT_FOUND_CODES = frozenset({"ResourceNotFoundException", "NoSuchEntity", "NotFoundException"})
IDENTITY_CODES = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
"""Codes that say that AWS doesn't know the caller, by that whatever is asked."""


CREDENTIALS_REMEDY = (
    "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE, give option profile (role variable "
    "eks_windows_profile), or run where an instance or container role is"
)


def error_code(error: Exception) -> str:
    """The code of AWS's answer, empty for whatever else went wrong."""
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def words_of(error: Exception) -> str:
    """AWS's own words, or botocore's, in one line and without secrets."""
    return scrub(" ".join(str(error).split()))


def is_access_denied(error: Exception) -> bool:
    """Whether the caller is known to AWS but not allowed the call."""
    return error_code(error) in ACCESS_DENIED_CODES


def is_not_found(error: Exception) -> bool:
    """Whether what was asked for does not exist."""
    return error_code(error) in NOT_FOUND_CODES


def is_hopeless(error: Exception) -> bool:
    """Whether no other call could do better: AWS isn't reached, or doesn't know the caller."""
    return isinstance(error, BotoCoreError) or error_code(error) in IDENTITY_CODES


def remedy_for(error: Exception, permission: str = "") -> str:
    """What mends it; ``permission`` is the IAM action that the call needs, such as ``eks:DescribeCluster``."""
    remedy = ""
    if isinstance(error, (NoCredentialsError, PartialCredentialsError)):
        remedy = CREDENTIALS_REMEDY
    elif isinstance(error, ProfileNotFound):
        remedy = "Check option profile, AWS_PROFILE and the AWS configuration files"
    elif isinstance(error, SSLError):
        remedy = "Give the authority's certificate by option aws_ca_bundle or AWS_CA_BUNDLE"
    elif isinstance(error, ReadTimeoutError):
        remedy = "Try again, or raise request_timeout"
    elif isinstance(error, (BotoConnectionError, HTTPClientError)):
        remedy = "Check the region's name, the network and its proxy, endpoint_url and AWS_ENDPOINT_URL_*"
    elif error_code(error) in IDENTITY_CODES:
        remedy = "Renew the AWS credentials, and check the region's name, to which they have to belong"
    elif is_access_denied(error) and permission:
        remedy = f"Give the caller {permission}"
    elif is_not_found(error):
        remedy = "Check the name, the account and the region"
    elif isinstance(error, ClientError):
        remedy = "Try again"
    return remedy


def aws_failure(what: str, error: Any, permission: str = "") -> EksWindowsError:
    """The failure of ``what``, in AWS's words and with its remedy."""
    return EksWindowsError(f"{what}: {words_of(error)}", remedy=remedy_for(error, permission))
