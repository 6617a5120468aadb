# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.proxies import (
    bypasses,
    credentials_of,
    proxy_for,
    proxy_of_environment,
    secrets_in,
    usable,
    without_credentials,
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


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("http://proxy:3128", "http://proxy:3128"),
        ("HTTPS://proxy", "HTTPS://proxy"),
        ("proxy:3128", "http://proxy:3128"),
        ("//proxy:3128", "http://proxy:3128"),
        ("jane:word@proxy:3128", "http://jane:word@proxy:3128"),
        ("[::1]:3128", "http://[::1]:3128"),
    ],
)
def test_a_proxy_without_a_scheme_is_an_http_one(given: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert usable(given, "here") == url
    monkeypatch.setenv("https_proxy", given)
    assert proxy_of_environment("https://abc.example") == url


@pytest.mark.parametrize(
    "given",
    [
        "socks5://jane:hunter2@proxy:1080",
        "socks5://jane:with@hunter2@proxy:1080",
        "http://jane:hunter2@",
        "http://jane:hunter2@[bad",
        "http://jane:hunter2@proxy:port",
        "http://jane:hunter2@proxy:99999",
        "http://jane:hunter2/with/slash@proxy:3128",
        "jane:hunter2\u20ac@proxy:3128",
    ],
)
def test_a_proxy_that_can_t_be_used_is_named_without_its_password(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", given)
    with pytest.raises(EksWindowsError) as failure:
        proxy_of_environment("https://abc.example")
    assert "hunter2" not in str(failure.value)
    assert "of HTTPS_PROXY, can't be used" in str(failure.value)
    assert f"***@{given.rpartition('@')[2]}" in str(failure.value)
    with pytest.raises(EksWindowsError, match="of option proxy or K8S_AUTH_PROXY, can't be used"):
        proxy_for("https://abc.example", {"proxy": given})


def test_the_option_wins_and_no_proxy_holds_for_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    server = "https://abc.example"
    assert proxy_for(server, {}) == "http://proxy:3128"
    assert proxy_for(server, {"proxy": "own:1"}) == "http://own:1"
    assert proxy_for(server, {"proxy": "own:1", "no_proxy": ".example"}) == ""
    assert proxy_for(server, {"no_proxy": ".example"}) == ""


def test_credentials() -> None:
    assert credentials_of("http://jane:w%40rd@proxy:3128") == "jane:w@rd"
    assert credentials_of("http://proxy:3128") == ""
    assert without_credentials("http://jane:w%40rd@proxy:3128/") == "http://proxy:3128/"


def test_a_server_that_is_no_url_has_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    assert proxy_of_environment("https://[bad") == ""
    assert not bypasses("https://[bad", "*")


@pytest.mark.parametrize(
    ("proxy", "secrets"),
    [
        (None, set()),
        ("proxy:3128", set()),
        ("http://jane@proxy:3128", set()),
        ("http://jane:hunter2@proxy:3128", {"jane:hunter2"}),
        ("//jane:w%40rd@proxy", {"jane:w%40rd", "jane:w@rd"}),
        ("jane:w%40rd@proxy:3128", {"jane:w%40rd", "jane:w@rd"}),
        ("http://jane:un@coded@[bad", {"jane:un@coded"}),
    ],
)
def test_what_of_a_proxy_nobody_may_read(proxy: str | None, secrets: set[str]) -> None:
    assert secrets_in(proxy) == secrets
