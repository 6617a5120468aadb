# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The audit log, read back as requests."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

from tests.testbed.kubernetes.real.audit import AuditLog
from tests.testbed.kubernetes.types import KubernetesRequest


def line(number: str, stage: str = "ResponseComplete", user: str = "alice", **fields: object) -> str:
    event = {
        "auditID": number,
        "stage": stage,
        "verb": "get",
        "requestURI": "/api/v1/nodes/a?limit=5&limit=6&empty=",
        "user": {"username": user},
        **({} if stage == "RequestReceived" else {"responseStatus": {"code": 200}}),
        **fields,
    }
    return json.dumps(event) + "\n"


def test_one_request_for_all_stages_in_order_of_arrival(tmp_path: Path) -> None:
    file = tmp_path / "audit.log"
    stages = line("1", "RequestReceived") + line("2", "RequestReceived", verb="watch")
    stages += line("2", "ResponseStarted", verb="watch") + line("1")
    file.write_text(stages)
    query = {"limit": "5", "empty": ""}
    assert AuditLog(file).requests() == [
        KubernetesRequest("get", "/api/v1/nodes/a", query, "alice", 200),
        KubernetesRequest("watch", "/api/v1/nodes/a", query, "alice", 200),
    ]


def test_impersonated_user_counts_and_the_testbeds_own_do_not(tmp_path: Path) -> None:
    file = tmp_path / "audit.log"
    impersonating = line("1", impersonatedUser={"username": "bob"})
    file.write_text(impersonating + line("2", user="testbed:kubelet") + line("3", user="system:apiserver"))
    assert [request.user for request in AuditLog(file).requests()] == ["bob"]


def test_waits_for_the_answer_of_an_open_request(tmp_path: Path) -> None:
    file = tmp_path / "audit.log"
    file.write_text(line("1", "RequestReceived"))

    def answer() -> None:
        time.sleep(0.2)
        with file.open("a") as log:
            log.write(line("1"))

    threading.Thread(target=answer).start()
    assert [request.status for request in AuditLog(file).requests()] == [200]


def test_half_a_line_is_left_for_later_and_forgetting_forgets(tmp_path: Path) -> None:
    file = tmp_path / "audit.log"
    whole = line("1")
    file.write_text(whole[:40])
    log = AuditLog(file)
    assert log.requests() == []
    with file.open("a") as handle:
        handle.write(whole[40:])
    assert len(log.requests()) == 1
    log.forget()
    assert log.requests() == []
