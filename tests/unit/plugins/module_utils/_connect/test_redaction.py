# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pickle
import traceback

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_api import (
    KubernetesApi,
    KubernetesError,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_target import KubernetesTarget
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.redaction import Secret, scrub

WORD = "hunter2-hunter2"


@pytest.mark.parametrize("show", [repr, str, "{}".format, "{!r}".format, lambda secret: f"{[secret]} {(secret,)}"])
def test_a_secret_shows_nothing(show) -> None:
    assert WORD not in show(Secret(WORD))
    assert Secret(WORD).reveal() == WORD


def test_a_secret_is_not_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret(WORD))


def test_target_and_client_show_nothing() -> None:
    target = KubernetesTarget(
        server="http://127.0.0.1:1",
        authorization=Secret(f"Bearer {WORD}"),
        proxy=f"http://user:{WORD}@127.0.0.1:1",
        proxy_headers={"proxy-authorization": Secret(WORD)},
    )
    assert WORD not in repr(target)
    assert WORD not in repr(KubernetesApi(target, timeout=1))


def test_a_failed_request_shows_nothing() -> None:
    target = KubernetesTarget(
        server="http://127.0.0.1:1",
        authorization=Secret(f"Bearer {WORD}"),
        proxy=f"http://user:{WORD}@127.0.0.1:1",
    )
    with pytest.raises(KubernetesError) as failure:
        KubernetesApi(target, timeout=1).get("/api")
    said = f"{failure.value} {failure.value!r}"
    assert "127.0.0.1:1" in said
    assert WORD not in said


@pytest.mark.parametrize("value", ["two\nlines", "carriage\rreturn", "tokén"])
def test_an_impossible_credential_is_refused_without_being_told(value: str) -> None:
    target = KubernetesTarget(server="http://127.0.0.1:1", authorization=Secret(f"Bearer {value}"))
    with pytest.raises(EksWindowsError) as failure:
        KubernetesApi(target, timeout=1)
    shown = "".join(traceback.format_exception(failure.value))
    assert "header" in str(failure.value)
    assert value not in shown and "Bearer" not in shown


def test_scrub() -> None:
    text = (
        f"own {WORD} token k8s-aws-v1.aHR0cHM_6-x Bearer abc.def-ghi= Basic dXNlcjpw "
        "https://user:pass@proxy:3128/ https://sts/?X-Amz-Signature=0123abc&X-Amz-Security-Token=IQoJ%2F&X-Amz-Date=1"
    )
    assert scrub(text, [Secret(WORD), Secret("")]) == (
        "own *** token *** Bearer *** Basic *** "
        "https://***@proxy:3128/ https://sts/?X-Amz-Signature=***&X-Amz-Security-Token=***&X-Amz-Date=1"
    )


def test_error_text() -> None:
    assert str(EksWindowsError("There is no x.", "Make one")) == "There is no x. Make one"
    assert str(EksWindowsError("There is no x")) == "There is no x"
