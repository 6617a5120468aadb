# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Data flows one way through the library: each layer imports itself and the layers above it alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe import observation

LIBRARY = Path(observation.__file__).parents[1]
LAYERS = ("_data", "_connect", "_observe", "_judge", "_backends")
IMPORT = re.compile(r"ansible_collections\.cloudops\.eks_windows\.plugins\.module_utils\.(\w+)")


def test_each_folder_is_a_layer() -> None:
    assert {path.name for path in LIBRARY.iterdir() if (path / "__init__.py").exists()} == set(LAYERS)


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_no_later_one(layer: str) -> None:
    later = set(LAYERS[LAYERS.index(layer) + 1 :])
    files = sorted((LIBRARY / layer).rglob("*.py"))
    back = [f"{file.name}: {name}" for file in files for name in IMPORT.findall(file.read_text()) if name in later]
    assert len(files) > 1
    assert back == []
