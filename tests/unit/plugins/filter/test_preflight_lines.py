# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.cloudops.eks_windows.plugins.filter.preflight_lines import preflight_lines
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.tables import report_lines
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.ticket import ticket_lines
from ansible_collections.cloudops.eks_windows.tests.report.reports import RESULT, fleet

FOUND = fleet(7)["host-006"][RESULT]


def test_either_form() -> None:
    assert preflight_lines(FOUND, "short") == ticket_lines(FOUND)
    assert preflight_lines(FOUND) == preflight_lines(FOUND, "table") == report_lines(FOUND)
    assert report_lines(FOUND) != ticket_lines(FOUND)


def test_what_is_no_form_and_no_result() -> None:
    with pytest.raises(AnsibleFilterError, match="form is table or short, not 'wide'"):
        preflight_lines(FOUND, "wide")
    with pytest.raises(AnsibleFilterError, match="takes the result"):
        preflight_lines({"msg": "failed"})
