# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import KubernetesError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.signing_request import (
    APP_SERVING,
    SigningApi,
    SigningRequests,
    choose_api,
    served_versions,
)

V1 = SigningApi("v1", APP_SERVING)
V1BETA1 = SigningApi("v1beta1", "")
COLLECTION = "/apis/certificates.k8s.io/v1/certificatesigningrequests"


@pytest.mark.parametrize(
    ("served", "version", "signer", "wanted"),
    [
        (("v1",), "1.31", "", V1),
        (("v1",), "1.21", "", V1),
        (("v1",), "", "", V1),
        (("v1", "v1beta1"), "1.22", "", V1),
        (("v1", "v1beta1"), "1.31", "", V1),
        (("v1", "v1beta1"), "", "", V1),
        (("v1", "v1beta1"), "1.21", "", V1BETA1),
        (("v1", "v1beta1"), "1.19", "", V1BETA1),
        (("v1beta1",), "1.18", "", V1BETA1),
        (("v1beta1",), "1.31", "", V1BETA1),
        (("v1", "v1beta1"), "1.21", "example.com/own", SigningApi("v1", "example.com/own")),
        (("v1beta1",), "1.18", "example.com/own", None),
        ((), "1.31", "", None),
        (("v2",), "1.99", "", None),
    ],
)
def test_choose_api(served: tuple[str, ...], version: str, signer: str, wanted: SigningApi | None) -> None:
    assert choose_api(served, version, signer) == wanted


class FakeApi:
    """Answers by method; an exception is raised. Answers of a list are given one after the other."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.sent: list[tuple[str, str, Any]] = []

    def _answer(self, method: str, path: str, body: Any = None) -> Any:
        self.sent.append((method, path, body))
        answer = self.answers[method]
        answer = answer.pop(0) if isinstance(answer, list) else answer
        if isinstance(answer, int):
            raise KubernetesError(method, path, answer, "Reason", f"status {answer}", "https://cluster")
        return answer

    def get(self, path: str) -> Any:
        return self._answer("get", path)

    def create(self, path: str, body: Any) -> Any:
        return self._answer("create", path, body)

    def replace(self, path: str, body: Any) -> Any:
        return self._answer("replace", path, body)

    def delete(self, path: str) -> Any:
        return self._answer("delete", path)


def requests(api: FakeApi, signing: SigningApi = V1, secret: str = "certs") -> SigningRequests:
    return SigningRequests(api, signing, "kube-system", secret)


def stored(request: str = "cGVt", **status: Any) -> dict[str, Any]:
    return {"metadata": {"name": "r", "resourceVersion": "1"}, "spec": {"request": request}, "status": status}


def test_served_versions() -> None:
    api = FakeApi(get={"versions": [{"version": "v1"}, {"version": "v1beta1"}]})
    assert served_versions(api) == ("v1", "v1beta1")
    assert served_versions(FakeApi(get=404)) == ()
    with pytest.raises(KubernetesError):
        served_versions(FakeApi(get=403))


def test_what_is_submitted() -> None:
    api = FakeApi(create=stored())
    requests(api).submit("r", "pem")
    requests(api, V1BETA1).submit("r", "pem")
    usages = ["digital signature", "key encipherment", "server auth"]
    labels = {"eks-windows.cloudops/certificate-of": "certs", "eks-windows.cloudops/namespace": "kube-system"}
    (_create, path, body), (_again, beta_path, beta) = api.sent
    assert path == COLLECTION
    assert body == {
        "apiVersion": "certificates.k8s.io/v1",
        "kind": "CertificateSigningRequest",
        "metadata": {"name": "r", "labels": labels},
        "spec": {"request": "cGVt", "usages": usages, "signerName": APP_SERVING},
    }
    assert beta_path == "/apis/certificates.k8s.io/v1beta1/certificatesigningrequests"
    assert beta["apiVersion"] == "certificates.k8s.io/v1beta1"
    assert beta["spec"] == {"request": "cGVt", "usages": usages, "groups": ["system:authenticated"]}


def test_a_request_whose_answer_was_lost_is_taken_where_it_is_the_very_same() -> None:
    assert requests(FakeApi(create=409, get=stored())).submit("r", "pem") == stored()
    with pytest.raises(KubernetesError):
        requests(FakeApi(create=409, get=stored("b3RoZXI="))).submit("r", "pem")


def test_approval() -> None:
    api = FakeApi(replace={})
    requests(api).approve(stored(conditions=[{"type": "Other"}]), "why")
    ((_replace, path, body),) = api.sent
    assert path == f"{COLLECTION}/r/approval"
    assert body["status"]["conditions"] == [
        {"type": "Other"},
        {"type": "Approved", "status": "True", "reason": "EksWindowsApprove", "message": "why"},
    ]
    assert body["metadata"]["resourceVersion"] == "1"


def test_approval_after_a_change_by_others() -> None:
    api = FakeApi(replace=[409, {}], get=stored())
    requests(api).approve(stored(), "why")
    assert [method for method, _path, _body in api.sent] == ["replace", "get", "replace"]


@pytest.mark.parametrize("kind", ["Approved", "Denied"])
def test_what_others_have_decided_is_not_decided_again(kind: str) -> None:
    api = FakeApi(replace=[409], get=stored(conditions=[{"type": kind, "status": "True"}]))
    requests(api).approve(stored(), "why")
    assert [method for method, _path, _body in api.sent] == ["replace", "get"]


def test_approval_gives_up() -> None:
    with pytest.raises(KubernetesError):
        requests(FakeApi(replace=409, get=stored())).approve(stored(), "why")
    with pytest.raises(KubernetesError):
        requests(FakeApi(replace=403)).approve(stored(), "why")


@pytest.mark.parametrize(
    ("status", "certificate", "refusal"),
    [
        ({}, "", ""),
        ({"conditions": [{"type": "Approved", "status": "True"}]}, "", ""),
        ({"certificate": "cGVt"}, "pem", ""),
        ({"certificate": "not base64"}, "", ""),
        ({"conditions": [{"type": "Denied", "reason": "R"}]}, "", "Denied: R"),
        ({"conditions": [{"type": "Denied", "status": "False"}]}, "", ""),
        ({"conditions": [{"type": "Failed", "status": "True", "message": "m"}]}, "", "Failed: m"),
    ],
)
def test_state(status: dict[str, Any], certificate: str, refusal: str) -> None:
    found = requests(FakeApi(get=stored(**status))).state("r")
    assert (found.certificate, found.refusal) == (certificate, refusal)


def test_delete() -> None:
    requests(FakeApi(delete=404)).delete("r")
    with pytest.raises(KubernetesError):
        requests(FakeApi(delete=403)).delete("r")


def test_names_are_unique_and_not_too_long() -> None:
    long = "s" * 240 + "." + "t" * 12
    names = {requests(FakeApi(), secret=secret).new_name() for secret in ("certs", "certs", long)}
    assert len(names) == 3
    assert max(map(len, names)) <= 253
    assert not [name for name in names if ".-" in name or "--" in name]
    assert len([name for name in names if name.startswith("eks-windows-kube-system.certs-")]) == 2
