# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import gc
import socket

import pytest
from botocore.client import BaseClient
from botocore.loaders import JSONFileLoader
from botocore.session import Session

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect import sessions


def alive(kind: type) -> int:
    gc.collect()
    return sum(1 for each in gc.get_objects() if isinstance(each, kind))


def test_warm_keeps_descriptions_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: object, **named: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "create_connection", refused)
    sessions.shared_loader.cache_clear()
    before = alive(BaseClient), alive(Session)
    sessions.warm()
    assert (alive(BaseClient), alive(Session)) == before

    monkeypatch.setattr(JSONFileLoader, "load_file", refused)
    session = sessions.new_session()
    session.set_credentials("one", "two")
    for service in sessions.WARM_SERVICES:
        client = sessions.create_client(session, service, region_name="eu-central-1")
        assert isinstance(client.can_paginate(next(iter(client.meta.method_to_api_mapping))), bool)


def test_sessions_share_no_credentials() -> None:
    sessions.new_session().set_credentials("one", "two")
    assert sessions.new_session().get_credentials() is None


def test_two_tries_share_the_time_to_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    config = sessions.client_config(sessions.new_session(), 30)
    assert (config.connect_timeout, config.read_timeout) == (15.0, 30)
    assert config.retries == {"mode": "standard", "total_max_attempts": 2}
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "9")
    assert sessions.client_config(sessions.new_session(), 30).retries is None
