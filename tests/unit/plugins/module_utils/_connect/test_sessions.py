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
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.options import aws_argument_spec


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


@pytest.mark.parametrize(
    ("environment", "keys"),
    [
        ({}, {}),
        ({"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "B"}, {"access_key": "A", "secret_key": "B"}),
        ({"AWS_ACCESS_KEY": "A", "AWS_SECRET_KEY": "B"}, {"access_key": "A", "secret_key": "B"}),
        ({"AWS_ACCESS_KEY_ID": "A", "AWS_ACCESS_KEY": "other", "AWS_SESSION_TOKEN": ""}, {"access_key": "A"}),
        ({"AWS_ACCESS_KEY_ID": "", "AWS_ACCESS_KEY": "A"}, {}),
        ({"AWS_SECURITY_TOKEN": "T"}, {"session_token": "T"}),
        ({"AWS_SESSION_TOKEN": "T", "AWS_SECURITY_TOKEN": "other"}, {"session_token": "T"}),
    ],
)
def test_keys_of_an_environment(environment: dict[str, str], keys: dict[str, str]) -> None:
    assert sessions.keys_of(environment) == keys


def test_keys_have_the_variables_of_the_modules() -> None:
    """Without those of EC2, which amazon.aws has given up."""
    for option, variables in sessions.KEY_VARIABLES.items():
        known = [name for name in aws_argument_spec()[option]["fallback"][1] if not name.startswith("EC2_")]
        assert list(variables)[: len(known)] == known
        assert set(variables) - set(known) <= {"AWS_SECURITY_TOKEN"}


def test_two_tries_share_the_time_to_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    config = sessions.client_config(sessions.new_session(), 30)
    assert (config.connect_timeout, config.read_timeout) == (15.0, 30)
    assert config.retries == {"mode": "standard", "total_max_attempts": 2}
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "9")
    assert sessions.client_config(sessions.new_session(), 30).retries is None
