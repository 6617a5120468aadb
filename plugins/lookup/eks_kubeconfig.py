# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: eks_kubeconfig
short_description: Kubeconfig of an Amazon EKS cluster, without a secret in it
version_added: 0.1.0
description:
  - Makes the kubeconfig of a cluster from EKS DescribeCluster, as a dictionary for option
    O(kubernetes.core.k8s#module:kubeconfig) of M(kubernetes.core.k8s) and its like.
  - Its user runs this collection's token helper with the Python that runs Ansible, so that it holds no token, each
    client makes a fresh one, and nothing secret is shown at C(-vvvv).
  - With O(kubeconfig) or O(context) the user's own kubeconfig is handed on, after its server was found to be the
    cluster's.
  - C(kubernetes.core) lets the environment variables C(K8S_AUTH_*) win over a kubeconfig, so that one which names
    another cluster would take the task there. The lookup therefore removes them from the worker process of the task
    that it is evaluated for. The other tasks keep them.
  - Where C(HTTPS_PROXY) and C(NO_PROXY) of the environment, read as for AWS, choose a proxy for the cluster, it is in
    the kubeconfig as C(proxy-url), without user and password. Older clients of Kubernetes do not read it there, so
    that the lookup also sets C(K8S_AUTH_PROXY) in the worker process of the task, and
    C(K8S_AUTH_PROXY_HEADERS_PROXY_BASIC_AUTH) where the proxy has a user.
author:
  - cloudops.eks_windows maintainers (@cloudops)
options:
  _terms:
    description: Names of the clusters.
    required: true
    type: list
    elements: str
  region:
    description: Region of the clusters.
    type: str
    aliases: [aws_region]
    env:
      - name: AWS_REGION
      - name: AWS_DEFAULT_REGION
  profile:
    description:
      - Profile of the AWS configuration.
      - Keys are taken from the environment, the profile, the instance or an assumed role, and never from an option,
        since the token helper could be given them only where others see them.
    type: str
    aliases: [aws_profile]
    env:
      - name: AWS_PROFILE
      - name: AWS_DEFAULT_PROFILE
  assume_role_arn:
    description: ARN of the IAM role to assume for the calls to AWS.
    type: str
    aliases: [iam_role_arn]
  assume_role_external_id:
    description: External ID that the trust policy of O(assume_role_arn) asks for.
    type: str
  assume_role_session_name:
    description: Name of the assumed role's session.
    type: str
    default: cloudops.eks_windows
  kubernetes_role_arn:
    description: ARN of the IAM role whose identity is shown to the Kubernetes API.
    type: str
  kubeconfig:
    description: Path of a kubeconfig file to use in place of one made from EKS.
    type: path
  context:
    description: Name of the context in the kubeconfig.
    type: str
  validate_certs:
    description: Whether the certificates of AWS are checked.
    type: bool
    default: true
  kubernetes_validate_certs:
    description: Whether the certificate of the Kubernetes API is checked.
    type: bool
  ignore:
    description:
      - Rules to waive, as for M(cloudops.eks_windows.eks_windows_preflight). C(cluster.identity) admits a kubeconfig
        that reaches the cluster by another address.
    type: list
    elements: raw
    default: []
  request_timeout:
    description: Seconds that one request may take.
    type: int
    default: 30
seealso:
  - module: cloudops.eks_windows.eks_cluster_info
"""

EXAMPLES = r"""
- name: Write to the cluster, and to no other
  module_defaults:
    group/kubernetes.core.k8s:
      kubeconfig: "{{ lookup('cloudops.eks_windows.eks_kubeconfig', 'production', region='eu-central-1') }}"
  block:
    - name: A namespace
      kubernetes.core.k8s:
        kind: Namespace
        name: windows
"""

RETURN = r"""
_raw:
  description: A kubeconfig for each cluster, as a dictionary, or the path in O(kubeconfig).
  type: list
  elements: raw
"""

import multiprocessing
import os
import sys
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.exec_kubeconfig import exec_kubeconfig
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.kubernetes_access import check_kubeconfig
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.proxies import (
    credentials_of,
    proxy_for,
    without_credentials,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.aws_reads import existing_cluster


def own_environment(proxies: set[str]) -> None:
    """Leave of K8S_AUTH_* only the proxy, in this process, where it is the worker of one task and not Ansible itself.

    Args:
        proxies: The proxies of the task's clusters, empty texts for none. Where they differ no variable can say it.
    """
    if multiprocessing.parent_process() is None:
        return
    for name in [name for name in os.environ if name.startswith("K8S_AUTH_")]:
        del os.environ[name]
    proxy = proxies.pop() if len(proxies) == 1 else ""
    if proxy:
        os.environ["K8S_AUTH_PROXY"] = without_credentials(proxy)
        if credentials_of(proxy):
            os.environ["K8S_AUTH_PROXY_HEADERS_PROXY_BASIC_AUTH"] = credentials_of(proxy)


def check_ignore(ignore: list[Any]) -> None:
    """Refuse a rule that does not exist, as the modules do."""
    if not ignore:
        return
    # The rules are not read where none is named.
    from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.ignore import parse_ignore

    try:
        parse_ignore(ignore)
    except ValueError as error:
        raise EksWindowsError(str(error)) from error


class LookupModule(LookupBase):
    """Lookup of kubeconfigs by the names of clusters."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        self.set_options(var_options=variables, direct=kwargs)
        options = self.get_options()
        own_environment(set())
        proxies: set[str] = set()
        try:
            check_ignore(options["ignore"])
            found = [self._kubeconfig(name, options, proxies) for name in self._flatten(terms)]
        except EksWindowsError as error:
            # The error says it all, and Ansible prints what it comes from once more.
            raise AnsibleLookupError(str(error)) from None
        own_environment(proxies)
        return found

    def _kubeconfig(self, name: str, options: Mapping[str, Any], proxies: set[str]) -> Any:
        cluster = existing_cluster(AwsConnection(options), name)
        if not (options["kubeconfig"] or options["context"]):
            proxies.add(proxy_for(cluster.endpoint, options))
            return exec_kubeconfig(cluster, sys.executable, options)
        connection = check_kubeconfig(options, cluster)
        if connection.refused:
            raise EksWindowsError(
                f"Cluster {name}: {connection.refused}",
                remedy="Give a kubeconfig and context of the cluster, or cluster.identity in option ignore",
            )
        return options["kubeconfig"] or os.path.expanduser("~/.kube/config")
