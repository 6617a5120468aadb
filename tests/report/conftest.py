# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""One browser for all tests of the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.report.reports import fleet, write_page
from tests.setup.chromium import BrowserMissingError, find_browser
from tests.support.browser import Chromium, Tab

Show = Callable[[Mapping[str, Mapping[str, Any]]], Tab]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """The browser, or a skip that says what is missing."""
    try:
        browser = find_browser()
    except BrowserMissingError as error:
        pytest.skip(str(error))
    with Chromium(browser) as running:
        yield running


@pytest.fixture
def show(chromium: Chromium, tmp_path: Path) -> Iterator[Show]:
    """Opens the page on some hosts. At the end it must have asked for nothing but itself, and complained of nothing."""
    shown: list[tuple[Tab, str]] = []

    def opened(hosts: Mapping[str, Mapping[str, Any]]) -> Tab:
        folder = tmp_path / str(len(shown))
        folder.mkdir()
        file = write_page(folder, hosts)
        tab = chromium.tab()
        tab.open(file)
        shown.append((tab, file.as_uri()))
        return tab

    yield opened
    for tab, address in shown:
        assert tab.complaints == []
        assert set(tab.requests) <= {address, "data:,"}


@pytest.fixture
def ten(show: Show) -> Tab:
    """The page on ten clusters, of which one could not be examined."""
    return show(fleet(10))
