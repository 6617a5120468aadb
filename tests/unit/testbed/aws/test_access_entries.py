# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access entries by the rules of the API."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.testbed.aws import AwsServer, EksCluster

ADMIN_POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"


def test_life_of_an_entry(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    role = aws.add_role("people", path="/teams/")
    eks = client("eks")
    target = {"clusterName": "ready", "principalArn": role}
    entry = eks.create_access_entry(**target, kubernetesGroups=["viewers"])["accessEntry"]
    assert role == "arn:aws:iam::111122223333:role/teams/people"
    assert entry["type"] == "STANDARD"
    assert entry["username"] == "arn:aws:sts::111122223333:assumed-role/people/{{SessionName}}"
    assert role in eks.list_access_entries(clusterName="ready")["accessEntries"]
    changed = eks.update_access_entry(**target, kubernetesGroups=["editors"], username="people")["accessEntry"]
    assert (changed["kubernetesGroups"], changed["username"]) == (["editors"], "people")
    eks.associate_access_policy(
        **target,
        policyArn=ADMIN_POLICY,
        accessScope={"type": "namespace", "namespaces": ["kube-system"]},
    )
    (policy,) = eks.list_associated_access_policies(**target)["associatedAccessPolicies"]
    assert policy["accessScope"] == {"type": "namespace", "namespaces": ["kube-system"]}
    assert role in eks.list_access_entries(clusterName="ready", associatedPolicyArn=ADMIN_POLICY)["accessEntries"]
    eks.disassociate_access_policy(**target, policyArn=ADMIN_POLICY)
    eks.delete_access_entry(**target)
    with pytest.raises(ClientError) as caught:
        eks.describe_access_entry(**target)
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"


@pytest.mark.parametrize(
    "entry_type", ["EC2_LINUX", "EC2_WINDOWS", "EC2", "FARGATE_LINUX", "HYBRID_LINUX", "HYPERPOD_LINUX"]
)
def test_node_types_take_no_groups_names_or_policies(
    aws: AwsServer, client: Any, cluster: EksCluster, entry_type: str
) -> None:
    role = aws.add_role("node")
    eks = client("eks")
    target = {"clusterName": "ready", "principalArn": role}
    for more in ({"kubernetesGroups": ["g"]}, {"username": "me"}):
        with pytest.raises(ClientError, match="groups and username"):
            eks.create_access_entry(**target, type=entry_type, **more)
    assert eks.create_access_entry(**target, type=entry_type)["accessEntry"]["type"] == entry_type
    with pytest.raises(ClientError, match="cannot be associated"):
        eks.associate_access_policy(**target, policyArn=ADMIN_POLICY, accessScope={"type": "cluster"})


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"type": "ec2_windows"}, "not supported"),
        ({"kubernetesGroups": ["system:masters"]}, "cannot start with system:"),
        ({"principalArn": "arn:aws:iam::111122223333:role/nobody"}, "invalid principal"),
        ({"principalArn": "arn:aws-cn:iam::111122223333:role/people"}, "format is not valid"),
        ({"principalArn": "arn:aws:iam::444455556666:role/theirs", "type": "EC2_LINUX"}, "cluster's account"),
    ],
)
def test_wrong_entries_are_refused(
    aws: AwsServer, client: Any, cluster: EksCluster, parameters: dict[str, Any], message: str
) -> None:
    given = {"clusterName": "ready", "principalArn": aws.add_role("people"), **parameters}
    with pytest.raises(ClientError, match=message) as caught:
        client("eks").create_access_entry(**given)
    assert caught.value.response["Error"]["Code"] == "InvalidParameterException"


def test_a_standard_entry_may_name_another_account(client: Any, cluster: EksCluster) -> None:
    theirs = "arn:aws:iam::444455556666:role/theirs"
    entry = client("eks").create_access_entry(clusterName="ready", principalArn=theirs)["accessEntry"]
    assert entry["principalArn"] == theirs


def test_a_cluster_that_reads_the_config_map_alone_has_none(aws: AwsServer, client: Any) -> None:
    aws.add_cluster("old", endpoint="https://127.0.0.1:1", ca_pem="", authentication_mode="CONFIG_MAP")
    with pytest.raises(ClientError, match="authentication mode must be set to one of") as caught:
        client("eks").list_access_entries(clusterName="old")
    assert caught.value.response["Error"]["Code"] == "InvalidRequestException"


def test_the_creator_is_administrator(client: Any, cluster: EksCluster) -> None:
    eks = client("eks")
    entries = eks.list_access_entries(clusterName="ready", associatedPolicyArn=ADMIN_POLICY)["accessEntries"]
    assert entries == ["arn:aws:iam::111122223333:role/operator", "arn:aws:iam::111122223333:user/operator"]


def test_lists_come_in_pages(aws: AwsServer, client: Any, cluster: EksCluster) -> None:
    for number in range(5):
        aws.add_access_entry(cluster, aws.add_role(f"role-{number}"))
    pages = (
        client("eks")
        .get_paginator("list_access_entries")
        .paginate(clusterName="ready", PaginationConfig={"PageSize": 3})
    )
    assert [len(page["accessEntries"]) for page in pages] == [3, 3, 1]
