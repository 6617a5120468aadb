# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What a caBundle is to hold, so that the certificate that serves is trusted before, while and after it is renewed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.certificate import (
    Certificate,
    bundled,
    trusted,
)


def trusting(bundle: str, chain: Sequence[Certificate], authority: str, at: datetime) -> str:
    """The bundle, with the authority beside what it holds where it doesn't trust the chain.

    What the API server reads in it stays: the webhook serves with the previous certificate until it is restarted.
    """
    if trusted(chain, bundle, at):
        return bundle
    return _joined([*bundled(bundle), authority])


def with_previous(bundle: str, previous: str) -> str:
    """The bundle, with what the previous one held besides: until the webhook is restarted, its pods serve with either
    pair."""
    blocks = bundled(bundle)
    there = {_plain(block) for block in blocks}
    lost = [block for block in bundled(previous) if _plain(block) not in there]
    return _joined([*blocks, *lost]) if lost else bundle


def without_previous(bundle: str, previous: Sequence[Certificate], chain: Sequence[Certificate], at: datetime) -> str:
    """The bundle without the authorities that only the previous certificate needed. Whatever else it trusts stays.

    Args:
        bundle: PEM text.
        previous: What served before, with those that vouch for it; empty where it can't be read.
        chain: What serves now.
        at: When, aware.
    """
    blocks = bundled(bundle)
    kept = [block for block in blocks if not previous or trusted(chain, block, at) or not trusted(previous, block, at)]
    return _joined(kept) if len(kept) < len(blocks) and trusted(chain, _joined(kept), at) else bundle


def _joined(blocks: Iterable[str]) -> str:
    return "".join(f"{block}\n" for block in blocks)


def _plain(block: str) -> str:
    return "".join(block.split())
