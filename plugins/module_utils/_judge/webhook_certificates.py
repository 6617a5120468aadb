# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The certificates that legacy webhooks serve with, judged as of the observation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import Unknown

if TYPE_CHECKING:
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.certificate_state import CertificateState
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.webhook_chain import WebhookChain


@dataclass(frozen=True)
class JudgedWebhook:
    """A legacy webhook with what is to be said of its certificate."""

    chain: WebhookChain
    state: CertificateState

    @property
    def is_readable(self) -> bool:
        """Whether its Secret was looked into, or is known not to be there."""
        return self.chain.secret is not None and not (self.chain.secret_exists and self.chain.key_state == "unknown")

    @property
    def broken(self) -> tuple[str, ...]:
        """Problems that no new certificate mends."""
        return tuple(problem for problem in self.chain.problems if not problem.startswith(f"{self.chain.secret} "))

    @property
    def is_wrong(self) -> bool:
        """Whether the API server does not take the certificate, or there is none."""
        state = self.state
        if state.certificate is None or state.key_matches is False:
            return True
        return bool(set(state.problems) - set(self.chain.problems))

    @property
    def needs_new(self) -> bool:
        """Whether it does not serve for its certificate, and nobody else looks after that."""
        return self.chain.managed_by == "none" and self.is_readable and self.is_wrong

    @property
    def needs_certificate(self) -> bool:
        """Whether a new one is due, or what trusts it has to be mended; never where cert-manager looks after it."""
        due = self.state.certificate is not None and bool(self.state.renewal_due) and self.chain.managed_by == "none"
        return self.chain.service is not None and (self.needs_new or due)


def judged_webhooks(subject: Subject) -> tuple[JudgedWebhook, ...]:
    """Every legacy webhook that was read; none where that could not be."""
    chains = subject.observation.legacy_webhooks
    if not chains or isinstance(chains, Unknown):
        return ()
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.certificate_state import certificate_state

    days = subject.options.renewal_days
    return tuple(JudgedWebhook(chain, certificate_state(chain, subject.at, days)) for chain in chains)


def worst_webhook(subject: Subject) -> JudgedWebhook | None:
    """The one to speak of first: one that is wrong, else the one whose certificate ends first."""
    return min(
        judged_webhooks(subject),
        key=lambda each: (not each.is_wrong, each.state.not_after or ""),
        default=None,
    )
