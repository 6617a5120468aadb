# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_settings import (
    as_variables,
    completed,
    is_explicit,
)

EVERYTHING = {
    "KUBECONFIG": "/hostile",
    "K8S_AUTH_KUBECONFIG": "/hostile",
    "K8S_AUTH_CONTEXT": "hostile",
    "K8S_AUTH_HOST": "https://hostile",
    "K8S_AUTH_API_KEY": "key",
    "K8S_AUTH_USERNAME": "user",
    "K8S_AUTH_PASSWORD": "word",
    "K8S_AUTH_CERT_FILE": "/cert",
    "K8S_AUTH_KEY_FILE": "/key",
    "K8S_AUTH_SSL_CA_CERT": "/ca",
    "K8S_AUTH_VERIFY_SSL": "no",
    "K8S_AUTH_PROXY": "http://proxy",
    "K8S_AUTH_NO_PROXY": "a,b",
    "K8S_AUTH_PROXY_HEADERS_BASIC_AUTH": "u:p",
    "K8S_AUTH_IMPERSONATE_USER": "jane",
    "K8S_AUTH_IMPERSONATE_GROUPS": "one,,two",
}


def test_the_environment_alone_says_nothing() -> None:
    settings = completed({}, EVERYTHING)
    assert not any(settings.values())
    assert not is_explicit(settings)


@pytest.mark.parametrize("choice", ["kubeconfig", "context", "host"])
def test_the_environment_completes_a_choice(choice: str) -> None:
    settings = completed({choice: "mine"}, EVERYTHING)
    assert {name: value for name, value in settings.items() if value is not None} == {
        choice: "mine",
        "api_key": "key",
        "username": "user",
        "password": "word",
        "client_cert": "/cert",
        "client_key": "/key",
        "ca_cert": "/ca",
        "kubernetes_validate_certs": False,
        "proxy": "http://proxy",
        "no_proxy": "a,b",
        "proxy_headers": {"basic_auth": "u:p"},
        "impersonate_user": "jane",
        "impersonate_groups": ["one", "two"],
    }


def test_options_win_over_the_environment() -> None:
    options = {"host": "mine", "api_key": "own", "kubernetes_validate_certs": True, "impersonate_groups": []}
    settings = completed(options, EVERYTHING)
    assert {name: settings[name] for name in options} == options


@pytest.mark.parametrize(
    ("name", "said", "value"),
    [("VALIDATE_CERTS", "False", False), ("VALIDATE_CERTS", "0", False), ("VERIFY_SSL", "yes", True)],
)
def test_switch_of_the_environment(name: str, said: str, value: bool) -> None:
    assert completed({"host": "mine"}, {f"K8S_AUTH_{name}": said})["kubernetes_validate_certs"] is value


def test_first_name_of_a_variable_wins() -> None:
    environment = {"K8S_AUTH_CA_CERT": "/first", "K8S_AUTH_SSL_CA_CERT": "/second"}
    assert completed({"host": "mine"}, environment)["ca_cert"] == "/first"


def test_settings_become_the_variables_that_they_came_from() -> None:
    settings = completed({"host": "mine"}, EVERYTHING)
    again = as_variables(settings, settings)
    assert again == {
        "K8S_AUTH_API_KEY": "key",
        "K8S_AUTH_USERNAME": "user",
        "K8S_AUTH_PASSWORD": "word",
        "K8S_AUTH_CLIENT_CERT": "/cert",
        "K8S_AUTH_CLIENT_KEY": "/key",
        "K8S_AUTH_CA_CERT": "/ca",
        "K8S_AUTH_VALIDATE_CERTS": "false",
        "K8S_AUTH_IMPERSONATE_USER": "jane",
        "K8S_AUTH_IMPERSONATE_GROUPS": "one,two",
    }
    proxies = {"proxy": "http://proxy", "no_proxy": "a,b", "proxy_headers": {"basic_auth": "u:p"}}
    assert completed({"host": "mine", **proxies}, again) == settings
    assert as_variables(settings, ["api_key", "impersonate_user"]) == {
        "K8S_AUTH_API_KEY": "key",
        "K8S_AUTH_IMPERSONATE_USER": "jane",
    }
    assert as_variables(completed({"api_key": "", "ca_cert": None}, {}), ["api_key", "ca_cert"]) == {}
