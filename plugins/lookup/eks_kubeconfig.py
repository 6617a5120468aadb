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
  - The options are those of M(cloudops.eks_windows.eks_windows_preflight). Given the same values and the same
    environment, a task of C(kubernetes.core) reaches the API server that the module reads, by the same way and as the
    same user.
  - With O(kubeconfig) or O(context) the user's own kubeconfig is handed on by its path. With O(host) the kubeconfig
    that is made names that server. With O(client_cert) its user has the certificate. Nothing is handed on that leads
    to another server or trusts another authority than EKS tells, unless O(ignore) has C(cluster.identity).
  - Lookups run in Ansible's own process, and see its environment. What keyword C(environment) of a play or task sets is
    there for modules alone, so that a lookup may find another cluster of the same name. O(arn) refuses that one.
  - A token is no option, since options are printed. Where O(host), O(kubeconfig) or O(context) is given, it comes from
    the environment variable C(K8S_AUTH_API_KEY), as AWX sets it for credentials of type OpenShift or Kubernetes API
    Bearer Token.
  - C(kubernetes.core) lets the environment variables C(K8S_AUTH_*) win over a kubeconfig, so that one which names
    another cluster would take the task there. The lookup therefore sets in the worker process of the task that it is
    evaluated for what the options mean, and removes the rest. C(K8S_AUTH_KUBECONFIG), C(K8S_AUTH_CONTEXT) and
    C(K8S_AUTH_HOST) are always removed. The others are kept where O(host), O(kubeconfig) or O(context) is given,
    which they complete as they do for C(kubernetes.core), and removed otherwise. Other tasks keep them all.
  - A proxy is in the kubeconfig as C(proxy-url), without user and password. Older clients of Kubernetes do not read it
    there, so that the lookup also sets C(K8S_AUTH_PROXY), C(K8S_AUTH_NO_PROXY) and, where the proxy has a user,
    C(K8S_AUTH_PROXY_HEADERS_PROXY_BASIC_AUTH) in the worker process of the task.
author:
  - cloudops.eks_windows maintainers (@cloudops)
options:
  _terms:
    description: Names of the clusters.
    required: true
    type: list
    elements: str
  arn:
    description:
      - ARN that the cluster must have, as RV(cloudops.eks_windows.eks_windows_preflight#module:cluster.arn) tells it.
      - Where EKS describes another one, or none, the lookup fails.
    type: str
    version_added: 0.2.0
  region:
    description: Region of the clusters.
    type: str
    aliases: [aws_region]
    # The last one that is set wins, and for modules the first: AWS_REGION for both, and AWS_PROFILE.
    env:
      - name: AWS_DEFAULT_REGION
      - name: AWS_REGION
  profile:
    description:
      - Profile of the AWS configuration.
      - Keys are taken from the environment, the profile, the instance or an assumed role, and never from an option,
        since the token helper could be given them only where others see them.
      - In the environment they are C(AWS_ACCESS_KEY_ID) or C(AWS_ACCESS_KEY), C(AWS_SECRET_ACCESS_KEY) or
        C(AWS_SECRET_KEY), and C(AWS_SESSION_TOKEN), as for the modules. With a profile they are not read.
    type: str
    aliases: [aws_profile]
    env:
      - name: AWS_DEFAULT_PROFILE
      - name: AWS_PROFILE
  endpoint_url:
    description: URL of the EKS API, in place of AWS's own.
    type: str
    version_added: 0.2.0
    aliases: [aws_endpoint_url]
    env:
      - name: AWS_URL
  aws_ca_bundle:
    description: Path of the certificate authorities that the certificates of AWS are checked against.
    type: str
    version_added: 0.2.0
    env:
      - name: AWS_CA_BUNDLE
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
    description: Name of the context in the kubeconfig. Without O(kubeconfig) it is looked for in C(~/.kube/config).
    type: str
  host:
    description:
      - URL of the Kubernetes API. The token comes from C(K8S_AUTH_API_KEY), or from AWS where neither it nor
        O(client_cert) is there.
    type: str
    version_added: 0.2.0
  ca_cert:
    description: Path of the certificate authority of the Kubernetes API. By default the one that EKS tells is trusted.
    type: path
    version_added: 0.2.0
    aliases: [ssl_ca_cert]
  client_cert:
    description: Path of the client certificate for the Kubernetes API.
    type: path
    version_added: 0.2.0
    aliases: [cert_file]
  client_key:
    description: Path of the client certificate's key. By default it is looked for in O(client_cert).
    type: path
    version_added: 0.2.0
    aliases: [key_file]
  proxy:
    description:
      - URL of the proxy for the Kubernetes API.
      - By default the one that the kubeconfig names, or that C(HTTPS_PROXY) and C(NO_PROXY) of the environment choose.
      - Its user and password, if it has them, better come from C(HTTPS_PROXY) or
        C(K8S_AUTH_PROXY_HEADERS_PROXY_BASIC_AUTH), since variables of Ansible are easily printed.
    type: str
    version_added: 0.2.0
  no_proxy:
    description: Hosts that are reached without a proxy, whatever names it, separated by commas.
    type: str
    version_added: 0.2.0
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

- name: The same with the server and the token of an AWX credential, K8S_AUTH_HOST and K8S_AUTH_API_KEY
  kubernetes.core.k8s:
    kind: Namespace
    name: windows
    kubeconfig: "{{ lookup('cloudops.eks_windows.eks_kubeconfig', 'production', region='eu-central-1', host=server) }}"
  vars:
    server: "{{ lookup('ansible.builtin.env', 'K8S_AUTH_HOST') }}"
"""

RETURN = r"""
_raw:
  description: A kubeconfig for each cluster, as a dictionary, or the path of the user's own.
  type: list
  elements: raw
"""

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.cluster import Cluster
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.handover import handover
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.identity import check_arn, elsewhere
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.sessions import keys_of
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.aws_reads import existing_cluster

PREFIX = "K8S_AUTH_"


class WorkerVariables:
    """The K8S_AUTH_* variables of this process, where it is the worker of one task and not Ansible itself."""

    def __init__(self) -> None:
        self._came: dict[str, str] = {}
        self._left: dict[str, str] | None = None

    def as_they_came(self) -> dict[str, str]:
        """Those that the task started with: one with a loop has the lookup evaluated for each item."""
        now = {name: value for name, value in os.environ.items() if name.startswith(PREFIX)}
        if self._left is None or now != self._left:
            self._came = now
        return self._came

    def replace(self, wanted: Mapping[str, str]) -> None:
        """Leave these and no other."""
        if multiprocessing.parent_process() is None:
            return
        self.as_they_came()
        for name in [name for name in os.environ if name.startswith(PREFIX)]:
            del os.environ[name]
        os.environ.update(wanted)
        self._left = dict(wanted)


WORKER_VARIABLES = WorkerVariables()


def common_to(all_variables: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What holds for each of a task's clusters: where they differ, no variable can say it."""
    return dict(set.intersection(*(set(variables.items()) for variables in all_variables))) if all_variables else {}


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


def aws_options(options: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """The options for AWS as a module has them: with the environment's keys, where no profile has others."""
    # As an option of type path, an empty one would be the current folder.
    bundle = os.path.expanduser(os.path.expandvars(options["aws_ca_bundle"] or ""))
    keys = {} if options["profile"] else keys_of(environment)
    return {**options, "aws_ca_bundle": bundle or None, **keys}


def described(options: Mapping[str, Any], name: str) -> Cluster:
    """The cluster as EKS describes it, with the ARN that it must have, where one is given."""
    wanted = options["arn"] or ""
    try:
        cluster = existing_cluster(AwsConnection(options), name)
    except EksWindowsError as error:
        if not wanted:
            raise
        raise elsewhere(name, wanted, error) from error
    check_arn(cluster, wanted)
    return cluster


class LookupModule(LookupBase):
    """Lookup of kubeconfigs by the names of clusters."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        self.set_options(var_options=variables, direct=kwargs)
        options = aws_options(self.get_options(), os.environ)
        environment = WORKER_VARIABLES.as_they_came()
        WORKER_VARIABLES.replace({})
        try:
            check_ignore(options["ignore"])
            found = [
                handover(options, described(options, name), sys.executable, environment)
                for name in self._flatten(terms)
            ]
        except EksWindowsError as error:
            # The error says it all, and Ansible prints what it comes from once more.
            raise AnsibleLookupError(str(error)) from None
        WORKER_VARIABLES.replace(common_to([each.variables for each in found]))
        return [each.kubeconfig for each in found]
