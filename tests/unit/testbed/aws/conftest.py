# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server, and clients that reach it as a process with the server's environment would."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import botocore.loaders
import botocore.session
import pytest
from botocore.config import Config

from tests.testbed.aws import AwsServer, Credentials, EksCluster
from tests.testbed.aws.server import FOREIGN_VARIABLES

Client = Callable[..., Any]

# Reading the service models costs more than the tests themselves.
LOADER = botocore.loaders.create_loader()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsServer]:
    with AwsServer() as server:
        for name in FOREIGN_VARIABLES:
            monkeypatch.delenv(name, raising=False)
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def client(aws: AwsServer) -> Client:
    """Makes boto clients that try once: ``client(service, credentials=None, region=None)``."""

    def make(service: str, credentials: Credentials | None = None, region: str | None = None) -> Any:
        keys: dict[str, Any] = {}
        if credentials:
            keys = {
                "aws_access_key_id": credentials.access_key,
                "aws_secret_access_key": credentials.secret_key,
                "aws_session_token": credentials.session_token or None,
            }
        core = botocore.session.Session()
        core.register_component("data_loader", LOADER)
        where = region or os.environ["AWS_REGION"]
        session: Any = boto3.session.Session(region_name=where, botocore_session=core, **keys)
        return session.client(service, config=Config(retries={"max_attempts": 0}))

    return make


@pytest.fixture
def cluster(aws: AwsServer) -> EksCluster:
    return aws.add_cluster("ready", endpoint="https://127.0.0.1:6443", ca_pem="-----BEGIN CERTIFICATE-----\n")
