# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The page as people use it: seen, searched, sorted, by mouse and by keyboard, in the dark and on paper."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.catalogue import RULES
from tests.report.conftest import Show
from tests.report.reports import HOSTILE, MADE_AT, examined, fleet, hostile_fleet, unexamined, write_page
from tests.support.browser import CONTROL, Chromium, Tab, until

NAMES = "[...document.querySelectorAll('#matrix tbody tr:not([hidden]) th b')].map(cell => cell.textContent)"
HEADS = "[...document.querySelectorAll('#matrix thead th:not([hidden])')].map(cell => cell.firstChild.textContent)"
FOCUS = "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent"


def names(tab: Tab) -> list[str]:
    """The clusters shown, in order."""
    found: list[str] = tab.evaluate(NAMES)
    return found


def sort(tab: Tab, title: str) -> None:
    """Click on a column's head."""
    tab.evaluate(
        "[...document.querySelectorAll('#matrix thead th')]"
        f".find(cell => cell.firstChild.textContent === {json.dumps(title)}).click()"
    )


def cell(tab: Tab, cluster: str, rule: str) -> dict[str, Any]:
    """A cell's words, symbol and colours."""
    found: dict[str, Any] = tab.evaluate(
        "(() => { const row = [...document.querySelectorAll('#matrix tbody tr')]"
        f".find(line => line.querySelector('b').textContent === {json.dumps(cluster)});"
        f" const found = row.querySelector('[data-rule=\"{rule}\"]'); const mark = found.querySelector('.mark');"
        " const style = getComputedStyle(mark); return {words: found.getAttribute('aria-label'),"
        " symbol: mark.textContent, classes: mark.className, ink: style.color, back: style.backgroundColor}; })()"
    )
    return found


def dialog(tab: Tab) -> str:
    """The text of the open dialog; empty where none is open."""
    found: str = tab.evaluate("(found => found.open ? found.innerText : '')(document.getElementById('detail'))")
    return found


def test_one_cluster(show: Show) -> None:
    tab = show({"localhost": fleet(1)["host-000"]})
    assert names(tab) == ["cluster-000"]
    assert tab.evaluate("document.getElementById('made').textContent") == (
        "Preflight report of 1 cluster, examined 2026-11-24 10:00:00 UTC; written 2026-11-24 10:05:00 UTC"
    )
    assert tab.evaluate("document.title") == "Preflight of 1 EKS cluster, 2026-11-24 10:05:00 UTC"
    assert tab.evaluate(HEADS)[7:] == [rule.id for rule in RULES]


def test_no_cluster(show: Show) -> None:
    tab = show({})
    assert names(tab) == []
    assert "no cluster was examined" in tab.evaluate("document.getElementById('made').textContent")


def test_five_hundred_clusters(show: Show) -> None:
    tab = show(fleet(500))
    assert len(names(tab)) == 500
    assert tab.evaluate("document.querySelectorAll('#matrix tbody td.cell').length") == 450 * len(RULES)
    tab.click("#search")
    tab.type("cluster-49 us-east")
    tab.wait("document.getElementById('shown').textContent === '2 of 500 clusters'")
    assert names(tab) == ["cluster-491", "cluster-496"]


def test_every_cluster_is_there_with_what_became_of_it(show: Show) -> None:
    hosts = {
        **fleet(10),
        "away": unexamined("no route", unreachable=True),
        "later": {},
    }
    tab = show(hosts)
    assert len(names(tab)) == 12
    lines = "[...document.querySelectorAll('#matrix tbody tr')].filter(line => line.querySelector('.why'))"
    pair = "[line.querySelector('b').textContent, line.querySelector('.why').textContent]"
    told = tab.evaluate(f"Object.fromEntries({lines}.map(line => {pair}))")
    assert told["away"] == "Host unreachable: no route"
    assert told["cluster-009"].startswith("Could not be examined: Cluster cluster-009: the role could not be assumed")
    assert told["later"].startswith("Not reached: ")
    tiles = tab.evaluate("[...document.querySelectorAll('#tiles button')].map(tile => tile.innerText)")
    assert [" ".join(tile.split()) for tile in tiles] == [
        "12 Clusters",
        "✓ 6 Ready",
        "✕ 3 Not ready",
        "? 3 Not examined",
    ]


def test_symbol_words_and_colour(ten: Tab) -> None:
    assert cell(ten, "cluster-006", "network.ip_family")["words"] == "network.ip_family: failed, error"
    seen = {
        "pass": cell(ten, "cluster-000", "network.ip_family"),
        "error": cell(ten, "cluster-006", "network.ip_family"),
        "unknown": cell(ten, "cluster-008", "capacity.linux"),
        "waived": cell(ten, "cluster-007", "iam.cluster_policy"),
        "warning": cell(ten, "cluster-007", "legacy.components"),
        "na": cell(ten, "cluster-000", "version.legacy_obsolete"),
    }
    assert {kind: found["symbol"] for kind, found in seen.items()} == {
        "pass": "✓", "error": "✕", "unknown": "?", "waived": "⊘", "warning": "▲", "na": "–",
    }  # fmt: skip
    assert len({found["ink"] for found in seen.values()}) == len(seen)


def test_waivers_are_listed_and_marked(ten: Tab) -> None:
    text = ten.evaluate("document.getElementById('waivers').innerText")
    for words in ("iam.cluster_policy", "2027-03-31", "platform team", "Terraform has it", "2026-01-31 (ended)"):
        assert words in text
    assert "waiver has ended" in cell(ten, "cluster-007", "ipam.enabled")["words"]
    assert "expired" in cell(ten, "cluster-007", "ipam.enabled")["classes"].split()


def test_evidence_on_click(ten: Tab) -> None:
    ten.evaluate("document.querySelector('#matrix tbody tr:nth-child(7) [data-rule=\"network.ip_family\"]').click()")
    text = dialog(ten)
    for words in (
        "network.ip_family on cluster-006",
        "The cluster's IP family is ipv6",
        "Remedy",
        "EKS cluster cluster-006",
        "https://",
        "Examined 2026-11-24 10:00:00 UTC: 3 nodes",
    ):
        assert words in text
    ten.click("#detail .close")
    assert dialog(ten) == ""


def test_a_cluster_on_click(ten: Tab) -> None:
    ten.evaluate("document.querySelector('#matrix tbody tr:nth-child(7) th').click()")
    text = dialog(ten)
    for words in ("cluster-006", "arn:aws:eks:us-east-1", "attach_cluster_policy", "3 nodes", "iam.cluster_policy"):
        assert words in text
    folded = "document.querySelector('#detail details')"
    assert ten.evaluate(f"{folded}.open") is False
    ten.click("#detail details summary")
    assert ten.evaluate(f"{folded}.open && {folded}.querySelectorAll('td').length > 0") is True


def test_by_rule(ten: Tab) -> None:
    rules = ten.evaluate("[...document.querySelectorAll('#rules details .id')].map(found => found.textContent)")
    assert {"network.ip_family", "iam.cluster_policy", "legacy.components"} <= set(rules)
    assert rules.index("network.ip_family") < rules.index("legacy.components"), "errors come first"
    ten.evaluate("document.querySelectorAll('#rules details').forEach(found => { found.open = true; })")
    ten.wait("document.querySelector('#rules table')")
    assert "cluster-006" in ten.evaluate("document.getElementById('rules').innerText")


@pytest.mark.parametrize(
    ("controls", "shown"),
    [
        ({"#with": "error"}, ["cluster-006", "cluster-007"]),
        ({"#with": "unknown"}, ["cluster-008"]),
        ({"#with": "waived"}, ["cluster-007"]),
        ({"#with": "error", "#rule": "network.ip_family"}, ["cluster-006"]),
        ({"#with": "waived", "#rule": "network.ip_family"}, []),
    ],
)
def test_filters_on_findings(ten: Tab, controls: dict[str, str], shown: list[str]) -> None:
    for control, value in controls.items():
        ten.choose(control, value)
    assert names(ten) == shown
    assert ten.evaluate("document.getElementById('none').hidden") is bool(shown)
    ten.click("#reset")
    ten.wait("document.getElementById('shown').textContent === '10 clusters'")


def test_filters_on_clusters(ten: Tab) -> None:
    ten.click("#search")
    ten.type("CN-NORTH-1")
    ten.wait("document.getElementById('shown').textContent !== '10 clusters'")
    assert names(ten) == ["cluster-003", "cluster-008"]
    ten.click("#tiles button[data-state=ready]")
    assert names(ten) == ["cluster-003"]
    assert ten.evaluate("document.querySelector('#tiles [data-state=ready]').getAttribute('aria-pressed')") == "true"
    ten.click("#tiles button[data-state=ready]")
    assert names(ten) == ["cluster-003", "cluster-008"]


def test_filters_on_rules(ten: Tab) -> None:
    ten.choose("#topic", "iam")
    shown = ten.evaluate(HEADS)[7:]
    assert shown == [rule.id for rule in RULES if rule.id.startswith("iam.")]
    first = "[...document.querySelectorAll('#matrix tbody tr:first-child td.cell:not([hidden])')]"
    assert ten.evaluate(f"{first}.map(cell => cell.dataset.rule)") == shown
    assert ten.evaluate("document.querySelector('.why').colSpan") == len(shown)
    ten.evaluate("document.getElementById('wrong').click()")
    assert "iam.cluster_policy" in ten.evaluate(HEADS)
    assert len(ten.evaluate(HEADS)) < len(shown) + 7


def test_sorting(ten: Tab) -> None:
    sort(ten, "Cluster")
    assert names(ten) == [f"cluster-00{number}" for number in reversed(range(10))]
    sort(ten, "Errors")
    assert names(ten)[:2] == ["cluster-006", "cluster-007"]
    assert ten.evaluate("[...document.querySelectorAll('[aria-sort=descending]')].map(cell => cell.innerText)")
    sort(ten, "Errors")
    assert names(ten)[-1] == "cluster-006"
    sort(ten, "network.ip_family")
    assert names(ten)[0] == "cluster-006"
    sort(ten, "State")
    assert names(ten)[0] == "cluster-006"


def test_by_keyboard_alone(ten: Tab) -> None:
    for _ in range(20):
        ten.press("Tab")
        if ten.evaluate("document.activeElement.closest('#matrix') !== null"):
            break
    assert ten.evaluate(FOCUS).startswith("cluster-000")
    assert ten.evaluate("document.querySelectorAll('#matrix [tabindex=\"0\"]').length") == 1
    for key in ("ArrowDown", "ArrowRight"):
        ten.press(key)
    assert ten.evaluate(FOCUS).endswith("Ready")
    ten.press("End")
    assert ten.evaluate("document.activeElement.dataset.rule") == RULES[-1].id
    ten.press("Home")
    assert ten.evaluate(FOCUS).startswith("cluster-001")
    ten.press("Enter")
    assert "cluster-001" in dialog(ten)
    ten.press("Escape")
    assert dialog(ten) == ""
    assert ten.evaluate(FOCUS).startswith("cluster-001"), "the focus is back where it was"
    ten.press("End", CONTROL)
    assert ten.evaluate("document.activeElement.className") == "why first"
    ten.press("Home", CONTROL)
    assert ten.evaluate(FOCUS) == "Cluster"
    ten.press(" ")
    assert names(ten)[0] == "cluster-009"
    ten.press("PageDown")
    assert ten.evaluate(FOCUS).startswith("cluster-000")


def test_what_has_the_focus_is_seen(ten: Tab) -> None:
    ten.press("Tab")
    assert ten.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_in_the_dark(ten: Tab) -> None:
    brightness = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number).reduce((a, b) => a + b)"
    ten.emulate(prefers_color_scheme="light")
    assert ten.evaluate(brightness) > 600
    ten.emulate(prefers_color_scheme="dark")
    assert ten.evaluate(brightness) < 150


# What a reader with weak sight needs, by the guidelines for accessible content, level AA.
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(ten: Tab, scheme: str) -> None:
    ten.emulate(prefers_color_scheme=scheme)
    for found in (
        cell(ten, "cluster-000", "network.ip_family"),
        cell(ten, "cluster-006", "network.ip_family"),
        cell(ten, "cluster-008", "capacity.linux"),
        cell(ten, "cluster-007", "iam.cluster_policy"),
        cell(ten, "cluster-007", "legacy.components"),
    ):
        assert contrast(found["ink"], found["back"]) >= 4.5, found
    # What is quiet has no ground of its own: it stands on the table's, the page's, or that of a row that is pointed at.
    for selector, of_it, grounds, least in (
        ("#matrix .mark.na", "color", ("paper", "back", "hover"), 4.5),
        ("#matrix .zero", "color", ("paper", "hover"), 4.5),
        ("#matrix small", "color", ("paper", "hover"), 4.5),
        ("#search", "borderTopColor", ("paper", "back"), 3),
        ("#rule", "borderTopColor", ("paper", "back"), 3),
        ("#reset", "borderTopColor", ("paper", "back"), 3),
        ("#tiles button", "borderTopColor", ("paper", "back", "hover"), 3),
    ):
        shown = ten.evaluate(f"getComputedStyle(document.querySelector({json.dumps(selector)})).{of_it}")
        for ground in grounds:
            assert contrast(shown, named_colour(ten, ground)) >= least, (selector, ground)


def named_colour(tab: Tab, name: str) -> str:
    """The colour that the page's style sheet calls so, as ``rgb(1, 2, 3)``."""
    value: str = tab.evaluate(f"getComputedStyle(document.documentElement).getPropertyValue('--{name}')")
    return f"rgb({', '.join(str(int(value.strip()[at : at + 2], 16)) for at in (1, 3, 5))})"


def contrast(one: str, other: str) -> float:
    """The ratio of two colours of the form ``rgb(1, 2, 3)``."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of a colour, by WCAG 2.2."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_on_paper(ten: Tab) -> None:
    ten.choose("#with", "error")
    ten.emulate("print", prefers_color_scheme="dark")
    assert ten.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert ten.evaluate("getComputedStyle(document.getElementById('filters')).display") == "none"
    assert ten.evaluate("getComputedStyle(document.getElementById('scroll')).overflow") == "visible"
    ten.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    text = ten.evaluate("document.getElementById('printed').innerText")
    assert "network.ip_family failed, error. The cluster's IP family is ipv6" in text
    assert "Remedy: " in text
    assert "Evidence: EKS cluster cluster-006" in text
    assert "cluster-000" not in text, "what is filtered out is not printed"
    ten.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert ten.pdf().startswith(b"%PDF-")


def test_the_table_fits_the_paper(ten: Tab) -> None:
    """A4 across has 297 mm, of which 9 mm are left free on each side."""
    ten.size(int((297 - 18) / 25.4 * 96), 760)
    ten.emulate("print")
    wide = ten.evaluate("document.getElementById('matrix').getBoundingClientRect().width")
    assert wide <= (297 - 18) / 25.4 * 96


def test_on_a_small_screen_the_page_itself_does_not_scroll_sideways(ten: Tab) -> None:
    ten.size(400, 800)
    assert ten.evaluate("document.documentElement.scrollWidth") <= 400


def test_hostile_names_are_text(show: Show) -> None:
    tab = show(hostile_fleet())
    shown = names(tab)
    assert len(shown) == len(HOSTILE) + 1
    assert {HOSTILE[0], HOSTILE[1], HOSTILE[2]} <= set(shown)
    for number in range(len(shown)):
        tab.evaluate(f"document.querySelectorAll('#matrix tbody th')[{number}].click()")
        assert dialog(tab)
        tab.press("Escape")
    tab.evaluate("document.querySelectorAll('#rules details').forEach(found => { found.open = true; })")
    tab.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert tab.evaluate("document.querySelectorAll('img, body script:not(#data)').length") == 1, "the page's own script"
    assert tab.evaluate("document.title") == "Preflight of 6 EKS clusters, 2026-11-24 10:05:00 UTC"
    invisible = "[\\u2028\\u202e\\u00ad\\u034f\\u115f\\u180e\\u200b\\u2066\\u3164\\ufe0f\\ufff9\\u{e0041}]"
    assert not tab.evaluate(f"/{invisible}/u.test(document.body.innerText)")
    assert tab.evaluate(r"/\ufffd{10}/.test(document.body.innerText)"), "each is shown as one"


def test_another_script_does_not_run(chromium: Chromium, tmp_path: Path) -> None:
    """The page's policy holds even where something slipped in."""
    file = write_page(tmp_path, fleet(1))
    text = file.read_text(encoding="utf-8")
    steal = "document.title='taken'"
    slipped = f"<script>{steal}</script><img src='https://example.org/x.png' onerror=\"{steal}\">"
    file.write_text(text.replace("</main>", f"</main>{slipped}"), encoding="utf-8")
    tab = chromium.tab()
    tab.open(file)
    until(lambda: any("example.org" in said for said in tab.complaints), "the image was refused")
    refused = [said for said in tab.complaints if "Content Security Policy" in said]
    assert any("script-src" in said for said in refused), tab.complaints
    assert any("img-src" in said for said in refused), tab.complaints
    assert tab.evaluate("document.title") != "taken"


def test_it_says_how_to_read_it_without_scripts(tmp_path: Path) -> None:
    text = write_page(tmp_path, {"one": examined()}).read_text(encoding="utf-8")
    assert "<noscript>" in text
    assert MADE_AT in text


def test_names_and_roles_for_assistive_technology(ten: Tab) -> None:
    nodes = ten.send("Accessibility.getFullAXTree")["nodes"]
    named = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if "role" in node]
    roles = {role for role, _ in named}
    assert {"grid", "columnheader", "rowheader", "gridcell", "search", "searchbox", "status"} <= roles
    for role in ("button", "searchbox", "combobox", "checkbox", "columnheader", "rowheader", "grid"):
        assert all(name for found, name in named if found == role), role
