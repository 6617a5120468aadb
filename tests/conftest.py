# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lets plain pytest import ``ansible_collections.*`` the way Ansible itself does."""

from __future__ import annotations

import os
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


def install_collection_finder() -> None:
    """Point Ansible's loader at this checkout, unless ansible-test has done so already."""
    if any(type(finder).__name__ == "_AnsibleCollectionFinder" for finder in sys.meta_path):
        return
    from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder

    collections = os.environ.get("ANSIBLE_COLLECTIONS_PATH", str(Path(sys.prefix) / "collections"))
    _AnsibleCollectionFinder(paths=collections.split(os.pathsep))._install()


install_collection_finder()
