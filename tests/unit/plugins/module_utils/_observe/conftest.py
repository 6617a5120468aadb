# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands for the two APIs: answers by path or operation, and counts what it was asked."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesError


class FakeKubernetes:
    """Objects and collections by path; an integer is a status to refuse with.

    ``dropped`` is what a first list of a collection had, which was given up and taken anew.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.dropped: dict[str, list[Any]] = {}
        self.asked: list[tuple[str, str, str, bool]] = []
        self.created: list[tuple[str, Any]] = []

    def _answer(self, method: str, path: str) -> Any:
        answer = self.answers.get(path, 404)
        if isinstance(answer, int):
            raise KubernetesError(method, path, answer, "Reason", f"status {answer}", "https://cluster")
        return answer

    def get(self, path: str) -> Any:
        self.asked.append((path, "", "", False))
        return self._answer("GET", path)

    def list(
        self, path: str, *, label_selector: str = "", field_selector: str = "", metadata_only: bool = False
    ) -> Any:
        self.asked.append((path, label_selector, field_selector, metadata_only))
        return self._answer("GET", path)

    def collect(self, path: str, convert: Any, **arguments: Any) -> Any:
        for item in self.dropped.get(path, ()):
            convert(item)
        return tuple(made for made in map(convert, self.list(path, **arguments)) if made is not None)

    def dry_run_create(self, path: str, body: Any) -> Any:
        self.created.append((path, body))
        return self._answer("POST", path)


class FakeAws:
    """Answers by operation; an exception is raised, a callable is called with the parameters.

    What is answered in one region alone has ``@`` and the region after the operation.
    """

    def __init__(self, region: str = "eu-central-1") -> None:
        self.region = region
        self.answers: dict[str, Any] = {}
        self.asked: list[str] = []
        self.asked_in: list[tuple[str, str, dict[str, Any]]] = []

    def in_region(self, region: str) -> FakeAws:
        other = FakeAws(region)
        other.answers, other.asked, other.asked_in = self.answers, self.asked, self.asked_in
        return other

    def call(self, service: str, operation: str, **parameters: Any) -> Any:
        self.asked.append(f"{service}:{operation}")
        self.asked_in.append((operation, self.region, parameters))
        everywhere = self.answers.get(operation, self.refusal("AccessDenied", operation))
        answer = self.answers.get(f"{operation}@{self.region}", everywhere)
        if isinstance(answer, Exception):
            raise answer
        return answer(**parameters) if callable(answer) else answer

    def pages(self, service: str, operation: str, key: str, **parameters: Any) -> Any:
        return self.call(service, operation, **parameters)

    @staticmethod
    def refusal(code: str, operation: str = "Operation") -> ClientError:
        return ClientError({"Error": {"Code": code, "Message": f"{code} said"}}, operation)


@pytest.fixture
def kubernetes() -> FakeKubernetes:
    return FakeKubernetes()


@pytest.fixture
def aws() -> FakeAws:
    return FakeAws()
