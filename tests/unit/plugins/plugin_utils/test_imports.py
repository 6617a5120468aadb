# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from ansible_collections.cloudops.eks_windows.plugins.plugin_utils._imports import imported_to_stay


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """As it was, whatever a test does to it."""
    looked, frozen = gc.isenabled(), gc.get_freeze_count()
    yield
    if gc.get_freeze_count() != frozen:
        gc.unfreeze()
    (gc.enable if looked else gc.disable)()


def test_no_garbage_is_looked_for_meanwhile_and_nothing_of_it_is_afterwards() -> None:
    gc.enable()
    gc.unfreeze()
    with imported_to_stay():
        assert not gc.isenabled()
        made = [[number] for number in range(1000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() > 1000
    assert all(each is not made for each in gc.get_objects())


def test_an_import_that_fails_leaves_the_collector_on() -> None:
    gc.enable()
    with pytest.raises(ImportError), imported_to_stay():
        raise ImportError("botocore")
    assert gc.isenabled()


def test_a_collector_that_is_off_stays_off() -> None:
    gc.unfreeze()
    gc.disable()
    with imported_to_stay():
        pass
    assert not gc.isenabled()
    assert gc.get_freeze_count() == 0
