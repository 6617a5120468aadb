# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import ssl
from contextlib import suppress

import pytest
from urllib3.util.ssl_ import ssl_wrap_socket

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.shared_tls_context import shared_tls_context


def _hello(context: ssl.SSLContext) -> bytes:
    sent = ssl.MemoryBIO()
    connection = context.wrap_bio(ssl.MemoryBIO(), sent, server_hostname="cluster.example")
    with suppress(ssl.SSLWantReadError):
        connection.do_handshake()
    return sent.read()


def test_urllib3_sets_nothing_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under another thread's handshake, that would free what it reads."""
    context = shared_tls_context()
    calls: list[object] = []
    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", lambda *_, **__: None)
    monkeypatch.setattr(ssl.SSLContext, "set_alpn_protocols", lambda _, protocols: calls.append(protocols))
    ssl_wrap_socket(None, ssl_context=context, server_hostname="cluster.example")  # type: ignore[arg-type]
    assert calls == []


def test_it_offers_what_urllib3_would() -> None:
    plain = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    assert b"\x08http/1.1" not in _hello(plain)
    assert b"\x08http/1.1" in _hello(shared_tls_context())


def test_other_protocols_are_set() -> None:
    context = shared_tls_context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    assert b"\x02h2\x08http/1.1" in _hello(context)


def test_it_trusts_nobody_unasked() -> None:
    context = shared_tls_context()
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.get_ca_certs() == []
