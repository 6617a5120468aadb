# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime
import ssl

import pytest

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.identity import (
    check_arn,
    elsewhere,
    is_waived,
    same_server,
    trusts_no_other,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.aws_reads import cluster_of

TODAY = datetime.date(2026, 11, 24)
ONE = ssl.DER_cert_to_PEM_cert(b"first authority")
TWO = ssl.DER_cert_to_PEM_cert(b"second authority")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://abc.eks.amazonaws.com", "https://ABC.eks.amazonaws.com:443/", True),
        ("abc.eks.amazonaws.com", "https://abc.eks.amazonaws.com", True),
        ("https://abc.eks.amazonaws.com.", "https://abc.eks.amazonaws.com", True),
        ("https://abc.eks.amazonaws.com", "https://abc.eks.amazonaws.com:6443", False),
        ("http://abc.eks.amazonaws.com", "https://abc.eks.amazonaws.com", False),
        ("https://abc.eks.amazonaws.com/k8s/clusters/c", "https://abc.eks.amazonaws.com", False),
        ("https://abc.eks.amazonaws.com.evil.example", "https://abc.eks.amazonaws.com", False),
        ("https://abc.eks.amazonaws.com@evil.example", "https://abc.eks.amazonaws.com", False),
        ("https://abc.eks.amazonaws.com:nonsense", "https://abc.eks.amazonaws.com:6443", False),
        ("https://abc.eks.amazonaws.com:nonsense", "https://abc.eks.amazonaws.com", False),
        ("https://[bad", "https://abc.eks.amazonaws.com", False),
        ("https://abc.eks.amazonaws.com", "https://[bad", False),
        ("", "https://abc.eks.amazonaws.com", False),
    ],
)
def test_same_server(one: str, other: str, same: bool) -> None:
    assert same_server(one, other) is same


@pytest.mark.parametrize(
    ("trusted", "described", "sure"),
    [
        (ONE, ONE, True),
        (ONE.replace("\n", "\r\n"), ONE, True),
        (f"a comment\n{ONE}", f"{TWO}{ONE}", True),
        (TWO, ONE, False),
        (ONE + TWO, ONE, False),
        ("", ONE, False),
        ("", "", False),
        ("-----BEGIN CERTIFICATE-----\n???\n-----END CERTIFICATE-----", ONE, False),
    ],
)
def test_trusts_no_other(trusted: str, described: str, sure: bool) -> None:
    assert trusts_no_other(trusted, described) is sure


@pytest.mark.parametrize(
    ("ignore", "waived"),
    [
        ([], False),
        (["ipam.enabled"], False),
        (["ipam.enabled", "cluster.identity"], True),
        ([{"id": "cluster.identity"}], True),
        ([{"id": "cluster.identity", "until": None}], True),
        ([{"id": "cluster.identity", "until": "2026-11-24"}], True),
        ([{"id": "cluster.identity", "until": "2026-11-23"}], False),
        ([{"id": "cluster.identity", "until": "20261124T12Z"}], True),
        ([{"id": "cluster.identity", "until": "2026-11-23 23:59:59+00:00"}], False),
        ([{"id": "cluster.identity", "until": "2027-03-31x"}], False),
        ([{"id": "cluster.identity", "until": ""}], False),
        ([{"id": "cluster.identity", "until": "whenever"}], False),
        ([{"id": "ipam.enabled"}], False),
    ],
)
def test_is_waived(ignore: list[object], waived: bool) -> None:
    assert is_waived(ignore, TODAY) is waived


ARN = "arn:aws:eks:eu-central-1:111122223333:cluster/production"


@pytest.mark.parametrize("wanted", ["", ARN])
def test_the_cluster_that_is_wanted(wanted: str) -> None:
    check_arn(cluster_of({"name": "production", "arn": ARN}), wanted)


@pytest.mark.parametrize(
    ("described", "shown"),
    [
        (ARN.replace("eu-central-1", "us-east-1"), "arn:aws:eks:us-east-1:111122223333:cluster/production"),
        (ARN.replace("1111", "4444"), "arn:aws:eks:eu-central-1:444422223333:cluster/production"),
        (None, "one without an ARN"),
    ],
)
def test_another_cluster_of_the_name_is_refused(described: str | None, shown: str) -> None:
    with pytest.raises(EksWindowsError) as failure:
        check_arn(cluster_of({"name": "production", "arn": described}), ARN)
    said = str(failure.value)
    assert said.startswith(f"Cluster production is {shown} for lookup eks_kubeconfig, but option arn wants {ARN}. ")
    assert "Keyword environment of a play or task reaches modules and no lookup" in said


def test_no_cluster_of_the_name() -> None:
    said = str(elsewhere("production", ARN, EksWindowsError("There is no cluster production.", "Check the name.")))
    assert said.startswith(f"Cluster production: lookup eks_kubeconfig does not find {ARN}, which option arn wants: ")
    assert "There is no cluster production. Check the name. Keyword environment of a play" in said
    assert "No region. Keyword environment" in str(elsewhere("production", ARN, EksWindowsError("No region")))
