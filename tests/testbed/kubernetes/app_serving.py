# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What EKS's signer of serving certificates makes of a request, for whoever plays that signer.

Source: AWS user guide, security-k8s.adoc: a year by default and at most, alternative names honoured, three usages.
"""

from __future__ import annotations

import base64
import datetime

from tests.testbed.kubernetes.admin import Json
from tests.testbed.pki import YEAR, Authority

SIGNER = "beta.eks.amazonaws.com/app-serving"
USAGES = frozenset({"digital signature", "key encipherment", "server auth"})


def issue(authority: Authority, spec: Json, lifetime: datetime.timedelta = YEAR) -> bytes:
    """PEM of the certificate for the spec of a CertificateSigningRequest.

    Args:
        lifetime: Where the request asks for none; never more than a year.

    Raises:
        ValueError: It asks for usages that this signer does not grant, or cannot be read.
    """
    foreign = set(spec.get("usages") or []) - USAGES
    if foreign:
        raise ValueError(f"usages that {SIGNER} does not grant: {', '.join(sorted(foreign))}")
    asked = spec.get("expirationSeconds")
    wanted = datetime.timedelta(seconds=int(asked)) if asked else lifetime
    return authority.sign(base64.b64decode(spec["request"]), lifetime=min(wanted, YEAR))
