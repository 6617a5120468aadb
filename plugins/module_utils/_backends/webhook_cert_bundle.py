# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""What a caBundle is to hold, so that the certificate that serves is trusted before, while and after it is renewed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.certificate import (
    BLOCK,
    Certificate,
    trusted,
)


def trusting(bundle: str, chain: Sequence[Certificate], authority: str, at: datetime) -> str:
    """The bundle, with the authority beside what it holds where it doesn't trust the chain.

    What it holds stays: the webhook serves with the previous certificate until it is restarted.
    """
    if trusted(chain, bundle, at):
        return bundle
    return _joined([*BLOCK.findall(bundle), authority])


def without_previous(bundle: str, previous: str, chain: Sequence[Certificate], at: datetime) -> str:
    """The bundle without what only the previous certificate needed.

    Args:
        bundle: PEM text.
        previous: The bundle as it was before the renewal.
        chain: What serves now.
        at: When, aware.
    """
    if trusted(chain, previous, at):
        return bundle
    gone = {_plain(block) for block in BLOCK.findall(previous)}
    blocks = BLOCK.findall(bundle)
    kept = [block for block in blocks if _plain(block) not in gone]
    return _joined(kept) if len(kept) < len(blocks) and trusted(chain, _joined(kept), at) else bundle


def _joined(blocks: Iterable[str]) -> str:
    return "".join(f"{block}\n" for block in blocks)


def _plain(block: str) -> str:
    return "".join(block.split())
