# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The report of a preflight, the short output and the test cases, as runs of playbooks leave them."""

from __future__ import annotations

import json
import os
import stat
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.report.reports import fleet
from tests.support.playbook import CHECKOUT, PlaybookRun, run_playbook
from tests.testbed.fleets import demo_fleet
from tests.testbed.testbed import Testbed

HOSTILE = "</script><script>alert(1)</script>"
FLEET = 500
ROLE = "cloudops.eks_windows.preflight"
SCHEMA = json.loads((CHECKOUT / "docs" / "preflight_report.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def testbed() -> Iterator[Testbed]:
    with Testbed(demo_fleet(), "emulated") as running:
        yield running


def inventory(folder: Path, hosts: Mapping[str, Mapping[str, Any]]) -> Path:
    file = folder / "clusters.json"
    file.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    return file


def named(name: str, **more: Any) -> dict[str, Any]:
    return {"eks_windows_cluster_name": name, "eks_windows_region": "us-east-1", **more}


def play(folder: Path, **keywords: Any) -> Path:
    """A play of a user's own, with the role."""
    file = folder / "play.yml"
    keywords = {
        "hosts": "all",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        "roles": [ROLE],
        **keywords,
    }
    file.write_text(json.dumps([keywords]), encoding="utf-8")
    return file


def written(page: Path) -> dict[str, dict[str, Any]]:
    """The report's clusters by host. Page and file must hold the same, and the file be as its schema says."""
    data = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    Draft202012Validator(SCHEMA).validate(data)
    text = page.read_text(encoding="utf-8")
    embedded = text.partition('id="data">')[2].partition("</script>")[0]
    assert json.loads(embedded) == data
    assert text.count("<script") == 2
    return {cluster["host"]: cluster for cluster in data["clusters"]}


def failures(run: PlaybookRun) -> set[str]:
    return {host for host, counts in run.stats.items() if counts["failures"]}


def test_every_host_is_in_the_report_with_what_became_of_it(testbed: Testbed, tmp_path: Path) -> None:
    hosts = {
        "ready": named("ready"),
        "ipv6": named("ipv6"),
        "no such cluster": named("absent"),
        "no name": {"eks_windows_region": "us-east-1"},
        "no such type": named("ready", eks_windows_renewal_days="soon"),
        "no such severity": named("ready", eks_windows_fail_on="errors"),
        "misspelt": named("ready", eks_windows_fail_onn="never"),
        "away": named("ready", ansible_connection="ssh", ansible_host="127.0.0.1", ansible_port=1),
        HOSTILE: named(HOSTILE),
    }
    page = tmp_path / "new" / "report.html"
    run = run_playbook(
        ROLE,
        testbed.environment,
        inventory=inventory(tmp_path, hosts),
        variables={"eks_windows_report": str(page)},
        arguments=["--check", "--diff"],
    )
    assert run.returncode == 2
    clusters = written(page)
    assert list(clusters) == list(hosts)
    outcomes = {host: cluster["outcome"] for host, cluster in clusters.items()}
    assert outcomes == {
        "ready": "examined",
        "ipv6": "examined",
        "no such cluster": "failed",
        "no name": "failed",
        "no such type": "failed",
        "no such severity": "failed",
        "misspelt": "failed",
        "away": "unreachable",
        HOSTILE: "failed",
    }
    for host, words in {
        "no such cluster": "absent",
        "no name": "eks_windows_cluster_name",
        "no such type": "eks_windows_renewal_days",
        "no such severity": "eks_windows_fail_on must be one of: error, warning, never, got: errors",
        "misspelt": "eks_windows_fail_onn (nearest known name: eks_windows_fail_on)",
    }.items():
        assert words in clusters[host]["message"], host
        assert words in run.failure(host), host
    assert HOSTILE in clusters[HOSTILE]["message"]
    assert clusters["no such cluster"]["name"] == "absent"
    assert f": {', '.join(clusters['ipv6']['failing'])}. Each" in run.failure("ipv6")
    assert failures(run) >= set(hosts) - {"ready"}
    assert not [host for host, counts in run.stats.items() if counts["changed"]]
    assert "<!doctype" not in run.stdout, "neither the output nor the diff shows the page"
    assert stat.S_IMODE(page.stat().st_mode) == 0o640
    assert sorted(os.listdir(page.parent)) == ["report.html", "report.json"]
    assert not [request for request in testbed.aws.requests() if request.write]


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_the_report_is_written_where_every_host_fails(testbed: Testbed, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    run = run_playbook(
        ROLE, testbed.environment, variables={"eks_windows_report": str(page), "eks_windows_cluster_name": "absent"}
    )
    assert run.returncode == 2
    assert {host: cluster["outcome"] for host, cluster in written(page).items()} == {"localhost": "failed"}


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_in_batches_those_to_come_are_in_the_report(testbed: Testbed, tmp_path: Path) -> None:
    """Ansible ends a play at a batch whose hosts all fail, here the second of three."""
    hosts = {"first": named("ready"), "second": named("absent"), "third": named("ready")}
    page = tmp_path / "report.html"
    variables = {"eks_windows_report": str(page), "eks_windows_fail_on": "never"}
    file = play(tmp_path, serial=1)
    run = run_playbook(file, testbed.environment, inventory=inventory(tmp_path, hosts), variables=variables)
    assert run.returncode == 2
    assert {host: cluster["outcome"] for host, cluster in written(page).items()} == {
        "first": "examined",
        "second": "failed",
        "third": "not_reached",
    }
    hosts["second"] = named("ipv6")
    run = run_playbook(file, testbed.environment, inventory=inventory(tmp_path, hosts), variables=variables)
    assert run.returncode == 0, run.stdout[-3000:]
    assert {cluster["outcome"] for cluster in written(page).values()} == {"examined"}


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_a_report_that_can_not_be_written_hides_no_cluster_s_own_verdict(testbed: Testbed, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    run = run_playbook(
        ROLE,
        testbed.environment,
        inventory=inventory(tmp_path, {"ready": named("ready"), "ipv6": named("ipv6"), "absent": named("absent")}),
        variables={"eks_windows_report": str(tmp_path / "file" / "report.html")},
    )
    assert run.returncode == 2
    assert failures(run) == {"ready", "ipv6", "absent"}
    assert run.failure("ready").startswith("The report was not written: ")
    for host, words in {"ready": "", "ipv6": "network.ip_family", "absent": "There is no cluster absent"}.items():
        verdict, found, reason = run.failure(host).partition("The report was not written: ")
        assert words in verdict, host
        assert found, host
        assert str(tmp_path / "file") in reason, host


# It is about the path alone, before anything of a release comes into play.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_a_path_that_means_no_file_is_refused_before_the_examination(testbed: Testbed, tmp_path: Path) -> None:
    for folder in ("folder", "data.json"):
        (tmp_path / folder).mkdir()
    (tmp_path / "other.json").write_text('{"name": "of another program"}', encoding="utf-8")
    (tmp_path / "earlier.json").write_text('{"schema_version": 1}', encoding="utf-8")
    reasons = {
        "": "give it the path of a file",
        f"{tmp_path}/folder": "that is a folder",
        f"{tmp_path}/new/": "that is a folder",
        f"{tmp_path}/report.json": "give the page one that ends in .html",
        f"{tmp_path}/data.html": f"{tmp_path}/data.json, where the data goes, is a folder",
        f"{tmp_path}/other.html": f"{tmp_path}/other.json, where the data goes, is another file than that of a report",
    }
    hosts = {f"host {number}": named("ready", eks_windows_report=path) for number, path in enumerate(reasons)}
    hosts["fine"] = named("ready", eks_windows_report=f"{tmp_path}/earlier.html")
    file = inventory(tmp_path, hosts)
    there = set(os.listdir(tmp_path))
    run = run_playbook(ROLE, testbed.environment, inventory=file)
    assert run.returncode == 2
    for host, (path, reason) in zip(hosts, reasons.items(), strict=False):
        assert run.failure(host).startswith(f"eks_windows_report is '{path}': "), host
        assert reason in run.failure(host), host
        assert not [task for task in run.of(host) if task.name.endswith("Examine the cluster")], host
    assert failures(run) == set(hosts) - {"fine"}
    assert set(os.listdir(tmp_path)) == there | {"earlier.html"}
    assert written(tmp_path / "earlier.html")["fine"]["outcome"] == "examined"


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_a_host_without_the_path_is_in_the_report_of_the_others(testbed: Testbed, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    hosts = {"one": named("absent", eks_windows_goal="enable"), "two": named("ready", eks_windows_report=str(page))}
    run = run_playbook(ROLE, testbed.environment, inventory=inventory(tmp_path, hosts))
    assert failures(run) == {"one"}
    one = written(page)["one"]
    assert (one["name"], one["goal"], one["outcome"]) == ("absent", "enable", "failed")


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_a_second_run_of_the_role_knows_nothing_of_the_first(testbed: Testbed, tmp_path: Path) -> None:
    """In one run of Ansible, whose facts last: a failure, then a success, then a failure again."""

    def examine(cluster: str, report: str) -> dict[str, Any]:
        page = str(tmp_path / f"{report}.html")
        variables = {**named(cluster), "eks_windows_report": page, "eks_windows_fail_on": "never"}
        return {"ansible.builtin.include_role": {"name": ROLE}, "vars": variables}

    rescue = [{"ansible.builtin.debug": {"msg": "It failed."}}]
    tasks = [
        {"block": [examine("absent", "first")], "rescue": rescue},
        examine("ready", "second"),
        {"block": [examine("absent", "third")], "rescue": rescue},
    ]
    run = run_playbook(play(tmp_path, hosts="localhost", roles=[], tasks=tasks), testbed.environment)
    assert run.returncode == 0, run.stdout[-3000:]
    first, second, third = (written(tmp_path / f"{name}.html")["localhost"] for name in ("first", "second", "third"))
    assert (second["outcome"], second["name"], second["message"]) == ("examined", "ready", "")
    for cluster in (first, third):
        assert (cluster["outcome"], cluster["name"]) == ("failed", "absent")
        assert "There is no cluster absent" in cluster["message"]


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_a_failure_that_is_fatal_to_all_is_told_as_whose_it_is(testbed: Testbed, tmp_path: Path) -> None:
    hosts = {
        "ready": named("ready"),
        "away": named("ready", ansible_connection="ssh", ansible_host="127.0.0.1", ansible_port=1),
    }
    page = tmp_path / "report.html"
    run = run_playbook(
        play(tmp_path, any_errors_fatal=True),
        testbed.environment,
        inventory=inventory(tmp_path, hosts),
        variables={"eks_windows_report": str(page)},
    )
    assert run.returncode == 2
    clusters = written(page)
    assert (clusters["ready"]["outcome"], clusters["ready"]["message"]) == ("examined", "")
    assert clusters["away"]["outcome"] == "unreachable"
    assert "connect to host 127.0.0.1 port 1" in clusters["away"]["message"]
    assert "connect to host 127.0.0.1 port 1" in run.failure("away")


# Two filters and two templates, which the other tests see with each release.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_a_large_fleet(tmp_path: Path) -> None:
    """What each host was found to be is given here, so that it is the report alone that is made of so many."""
    hosts = {host: {**named(host), **variables} for host, variables in fleet(FLEET).items()}
    page = tmp_path / "report.html"
    tasks = [{"ansible.builtin.import_role": {"name": ROLE, "tasks_from": "report.yml"}}]
    run = run_playbook(
        play(tmp_path, roles=[], tasks=tasks),
        {},
        inventory=inventory(tmp_path, hosts),
        variables={"__eks_windows_page": str(page)},
        timeout=900,
    )
    assert run.returncode == 0, run.stdout[-3000:]
    clusters = written(page)
    assert list(clusters) == list(hosts)
    assert sum(cluster["outcome"] == "failed" for cluster in clusters.values()) == FLEET // 10


# Which finding counts is one filter's word, and what it says is tested with it; here it is that each form goes by it.
@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize("fail_on", ["error", "warning", "never"])
def test_the_exit_status_is_the_same_whatever_the_output(testbed: Testbed, tmp_path: Path, fail_on: str) -> None:
    page = tmp_path / "report.html"
    all_forms = {"eks_windows_output": "short", "eks_windows_report": str(page), "eks_windows_junit": True}
    runs = [
        run_playbook(
            ROLE,
            testbed.environment,
            variables={"eks_windows_cluster_name": "ready", "eks_windows_fail_on": fail_on, **form},
        )
        for form in ({}, all_forms)
    ]
    # Cluster ready is on a version in extended support, a warning.
    assert {run.returncode for run in runs} == {2 if fail_on == "warning" else 0}
    failed = written(page)["localhost"]["failing"]
    assert ("version.lifecycle" in failed) is (fail_on == "warning")


def printed(run: PlaybookRun) -> list[str]:
    """The lines of the task that prints what was found, as Ansible's default callback prints them."""
    task = run.stdout.partition(f"TASK [{ROLE} : Print what was found] ")[2].partition("\nTASK [")[0]
    return task.splitlines()[1:]


@pytest.mark.parametrize(("result_format", "begin", "end"), [("json", '"', '",'), ("yaml", "", "")])
def test_what_is_printed_reads_well_at_a_hundred_columns(
    testbed: Testbed, tmp_path: Path, result_format: str, begin: str, end: str
) -> None:
    # One of them has junit as `-e eks_windows_junit=false` gives it.
    short = {"eks_windows_output": "short", "eks_windows_junit": "false"}
    run = run_playbook(
        ROLE,
        {
            **testbed.environment,
            "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default",
            "ANSIBLE_CALLBACK_RESULT_FORMAT": result_format,
        },
        inventory=inventory(tmp_path, {"table": named("needs-enable"), "short": named("ipv6", **short)}),
        variables={"eks_windows_goal": "enable"},
    )
    assert f"TASK [{ROLE} : Rule" not in run.stdout
    lines = printed(run)
    assert max(map(len, lines)) <= 100
    # Where quotation marks are, or the indentation is not taken away, none of it can be pasted.
    text = [line.removeprefix(" " * 8) for line in lines]
    assert f"{begin}**Cluster ipv6 in us-east-1, Kubernetes 1.31 eks.20: not ready for Windows pods**{end}" in text
    assert any(line.startswith(f"{begin}- `network.ip_family` (error): ") for line in text)
    assert any(line.startswith(f"{begin}Cluster needs-enable in us-east-1") for line in text)
    assert any(line.startswith(f"{begin}  1. attach_cluster_policy: ") for line in text)


def test_rules_are_test_cases_of_junit(testbed: Testbed, tmp_path: Path) -> None:
    """With Ansible's own callback. Its newer releases call each failure an error."""
    hosts = {"one": named("ipv6"), "two": named("ready")}
    run = run_playbook(
        ROLE,
        {
            **testbed.environment,
            "ANSIBLE_CALLBACKS_ENABLED": "ansible.builtin.junit",
            "JUNIT_OUTPUT_DIR": str(tmp_path / "junit"),
            "JUNIT_HIDE_TASK_ARGUMENTS": "true",
            "JUNIT_TEST_CASE_PREFIX": f"{ROLE} : Rule ",
        },
        inventory=inventory(tmp_path, hosts),
        variables={
            "eks_windows_junit": True,
            "eks_windows_report": str(tmp_path / "report.html"),
            "eks_windows_ignore": [{"id": "ipam.enabled", "reason": "a test"}],
        },
    )
    clusters = written(tmp_path / "report.html")
    (file,) = (tmp_path / "junit").iterdir()
    cases = {case.get("name"): case for case in ET.parse(file).getroot().iter("testcase")}
    for host, cluster in clusters.items():
        for finding in cluster["findings"]:
            case = cases.pop(f"[{host}] Examine clusters for Windows support: {ROLE} : Rule {finding['id']}")
            outcome = next((child.tag for child in case if child.tag != "system-out"), "passed")
            if finding["id"] in cluster["failing"]:
                assert outcome in ("failure", "error"), finding
                (wrong,) = (child for child in case if child.tag in ("failure", "error"))
                assert finding["summary"].rstrip(".") in str(wrong.get("message"))
                assert finding["remedy"].rstrip(".") in str(wrong.get("message"))
            else:
                assert outcome == ("passed" if finding["status"] == "pass" else "skipped"), finding
    # What is left is the failed last task of each host that fails.
    assert [name.partition("]")[0] for name in map(str, cases)] == [
        f"[{host}" for host, cluster in clusters.items() if cluster["failing"]
    ]
    assert failures(run) == {host for host, cluster in clusters.items() if cluster["failing"]}
    assert "network.ip_family" in clusters["one"]["failing"]
    assert "ipam.enabled" not in clusters["one"]["failing"], "it is waived"
