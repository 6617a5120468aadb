# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The three states of webhook_cert, write by write.

Whenever a run ends, between which writes ever, the webhook keeps serving and the next run goes on: what serves before
the restart is trusted until ``proved``, and what serves after it from before the Secret holds it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.webhook_cert_bundle import (
    trusting,
    with_previous,
    without_previous,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.webhook_cert_failures import doing
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.webhook_cert_issue import Issuer
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.webhook_cert_objects import (
    Backup,
    CaBundles,
    Entry,
    PairSecret,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.webhook_cert_pair import (
    Pair,
    authority_of,
    dues,
    encoded,
    faults,
    pair_of,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.webhook_cert_place import (
    Place,
    refuse_secret,
    refuse_write,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.webhook_cert_result import (
    Seen,
    certificate_told,
    diff,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.certificate import (
    LONGEST_LIFE_DAYS,
    bundled,
    trusted,
)


@dataclass(frozen=True)
class Outcome:
    """What a state came to.

    Attributes:
        after: The state that was reached, or would be.
        previous: The pair that was replaced, or that waits in the backup.
        reasons: Why a certificate was issued, in words.
    """

    after: Seen
    previous: Pair | None
    reasons: tuple[str, ...] = ()


class WebhookCertificate:
    """One webhook's certificate.

    Args:
        place: Where the certificate is.
        secret: The Secret and its backup.
        bundles: The caBundles of the place's webhooks.
        authorities: PEM texts of what may sign for this cluster, besides what the caBundles hold; the cluster's own
            first.
        check_mode: Whether to write nothing.
        at: The time, aware.

    Raises:
        EksWindowsError: The Secret is somebody else's, or could not be read.
    """

    def __init__(
        self,
        place: Place,
        secret: PairSecret,
        bundles: CaBundles,
        authorities: Sequence[str],
        check_mode: bool,
        at: Callable[[], datetime],
    ) -> None:
        self._place = place
        self._secret = secret
        self._bundles = bundles
        self._check_mode = check_mode
        self._at = at
        self._authorities = authorities
        self._anchors = (*authorities, *(entry.bundle for entry in place.entries))
        with doing(f"read {secret}"):
            self._raw = raw = secret.read()
            self._backup: Backup | None = secret.read_backup()
        refuse_secret(raw, str(secret))
        self._pair = pair_of(raw, secret.keys)
        self._before = Seen(
            self._pair,
            {entry.name: entry.bundle for entry in place.entries},
            secret.backup_name if self._backup else None,
        )

    def present(self, issuer: Callable[[], Issuer], options: Mapping[str, Any]) -> Outcome:
        """Issue a certificate where it is needed, and have the caBundles trust it.

        Args:
            issuer: Makes the issuer, where one is needed, and writes nothing.
            options: ``renewal_days``, ``key_size`` and ``wait_timeout``.
        """
        reasons = self._faults(self._pair) or dues(self._pair, self._days(options["renewal_days"]), self._at())
        previous = self._backup.pair if self._backup else None
        if not reasons:
            return Outcome(replace(self._before, bundles=self._trust(self._pair)), previous)
        refuse_write(self._raw, str(self._secret))
        maker, issued = issuer(), None
        if self._check_mode:
            self._refuse_expected(maker)
        else:
            issued = maker.issue(options["key_size"], self._anchors, options["wait_timeout"])
            self._refuse(self._trusted_by(issued))
        kept = self._keep_previous()
        told: Mapping[str, str | None] = dict.fromkeys(self._before.bundles)
        if issued:
            told = self._trust(issued)
            with doing(f"store the new certificate in {self._secret}"):
                self._secret.write(issued, self._pair)
        replaced = None if self._pair.is_empty else self._pair
        return Outcome(Seen(issued, told, kept), replaced, tuple(reasons))

    def restored(self) -> Outcome:
        """Put the previous certificate back where a backup holds one.

        The caBundles keep trusting the one that is given up, which pods serve with until they are restarted; what they
        do not need then, the next renewal takes away in the end.
        """
        backup = self._backup
        if backup is None:
            return Outcome(self._before, None)
        if backup.pair != self._pair:
            refuse_write(self._raw, str(self._secret))
        told = self._write_bundles(lambda entry: with_previous(entry.bundle, backup.bundles.get(entry.name, "")))
        if backup.pair != self._pair and not self._check_mode:
            with doing(f"put the previous certificate back into {self._secret}"):
                self._secret.write(backup.pair, self._pair)
        self._drop_backup()
        return Outcome(Seen(backup.pair, told), self._pair)

    def proved(self) -> Outcome:
        """Drop the backup, and from the caBundles what only the previous certificate needed."""
        backup = self._backup
        if backup is None:
            return Outcome(self._before, None)
        wrong = self._faults(self._pair) or self._distrust()
        if wrong:
            raise EksWindowsError(
                f"The backup of {self._secret} stays: {'; '.join(wrong)}",
                "Issue a certificate by state present, or put the previous one back by state restored",
            )
        previous, chain = backup.pair.chain(), self._pair.chain()
        told = self._write_bundles(lambda entry: without_previous(entry.bundle, previous, chain, self._at()))
        self._drop_backup()
        return Outcome(Seen(self._pair, told), backup.pair)

    def result(self, outcome: Outcome) -> dict[str, Any]:
        """What the module returns of it."""
        before, after = self._before, outcome.after
        return {
            "changed": before != after,
            "certificate": certificate_told(after.pair),
            "previous": certificate_told(outcome.previous),
            "reasons": list(outcome.reasons),
            "backup": after.backup,
            "ca_bundle": self._ca_bundle(after.pair),
            "namespace": self._place.service.namespace,
            "service_name": self._place.service.name,
            "secret_name": self._place.secret_name,
            "diff": diff(before, after),
        }

    def _ca_bundle(self, pair: Pair | None) -> str | None:
        """What trusts the pair, as a caBundle holds it: of one to come the first authority, None where nothing does."""
        if pair is None:
            return encoded(self._anchors[0]) if self._anchors else None
        chain = pair.chain()
        authority = authority_of(chain, self._anchors, self._at()) if chain else ""
        return encoded(f"{authority}\n") if authority else None

    def _faults(self, pair: Pair) -> list[str]:
        return faults(pair, self._place.service, self._anchors, self._at())

    def _days(self, renewal_days: int) -> int:
        """The days that count: a renewal at once is not made again where the backup tells that it was made."""
        made = self._backup is not None and self._backup.pair != self._pair
        return min(renewal_days, LONGEST_LIFE_DAYS) if made else renewal_days

    def _distrust(self) -> list[str]:
        """The webhooks whose caBundle does not trust the certificate in the Secret, in words."""
        chain = self._pair.chain()
        return [
            f"the caBundle of webhook {entry.name} does not trust the certificate"
            for entry in self._place.entries
            if not authority_of(chain, [entry.bundle], self._at())
        ]

    def _trust(self, pair: Pair) -> Mapping[str, str]:
        """Have each caBundle trust the pair's certificate, and keep trusting what it trusts."""
        self._refuse_injection(self._trusted_by(pair))
        return self._write_bundles(self._trusting(pair))

    def _trusting(self, pair: Pair) -> Callable[[Entry], str]:
        """What the caBundle of a webhook is to hold for the pair."""
        chain = pair.chain()
        authority = authority_of(chain, self._anchors, self._at())
        return lambda entry: trusting(entry.bundle, chain, authority, self._at())

    def _trusted_by(self, pair: Pair) -> Callable[[str], bool]:
        """Whether a bundle trusts the pair's certificate."""
        chain = pair.chain()
        return lambda bundle: trusted(chain, bundle, self._at())

    def _told(self, wanted: Callable[[Entry], str]) -> dict[str, str]:
        return {entry.name: wanted(entry) for entry in self._place.entries}

    def _refuse_expected(self, issuer: Issuer) -> None:
        """Refuse what is known before its issue, where it is the cluster's authority that will sign it."""
        blocks = bundled(self._authorities[0]) if issuer.asks_cluster else []
        chains = [chain for chain in (Pair(block).chain() for block in blocks) if chain]
        if chains:
            self._refuse(lambda bundle: any(trusted(chain, bundle, self._at()) for chain in chains))

    def _refuse(self, is_trusted: Callable[[str], bool]) -> None:
        """Refuse a new certificate that would not be trusted in the end; ``is_trusted`` tells what a bundle trusts."""
        self._refuse_injection(is_trusted)
        self._refuse_others(is_trusted)

    def _refuse_injection(self, is_trusted: Callable[[str], bool]) -> None:
        """Refuse to change caBundles that cert-manager would change back, and the webhook then fail."""
        if self._place.injected and not all(is_trusted(entry.bundle) for entry in self._place.entries):
            raise EksWindowsError(
                f"cert-manager writes caBundle of MutatingWebhookConfiguration {self._place.configuration}, since it "
                f"has annotation {self._place.injected}, and would take away again what trusts the certificate",
                "Take that annotation away, and run this again",
            )

    def _refuse_others(self, is_trusted: Callable[[str], bool]) -> None:
        """Refuse a certificate that another configuration which calls the service would stop to trust."""
        previous = self._pair.chain()
        with doing("see which other webhook configurations call the service"):
            others = self._bundles.others()
        lost = [
            name
            for name, entries in others.items()
            for entry in entries
            if previous and trusted(previous, entry.bundle, self._at()) and not is_trusted(entry.bundle)
        ]
        if lost:
            service = f"{self._place.service.namespace}/{self._place.service.name}"
            raise EksWindowsError(
                f"MutatingWebhookConfiguration {', '.join(dict.fromkeys(lost))} calls Service {service} too, and its "
                "caBundle does not trust what signs the new certificate. The Secret and each caBundle are as they were",
                "Add the cluster's authority (certificateAuthority of aws eks describe-cluster) to that caBundle, or "
                "delete the configuration where it is left over, and run this again",
            )

    def _write_bundles(self, wanted: Callable[[Entry], str]) -> Mapping[str, str]:
        told = self._told(wanted)
        if not self._check_mode and told != self._before.bundles:
            with doing(f"change caBundle of MutatingWebhookConfiguration {self._place.configuration}"):
                self._bundles.write(wanted)
        return told

    def _keep_previous(self) -> str | None:
        """Store the pair that is about to be replaced, and return the name of what holds it.

        A backup that can still serve stays: what it holds was proved, which the pair of a run that ended early was not.
        """
        if self._backup and (not self._faults(self._backup.pair) or self._faults(self._pair)):
            return self._secret.backup_name
        if self._pair.is_empty:
            return self._before.backup
        if not self._check_mode:
            with doing(f"keep the previous certificate in Secret {self._secret.backup_name}"):
                bundles = {entry.name: entry.bundle for entry in self._place.entries}
                self._secret.write_backup(self._backup, self._pair, bundles)
        return self._secret.backup_name

    def _drop_backup(self) -> None:
        if not self._check_mode:
            with doing(f"delete Secret {self._secret.backup_name}"):
                self._secret.delete_backup()
