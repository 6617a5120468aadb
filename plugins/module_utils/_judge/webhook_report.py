# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""How a webhook is reported: names, certificate and what is wrong, and never a key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.legacy_variants import VARIANTS
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.certificate_state import (
    certificate_state,
    rfc3339,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import (
    WebhookChain,
    WebhookEntry,
)


def webhooks_report(chains: Sequence[WebhookChain], at: datetime, renewal_days: int) -> dict[str, Any]:
    """All webhooks, each with its certificate, and beside them the values of the only one, or of what all share.

    Webhooks that call one Service or URL share all but their own names, policies and trust.
    """
    webhooks = [_webhook(chain, entry, at, renewal_days) for chain in chains for entry in chain.entries]
    if len(chains) != 1:
        return {"found": bool(chains), "webhooks": webhooks}
    (chain,) = chains
    if len(chain.entries) == 1:
        return {"found": True, "webhooks": webhooks, **webhooks[0]}
    state = certificate_state(chain, at, renewal_days)
    return {
        "found": True,
        "webhooks": webhooks,
        **webhooks[0],
        "failure_policy": "Fail" if any(entry.failure_policy == "Fail" for entry in chain.entries) else "Ignore",
        "trusted_by_ca_bundle": state.trusted_by_ca_bundle,
        "problems": list(state.problems),
    }


def variant_of(chain: WebhookChain) -> str | None:
    """The way of installation whose names these are; None where they don't tell, or are nobody's."""
    fitting = [
        variant.name
        for variant in VARIANTS
        if variant.webhook_configuration == chain.configuration
        and (chain.service is not None and variant.service == chain.service.name)
        and (variant.namespace in ("", chain.service.namespace))
        and (chain.deployment is None or variant.deployment == chain.deployment.name)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _webhook(chain: WebhookChain, entry: WebhookEntry, at: datetime, renewal_days: int) -> dict[str, Any]:
    alone = replace(
        chain, webhook=entry.name, failure_policy=entry.failure_policy, ca_bundle=entry.ca_bundle, others=()
    )
    state = certificate_state(alone, at, renewal_days)
    found = state.certificate
    managed = chain.managed_by != "none"
    return {
        "webhook_configuration": chain.configuration,
        "webhook": entry.name,
        "variant": variant_of(chain),
        "url": chain.url,
        "service": chain.service.name if chain.service else None,
        "namespace": chain.secret.namespace if chain.secret else chain.service.namespace if chain.service else None,
        "deployment": chain.deployment.name if chain.deployment else None,
        "secret": chain.secret.name if chain.secret else None,
        "certificate_key": chain.certificate_key or None,
        "backup": chain.backup.name if chain.backup else None,
        "failure_policy": entry.failure_policy,
        # Its mark is on the Secret, too.
        "managed_by": None if chain.unread and chain.key_state == "unknown" and not managed else chain.managed_by,
        "subject": dict(found.subject) if found else None,
        "subject_alt_name": list(found.subject_alt_name) if found else None,
        "issuer": dict(found.issuer) if found else None,
        "serial_number": found.serial_number if found else None,
        "fingerprints": dict(found.fingerprints) if found else None,
        "not_before": rfc3339(found.not_before) if found else None,
        "not_after": state.not_after,
        "expired": state.expired,
        "days_left": state.days_left,
        "renewal_due": state.renewal_due,
        "key_matches": state.key_matches,
        "covers_service": state.covers_service,
        "trusted_by_ca_bundle": state.trusted_by_ca_bundle,
        "problems": list(state.problems),
    }
