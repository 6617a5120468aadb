# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Waivers: rules that the user has decided about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.catalogue import RULES_BY_ID
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Finding, WaiverHeld
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.options import Waiver

_KEYS = ("id", "owner", "reason", "until")
_BEFORE_TIME = re.compile("[Tt ]")


def parse_ignore(entries: Iterable[Any]) -> tuple[Waiver, ...]:
    """Read rule ids and waivers (mappings with ``id``, and optionally ``reason``, ``owner`` and ``until``).

    Raises ValueError, in one sentence that names it, for an id that no rule has, for an unknown key, for an ``until``
    that is empty or no date or time of ISO 8601, and for a rule that is waived twice.
    """
    waivers: dict[str, Waiver] = {}
    for entry in entries:
        waiver = _parse(entry)
        if waiver.id in waivers:
            raise ValueError(f"ignore names rule {waiver.id} twice")
        waivers[waiver.id] = waiver
    return tuple(waivers.values())


def waive(finding: Finding, waiver: Waiver, today: date) -> Finding:
    """The finding as the waiver leaves it.

    What passes or does not apply is left alone. Until the waiver's last day the finding is information that stops
    nothing; afterwards it is what it was, and says that the waiver has ended.
    """
    if finding.status not in ("fail", "unknown"):
        return finding
    until = None if waiver.until is None else waiver.until.isoformat()
    told = WaiverHeld(finding.severity, waiver.holds(today), waiver.reason, waiver.owner, until)
    if not told.holds:
        return replace(finding, summary=f"{finding.summary} (waiver ended {until})", waiver=told)
    words = ["waived"]
    if until is not None:
        words.append(f"until {until}")
    if waiver.owner:
        words.append(f"by {waiver.owner}")
    text = " ".join(words) + (f": {waiver.reason}" if waiver.reason else "")
    return replace(
        finding,
        severity="info",
        summary=f"{finding.summary} ({text})",
        blocks=(),
        stops_pods=False,
        waiver=told,
    )


def _parse(entry: Any) -> Waiver:
    if isinstance(entry, str):
        return Waiver(_rule_id(entry))
    if not isinstance(entry, Mapping):
        raise ValueError(f"ignore takes ids of rules and waivers, not {entry!r}")
    unknown = [str(key) for key in entry if key not in _KEYS]
    if unknown:
        raise ValueError(f"a waiver has {', '.join(_KEYS)}, not {', '.join(unknown)}: {_shown(entry)}")
    if not isinstance(entry.get("id"), str):
        raise ValueError(f"a waiver needs the id of a rule: {_shown(entry)}")
    return Waiver(
        id=_rule_id(entry["id"]),
        reason=_line(entry.get("reason")),
        owner=_line(entry.get("owner")),
        until=_day(entry.get("until"), entry["id"]),
    )


def _rule_id(name: str) -> str:
    if name in RULES_BY_ID:
        return name
    # Imported where it is needed: only a mistake needs it.
    from difflib import get_close_matches

    nearest = get_close_matches(name, RULES_BY_ID, n=1, cutoff=0.4)
    hint = f"; did you mean {nearest[0]}?" if nearest else f"; rules are {', '.join(RULES_BY_ID)}"
    raise ValueError(f"ignore names {name!r}, which is no rule{hint}")


def _day(value: Any, name: str) -> date | None:
    """The day of a date, of a time, or of the text of one: YAML makes a date of an unquoted one by itself."""
    if value is None:
        return None
    text = str(value).strip()
    if not text:
        raise ValueError(f"until of the waiver of {name} is empty; give a date such as 2027-03-31, or leave it out")
    # Between day and time datetime takes any character, a digit too.
    day = _BEFORE_TIME.split(text, maxsplit=1)[0]
    try:
        if day != text:
            datetime.fromisoformat(text)
        return date.fromisoformat(day)
    except ValueError:
        raise ValueError(f"until of the waiver of {name} is {str(value)!r}, not a date such as 2027-03-31") from None


def _line(value: Any) -> str:
    return "" if value is None else " ".join(str(value).split())


def _shown(entry: Mapping[Any, Any]) -> str:
    return ", ".join(f"{key}={value}" for key, value in entry.items())
