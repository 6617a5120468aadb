# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.webhook_cert_info import (
    backend,
    gather,
    parse_at,
    read_chains,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesError

CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"


class FakeApi:
    """Notes what it is asked; a Secret is refused by another status than all else."""

    def __init__(self, status: int) -> None:
        self.status = status
        self.asked: list[str] = []

    def get(self, path: str) -> Any:
        self.asked.append(path)
        if path.startswith(CONFIGURATIONS) and self.status in (0, 403):
            client = {"url": "https://hooks.example.com"}
            return {"metadata": {"name": "mine"}, "webhooks": [{"name": "hook", "clientConfig": client}]}
        raise KubernetesError("GET", path, self.status, "", "said no", "https://cluster")

    def list(self, path: str, **_options: Any) -> Any:
        self.asked.append(path)
        raise KubernetesError("GET", path, self.status, "", "said no", "https://cluster")


def parameters(**given: Any) -> dict[str, Any]:
    """The module's parameters with its defaults."""
    spec = backend().argument_spec
    return {**{name: option.get("default") for name, option in spec.items()}, "cluster_name": "production", **given}


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-12-31", datetime(2026, 12, 31, tzinfo=UTC)),
        ("2026-12-31T23:59:00Z", datetime(2026, 12, 31, 23, 59, tzinfo=UTC)),
        ("2026-12-31T23:59:00+02:00", datetime(2026, 12, 31, 21, 59, tzinfo=UTC)),
        # A date of YAML, as Ansible makes text of it.
        (" 2026-12-31 23:59:00 ", datetime(2026, 12, 31, 23, 59, tzinfo=UTC)),
    ],
)
def test_at(text: str, time: datetime) -> None:
    assert parse_at(text) == time


@pytest.mark.parametrize("text", ["", None])
def test_at_is_now_by_default(text: str | None) -> None:
    before = datetime.now(UTC)
    assert before <= parse_at(text) <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"at": "tomorrow"}, "Cluster production: at is 'tomorrow', and has to be a time such as "),
        ({"renewal_days": -1}, "Cluster production: renewal_days is -1, and can't be negative"),
        ({"ignore": ["no.such_rule"]}, "Cluster production: .*no.such_rule"),
    ],
)
def test_bad_options_are_refused_before_anything_is_asked(given: dict[str, Any], message: str) -> None:
    with pytest.raises(EksWindowsError, match=message):
        gather(parameters(**given), False)


def test_a_configuration_that_is_not_there_has_no_chain() -> None:
    api: Any = FakeApi(404)
    assert read_chains(api, parameters(webhook_configuration="a/b")) == ()
    assert api.asked == [f"{CONFIGURATIONS}/a%2Fb"]


def test_configurations_that_can_not_be_read_are_an_error() -> None:
    api: Any = FakeApi(500)
    with pytest.raises(KubernetesError):
        read_chains(api, parameters(webhook_configuration="mine"))
    with pytest.raises(KubernetesError):
        read_chains(api, parameters())
    assert api.asked[-1] == CONFIGURATIONS


def test_options_name_the_secret() -> None:
    api: Any = FakeApi(403)
    given = {"namespace": "shop", "secret_name": "own", "certificate_key": "a", "key_name": "b"}
    (chain,) = read_chains(api, parameters(webhook_configuration="mine", **given))
    assert (str(chain.secret), chain.certificate_key, chain.private_key) == ("Secret shop/own", "a", "b")
    assert api.asked[1:] == ["/api/v1/namespaces/shop/secrets/own", "/api/v1/namespaces/shop/secrets"]
    assert [part.remedy for part in chain.unread] == [
        "Allow the identity to get secrets own in namespace shop",
        "Allow the identity to list secrets in namespace shop",
    ]
