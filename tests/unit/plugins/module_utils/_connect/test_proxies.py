# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.proxies import (
    bypasses,
    proxy_of_environment,
)


@pytest.mark.parametrize(
    ("no_proxy", "bypassed"),
    [
        ("", False),
        ("*", True),
        ("amazonaws.com", True),
        (" .amazonaws.com , other", True),
        ("abc.eks.amazonaws.com:443", True),
        ("abc.eks.amazonaws.com:8443", False),
        ("zonaws.com", False),
        ("10.0.0.0/8", False),
    ],
)
def test_bypasses(no_proxy: str, bypassed: bool) -> None:
    assert bypasses("https://abc.eks.amazonaws.com:443", no_proxy) is bypassed


def test_bypasses_networks() -> None:
    assert bypasses("https://10.1.2.3", "10.0.0.0/8")
    assert not bypasses("https://11.1.2.3", "10.0.0.0/8")


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert proxy_of_environment("https://abc.example") == ""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    assert proxy_of_environment("https://abc.example") == "http://proxy:3128"
    monkeypatch.setenv("NO_PROXY", "abc.example")
    assert proxy_of_environment("https://abc.example") == ""
