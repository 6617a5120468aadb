# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report's page in headless Chromium: what it shows, how it is used, and that nothing in it is trusted."""

from __future__ import annotations

from tests.gates._outcome import NotRunError, Outcome
from tests.gates._pytest import pytest
from tests.setup.chromium import BrowserMissingError, ensure_browser

SECONDS = 60


def gate() -> Outcome:
    """Run them, where there is a browser or one can be fetched."""
    try:
        browser = ensure_browser()
    except BrowserMissingError as error:
        raise NotRunError(str(error)) from error
    print(browser.version())
    return pytest("tests/report")
