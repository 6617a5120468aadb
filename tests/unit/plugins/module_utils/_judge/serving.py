# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Webhooks of legacy support with certificates, as they serve on the day of the observations."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import WebhookChain
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.issuing import Issued, issue
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import chain

HOST = "vpc-admission-webhook.kube-system.svc"
AUTHORITY = issue("authority", authority=True, ends=timedelta(days=3650))
OTHER_AUTHORITY = issue("other", authority=True)


@lru_cache
def certificate(days: float = 300, *names: str, by: Issued = AUTHORITY) -> str:
    """A certificate that lasts so many days, for eksctl's webhook."""
    return issue(by=by, names=names or (HOST,), begins=timedelta(days=-400), ends=timedelta(days=days)).certificate


def serving(days: float = 300, **changes: Any) -> WebhookChain:
    """eksctl's webhook, whose certificate lasts so many days."""
    parts = {"certificate_pem": certificate(days), "ca_bundle": AUTHORITY.certificate}
    return chain(**{**parts, **changes})
