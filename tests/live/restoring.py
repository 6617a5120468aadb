# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Puts back what a probe changes, however the probe ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.live.addon import Addon, describe, update, wait_until_idle
from tests.live.cluster import LiveCluster


class NotPutBackError(Exception):
    """Something stays as a probe changed it; the message says what, and how to put it back by hand."""


@contextmanager
def config_map_kept(cluster: LiveCluster, keys: Sequence[str]) -> Iterator[None]:
    """After the block these keys of ConfigMap amazon-vpc-cni are as they were before it.

    Raises:
        NotPutBackError: They are not.
    """
    before = cluster.kubernetes.config_map() or {}
    wanted = {key: before.get(key) for key in keys}
    try:
        yield
    finally:
        try:
            now = cluster.kubernetes.config_map() or {}
            changed = {key: value for key, value in wanted.items() if now.get(key) != value}
            if changed:
                cluster.kubernetes.set_config_map(changed)
        except Exception as error:
            raise NotPutBackError(
                f"ConfigMap kube-system/amazon-vpc-cni could not be put back: {error}. Give it {wanted} by hand; "
                "None is a key that was not there"
            ) from error


@contextmanager
def deployment_removed(cluster: LiveCluster, name: str) -> Iterator[None]:
    """After the block there is no Deployment of this name in kube-system, as there was none before.

    Raises:
        NotPutBackError: It is still there.
    """
    try:
        yield
    finally:
        try:
            cluster.kubernetes.delete_deployment(name)
        except Exception as error:
            raise NotPutBackError(
                f"Deployment kube-system/{name} could not be deleted: {error}. Delete it by hand: Windows support is "
                "off as long as it is there"
            ) from error


@contextmanager
def addon_kept(cluster: LiveCluster, before: Addon) -> Iterator[None]:
    """After the block the vpc-cni add-on has the configuration values that it had before.

    Raises:
        NotPutBackError: It has not.
    """
    try:
        yield
    finally:
        try:
            wait_until_idle(cluster)
            if describe(cluster).values != before.values:
                update(cluster, before, before.text or "{}")
        except Exception as error:
            text = before.text or "{}"
            raise NotPutBackError(
                f"The configuration of add-on vpc-cni could not be put back: {error}. Give it by hand: {text}"
            ) from error
