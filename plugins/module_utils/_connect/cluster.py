# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The cluster that is to be reached, and how it is reached."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cluster:
    """The cluster as EKS DescribeCluster tells it.

    ``certificate_authority`` is PEM text. ``ip_family`` is ``ipv4`` or ``ipv6``. ``authentication_mode`` is
    ``CONFIG_MAP``, ``API_AND_CONFIG_MAP``, ``API`` or empty where EKS does not say.
    ``outpost_arns`` is empty for clusters in the cloud. ``platform_version`` is as EKS spells it, ``eks.5``.
    ``ip_family`` is empty where EKS does not say. ``token_id`` is what a token is made for: the name, for a local
    cluster on Outposts the id.
    """

    name: str
    arn: str
    region: str
    account: str
    partition: str
    version: str
    platform_version: str
    status: str
    endpoint: str
    certificate_authority: str
    role_arn: str
    ip_family: str
    service_ipv4_cidr: str
    authentication_mode: str
    subnet_ids: tuple[str, ...]
    outpost_arns: tuple[str, ...]
    auto_mode: bool
    token_id: str = ""


@dataclass(frozen=True)
class KubernetesConnection:
    """The API server that the Kubernetes parts were asked of.

    ``refused`` says why nothing was asked of it, empty where it was asked. ``certificate_authority`` is PEM
    text, empty where the system's authorities are used.
    """

    server: str
    certificate_authority: str
    validate_certs: bool
    proxy: str = ""
    refused: str = ""
