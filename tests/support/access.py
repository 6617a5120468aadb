# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Ways to a cluster and who takes them: runs role enable, and asks the servers who was there."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from botocore.credentials import Credentials

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.eks_token import presigned_token
from tests.support.clusters import CNI_CONFIG_MAP, detach_policy, live_data, policy_attached, set_config_map
from tests.support.playbook import PlaybookRun, run_playbook
from tests.testbed import Testbed
from tests.testbed.cluster import TestbedCluster
from tests.testbed.kubernetes.emulator import EmulatedKubernetes
from tests.testbed.specs import CHART_DATA

ADMINISTRATORS = "system:masters"
CLUSTER_ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
SESSION = "cloudops.eks_windows"
OPERATOR = "arn:aws:iam::111122223333:user/operator"
OTHER_ACCOUNT = "444455556666"


def disabled(testbed: Testbed, *clusters: TestbedCluster) -> None:
    """Take from the clusters what enable does."""
    for cluster in clusters:
        detach_policy(testbed, cluster)
        set_config_map(cluster, CHART_DATA)
    testbed.forget_requests()


def enable(
    testbed: Testbed,
    cluster: TestbedCluster,
    environment: Mapping[str, str] | None = None,
    **variables: Any,
) -> PlaybookRun:
    """Run the role on a cluster that is :func:`disabled` before, as loudly as it gets."""
    disabled(testbed, cluster)
    return run_playbook(
        "cloudops.eks_windows.enable",
        testbed.environment if environment is None else environment,
        variables={"eks_windows_cluster_name": cluster.name, "eks_windows_region": cluster.spec.region, **variables},
        arguments=["-vvvv"],
    )


def assert_enabled(testbed: Testbed, cluster: TestbedCluster, run: PlaybookRun) -> None:
    """Both writes happened, the one to AWS and the one to Kubernetes."""
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr
    assert policy_attached(testbed, cluster)
    assert live_data(cluster)["enable-windows-ipam"] == "true"
    assert [request.path for request in cluster.requests() if request.write] == [CNI_CONFIG_MAP]


def users(cluster: TestbedCluster) -> tuple[set[str], set[str]]:
    """Who read, dry runs included, and who wrote at the Kubernetes API. None of them was refused anything."""
    requests = cluster.requests()
    assert [request for request in requests if request.status in (401, 403)] == []
    reads = {request.user for request in requests if not request.write}
    return reads, {request.user for request in requests if request.write}


def principals(testbed: Testbed) -> set[str]:
    """Who asked AWS for anything but a role's credentials."""
    return {request.principal for request in testbed.aws.requests() if request.service != "sts"}


def new_role(testbed: Testbed, name: str, *clusters: TestbedCluster, external_id: str = "") -> tuple[str, str]:
    """ARN of a role that administrates account and clusters, and the ARN of its sessions."""
    arn = testbed.aws.add_role(name, external_id=external_id, policies=["AdministratorAccess"])
    for cluster in clusters:
        testbed.aws.add_access_entry(cluster.eks, arn, policies=[CLUSTER_ADMIN])
    return arn, session_of(arn)


def session_of(role_arn: str, session: str = SESSION) -> str:
    """ARN of a session of a role."""
    return f"{role_arn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/{session}"


def add_row(cluster: TestbedCluster, role_arn: str, username: str) -> None:
    """Make a role an administrator by a row of ConfigMap aws-auth."""
    data = cluster.admin.get("configmaps", "aws-auth", "kube-system")["data"]
    row = {"rolearn": role_arn, "username": username, "groups": [ADMINISTRATORS]}
    rows = yaml.safe_dump([*yaml.safe_load(data["mapRoles"]), row])
    cluster.admin.patch("configmaps", "aws-auth", {"data": {"mapRoles": rows}}, "kube-system")


def token_of(testbed: Testbed, cluster: TestbedCluster, role_arn: str, *, made_for: str = "") -> str:
    """A token as `aws eks get-token` prints it, for somebody else than the environment's operator.

    Args:
        made_for: Name of the cluster that it was made for, where that is another one.
    """
    keys = testbed.aws.assume(role_arn, "awx")
    credentials = Credentials(keys.access_key, keys.secret_key, keys.session_token)
    return presigned_token(credentials, "sts.us-east-1.amazonaws.com", "us-east-1", made_for or cluster.name)


@contextmanager
def namesake(testbed: Testbed, cluster: TestbedCluster, region: str, folder: Path) -> Iterator[TestbedCluster]:
    """Another cluster of the same account and name, in another region."""
    spec = replace(cluster.spec, region=region, role_name=f"{cluster.name}-in-{region}")
    other = TestbedCluster(spec, testbed.aws, EmulatedKubernetes(version=spec.version), folder, stand_ins=True)
    try:
        other.start()
        yield other
    finally:
        other.stop()


@contextmanager
def reached_by_proxy(testbed: Testbed, places: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Says of clusters that they are at these places, where nobody listens; where they are, by these places."""
    clusters = {place: testbed.clusters[name] for name, place in places.items()}
    for place, cluster in clusters.items():
        testbed.aws.change_cluster(cluster.eks, endpoint=f"https://{place}")
    try:
        yield {place: cluster.endpoint.removeprefix("https://") for place, cluster in clusters.items()}
    finally:
        for cluster in clusters.values():
            testbed.aws.change_cluster(cluster.eks, endpoint=cluster.endpoint)


def certificate_files(cluster: TestbedCluster, user: str, folder: Path) -> tuple[str, str]:
    """Paths of a client certificate of an administrator, and of its key."""
    pair = cluster.kubernetes.client_certificate(user, (ADMINISTRATORS,))
    paths = folder / f"{user}.crt", folder / f"{user}.key"
    paths[0].write_text(pair.certificate)
    paths[1].write_text(pair.key)
    return str(paths[0]), str(paths[1])


def kubeconfig_file(path: Path, cluster: TestbedCluster, elsewhere: str, user: Mapping[str, Any]) -> str:
    """Path of a kubeconfig whose context ``here`` is the user at the cluster, while another one is current."""
    authority = base64.b64encode(cluster.certificate_authority.encode()).decode()
    servers = {
        "here": {"server": cluster.endpoint, "certificate-authority-data": authority},
        "elsewhere": {"server": elsewhere, "insecure-skip-tls-verify": True},
    }
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "elsewhere",
        "clusters": [{"name": name, "cluster": server} for name, server in servers.items()],
        "contexts": [{"name": name, "context": {"cluster": name, "user": "someone"}} for name in servers],
        "users": [{"name": "someone", "user": dict(user)}],
    }
    path.write_text(json.dumps(document))
    return str(path)
