# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Reports for tests, made of judged observations, so that they hold what a run's report holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.filter.preflight_report import preflight_report
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.render import as_result
from ansible_collections.cloudops.eks_windows.plugins.plugin_utils._report.data import KEPT, RESULT
from ansible_collections.cloudops.eks_windows.tests.unit.plugins.module_utils._judge.observations import (
    CONTROLLER,
    DENIED,
    cluster,
    config_map,
    legacy,
    observed,
    options,
    role,
)

MADE_AT = "2026-11-24T10:05:00Z"
REGIONS = ("eu-central-1", "us-east-1", "us-west-2", "cn-north-1", "us-gov-west-1")
WAIVERS = [
    {"id": "iam.cluster_policy", "reason": "Terraform has it", "owner": "platform team", "until": "2027-03-31"},
    {"id": "ipam.enabled", "reason": "until the move", "until": "2026-01-31"},
]
INVISIBLE = "\u00ad\u034f\u115f\u180e\u200b\u2066\u3164\ufe0f\ufff9\U000e0041"
HOSTILE = (
    "<script>document.title='taken'</script>",
    "</script><script>document.title='taken'</script>",
    "<img src=x onerror=\"document.title='taken'\">",
    f"&lt;b&gt; &amp; \u2028 \u202e {INVISIBLE} \"'`${{document.title='taken'}}",
    "@@DATA@@ {{ 7 * 7 }} {% raw %} <!-- ",
)


def variables(number: int) -> dict[str, Any]:
    """What one host of a fleet leaves: of ten clusters six are ready, three are not, and one was not examined."""
    name = f"cluster-{number:03d}"
    region = REGIONS[number % len(REGIONS)]
    arn = f"arn:aws:eks:{region}:111122223333:cluster/{name}"
    described = {"name": name, "region": region, "arn": arn, "version": f"1.{30 + number % 6}"}
    kind = number % 10
    if kind == 9:
        return unexamined(f"Cluster {name}: the role could not be assumed: AccessDenied", cluster_name=name)
    if kind in (6, 7):
        return examined(
            {"goal": "enable", **({"ignore": WAIVERS} if kind == 7 else {})},
            cluster=cluster(**described, **({"ip_family": "ipv6"} if kind == 6 else {})),
            cluster_role=role("AmazonEKSClusterPolicy"),
            cni_config_map=config_map({"enable-windows-ipam": "false"}),
            legacy=legacy(deployments=(CONTROLLER,)),
        )
    return examined(cluster=cluster(**described), **({"nodes": DENIED} if kind == 8 else {}))


def examined(wanted: Mapping[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """The variables of a host whose cluster was examined."""
    result = as_result(observed(**changes), options(**(wanted or {})))
    kept = {"cluster_name": "", "goal": (wanted or {}).get("goal", "none"), "fail_on": "error", "failure": ""}
    return {RESULT: result, KEPT: kept}


def unexamined(failure: str, *, cluster_name: str = "", unreachable: bool = False) -> dict[str, Any]:
    """The variables of a host whose cluster could not be examined."""
    kept = {"cluster_name": cluster_name, "goal": "none", "fail_on": "error", "failure": failure}
    return {KEPT: kept, **({RESULT: {"unreachable": True, "msg": failure}} if unreachable else {})}


def fleet(size: int) -> dict[str, dict[str, Any]]:
    """The variables of so many hosts."""
    return {f"host-{number:03d}": variables(number) for number in range(size)}


def hostile_fleet() -> dict[str, dict[str, Any]]:
    """Hosts whose names, and all that servers and people say of them, are markup."""
    hosts: dict[str, dict[str, Any]] = {}
    for number, text in enumerate(HOSTILE):
        waiver = {"id": "network.ip_family", "reason": text, "owner": text}
        hosts[f"{text} {number}"] = examined(
            {"ignore": [waiver]}, cluster=cluster(name=text, region=text, ip_family=text, endpoint=text, arn=text)
        )
    hosts["broken"] = unexamined(HOSTILE[0], cluster_name=HOSTILE[1])
    return hosts


def write_page(folder: Path, hosts: Mapping[str, Mapping[str, Any]]) -> Path:
    """The page on these hosts, in a file."""
    file = folder / "report.html"
    file.write_text(preflight_report(list(hosts), hosts, "html", MADE_AT), encoding="utf-8")
    return file
