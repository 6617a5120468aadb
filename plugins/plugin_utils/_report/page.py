# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""One HTML page that holds a report and asks no network for anything.

The page's script makes every element from the data by ``textContent``, so that a name is never markup. Its policy lets
no other script or style run than the two whose digests it names.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
_PLACE = re.compile(r"@@([A-Z]+)@@")
# What could end a script element or begin markup in it; all of them may stand as escapes in JSON.
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def page(report: Mapping[str, Any]) -> str:
    """The page of a report as :func:`_report.data.report` makes it."""
    style = (FOLDER / "page.css").read_text(encoding="utf-8")
    script = (FOLDER / "page.js").read_text(encoding="utf-8")
    parts = {"POLICY": _policy(style, script), "STYLE": style, "SCRIPT": script, "DATA": embedded(report)}
    # In one pass: what a part holds is never taken for a place.
    return _PLACE.sub(lambda place: parts[place[1]], (FOLDER / "page.html").read_text(encoding="utf-8"))


def embedded(report: Mapping[str, Any]) -> str:
    """The data as JSON that may stand in a script element."""
    text = json.dumps(report, ensure_ascii=True, separators=(",", ":"))
    for char, escape in _UNSAFE.items():
        text = text.replace(char, escape)
    return text


def _policy(style: str, script: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_digest(script)}'",
            f"style-src '{_digest(style)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
