# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """How the Kubernetes API of the cluster is reached: names as in kubernetes.core, but for the certificate checks."""

    DOCUMENTATION = r"""
options:
  kubernetes_role_arn:
    description:
      - ARN of the IAM role whose identity is shown to the Kubernetes API, where the cluster's administrator is not
        the identity that reads AWS.
      - Used where the token is made from AWS credentials, which is so unless O(kubeconfig), O(context) or O(host)
        is given.
    type: str
  kubeconfig:
    description:
      - Path of a kubeconfig file, or its content as a dictionary, to reach the Kubernetes API with.
      - By default none is read. Endpoint and certificate authority come from EKS, and the token is made from the AWS
        credentials.
      - The environment variables C(KUBECONFIG), C(K8S_AUTH_KUBECONFIG), C(K8S_AUTH_CONTEXT) and C(K8S_AUTH_HOST) never
        choose the cluster. The other C(K8S_AUTH_*) variables of M(kubernetes.core.k8s_info) complete O(kubeconfig),
        O(context) or O(host) where one of these is given.
    type: raw
  context:
    description: Name of the context in the kubeconfig. Without O(kubeconfig) it is looked for in C(~/.kube/config).
    type: str
  host:
    description: URL of the Kubernetes API, for use with O(api_key), O(username) or O(client_cert).
    type: str
  api_key:
    description: Bearer token for the Kubernetes API.
    type: str
  username:
    description: User name for the Kubernetes API.
    type: str
  password:
    description: Password for the Kubernetes API.
    type: str
  client_cert:
    description: Path of the client certificate for the Kubernetes API.
    type: path
    aliases: [cert_file]
  client_key:
    description: Path of the client certificate's key.
    type: path
    aliases: [key_file]
  ca_cert:
    description: Path of the certificate authority of the Kubernetes API.
    type: path
    aliases: [ssl_ca_cert]
  kubernetes_validate_certs:
    description:
      - Whether the Kubernetes API's certificate is checked.
      - Has no bearing on AWS, whose switch is O(validate_certs).
      - Unset, what the kubeconfig says, and else V(true).
    type: bool
  proxy:
    description:
      - URL of the proxy for the Kubernetes API.
      - By default the one that the kubeconfig names, or that C(HTTPS_PROXY) and C(NO_PROXY) of the environment choose.
    type: str
  no_proxy:
    description: Hosts that are reached without a proxy, whatever names it, separated by commas.
    type: str
  proxy_headers:
    description: Headers for the proxy.
    type: dict
    suboptions:
      proxy_basic_auth:
        description: User name and password for the proxy, separated by a colon.
        type: str
      basic_auth:
        description: User name and password, separated by a colon.
        type: str
      user_agent:
        description: The client's name.
        type: str
  impersonate_user:
    description: User to impersonate at the Kubernetes API.
    type: str
  impersonate_groups:
    description: Groups to impersonate at the Kubernetes API.
    type: list
    elements: str
  request_timeout:
    description:
      - Seconds that one request may take, to AWS and to Kubernetes alike.
    type: int
    default: 30
"""
