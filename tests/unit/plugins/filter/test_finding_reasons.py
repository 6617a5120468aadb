# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.cloudops.eks_windows.plugins.filter.finding_reasons import finding_reasons


def test_each_finding_is_named_with_its_remedy() -> None:
    findings = [
        {"id": "a.one", "summary": "One is wrong", "remedy": "Mend it."},
        {"id": "b.two", "summary": "Two is wrong.", "remedy": ""},
    ]
    assert finding_reasons(findings) == "a.one: One is wrong. Remedy: Mend it. b.two: Two is wrong."


def test_no_finding_is_no_text() -> None:
    assert finding_reasons([]) == ""


@pytest.mark.parametrize("wrong", ["text", {"findings": []}])
def test_what_is_no_list_is_refused(wrong: object) -> None:
    with pytest.raises(AnsibleFilterError, match="list of findings"):
        finding_reasons(wrong)  # type: ignore[arg-type]
