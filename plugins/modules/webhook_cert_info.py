#!/usr/bin/python
# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: webhook_cert_info
short_description: Tell the certificate that an admission webhook of a cluster serves with
version_added: 0.2.0
description:
  - Finds what serves a webhook, from MutatingWebhookConfiguration over Service and Deployment to the Secret and its
    keys, and tells the certificate there, when it ends, and what is wrong with it.
  - By default the webhook is that of legacy Windows support, however it was installed. With O(webhook_configuration) it
    is any other.
  - A private key is compared with its certificate and never returned.
author:
  - cloudops.eks_windows maintainers (@cloudops)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - cloudops.eks_windows.assume_role
  - cloudops.eks_windows.kubernetes
  - cloudops.eks_windows.attributes
  - cloudops.eks_windows.attributes.actiongroup
  - cloudops.eks_windows.attributes.readonly
options:
  cluster_name:
    description: Name of the cluster.
    type: str
    required: true
  webhook_configuration:
    description:
      - Name of the MutatingWebhookConfiguration.
      - By default each one of legacy Windows support is looked for, C(vpc-admission-webhook-cfg) and
        C(windows-vpc-admission-webhook) among them, by its name or by the Service that it calls.
    type: str
  namespace:
    description: Namespace of the Secret. By default that of the Service that the webhook calls.
    type: str
  secret_name:
    description:
      - Name of the Secret with certificate and key. By default the one that the Deployment behind the Service mounts.
      - A webhook that calls a URL needs it together with O(namespace), since nothing in the cluster tells who serves
        it.
    type: str
  certificate_key:
    description:
      - Key of the certificate in the Secret. By default the one that the Deployment's C(-tlsCertFile) or
        C(--tls-cert-file) leads to, and with O(secret_name) C(cert.pem) or C(tls.crt), whichever is there.
    type: str
  key_name:
    description:
      - Key of the private key in the Secret. By default the one that C(-tlsKeyFile) or C(--tls-private-key-file) leads
        to, and with O(secret_name) C(key.pem) or C(tls.key), as goes with O(certificate_key).
    type: str
  renewal_days:
    description:
      - Days before its end from which on a certificate is due for renewal.
      - A certificate whose last third of life is shorter than that is due in this last third.
      - More than 365 makes each due.
    type: int
    default: 30
  at:
    description:
      - Judge the certificate as of this time, in RFC 3339, or as of the beginning of this date. Without an offset it is
        UTC. By default as of now.
    type: str
  ignore:
    description:
      - Rules to waive, as for M(cloudops.eks_windows.eks_windows_preflight). C(cluster.identity) admits a Kubernetes
        API that is reached by another address than EKS tells. Other rules have no bearing here.
    type: list
    elements: raw
    default: []
notes:
  - O(endpoint_url) is the endpoint of Amazon EKS alone. The token for the Kubernetes API is never made for such an
    endpoint.
  - A certificate that is expired or wrong does not fail the task. Use RV(expired), RV(renewal_due) and RV(problems).
  - It asks AWS for C(eks:DescribeCluster).
  - It asks Kubernetes for C(list) on mutatingwebhookconfigurations, or C(get) on the one that is named, for C(get) on
    the Service and the Secret, for C(list) on deployments in the Service's namespace, and for C(list) on the metadata
    of the Secret's backup, whose name is the Secret's with C(-backup). A rule with the names of both Secrets in
    C(resourceNames) is enough.
  - What it may not read is in RV(problems) with the permission that is missing, and what depends on it is none. It
    fails where it may not read the webhook configuration.
seealso:
  - module: cloudops.eks_windows.eks_windows_preflight
  - module: cloudops.eks_windows.webhook_cert
"""

EXAMPLES = r"""
- name: When does the certificate of legacy Windows support end?
  cloudops.eks_windows.webhook_cert_info:
    cluster_name: production
    region: eu-central-1
  register: legacy

- name: Say so while there is time
  ansible.builtin.debug:
    msg: "{{ item.webhook }}: {{ item.problems | join(', ') or 'ends ' ~ item.not_after }}"
  loop: "{{ legacy.webhooks }}"
  loop_control:
    label: "{{ item.webhook }}"
  # Without a certificate there is no date, and renewal_due is none.
  when: item.problems | length > 0 or item.renewal_due is true

- name: Will it outlast the holidays?
  cloudops.eks_windows.webhook_cert_info:
    cluster_name: production
    region: eu-central-1
    at: "2027-01-10"
  register: later
  # A cluster may have none, or several.
  failed_when: later is failed or later.webhooks | selectattr('expired', 'true') | length > 0

- name: Any other webhook, served from a Secret of cert-manager
  cloudops.eks_windows.webhook_cert_info:
    cluster_name: production
    region: eu-central-1
    webhook_configuration: pod-defaults
    namespace: policy
    secret_name: pod-defaults-tls
"""

RETURN = r"""
found:
  description: Whether there is a webhook.
  type: bool
  returned: success
  sample: true
webhooks:
  description:
    - Each webhook of the configuration, or of each configuration of legacy support. Each has the keys that are
      documented beside this one, for itself.
  type: list
  elements: dict
  returned: success
  sample: [{webhook: vpc-admission-webhook.amazonaws.com, days_left: 112, expired: false, problems: []}]
webhook_configuration:
  description: Name of the MutatingWebhookConfiguration.
  type: str
  returned: where the webhooks call one and the same Service or URL
  sample: vpc-admission-webhook-cfg
webhook:
  description: Name of the webhook, and where several call the same Service or URL, of the first of them.
  type: str
  returned: where the webhooks call one and the same Service or URL
  sample: vpc-admission-webhook.amazonaws.com
variant:
  description:
    - How legacy Windows support was installed, as the names tell it. V(preview), V(manifests), V(eksctl), V(terraform)
      or V(helm), and none where they don't tell.
  type: str
  returned: where the webhooks call one and the same Service or URL
  sample: manifests
url:
  description: The URL that the webhook calls, none where it calls a Service.
  type: str
  returned: where the webhooks call one and the same Service or URL
  sample: null
service:
  description: Name of the Service that the webhook calls, none where it calls a URL.
  type: str
  returned: where the webhooks call one and the same Service or URL
  sample: vpc-admission-webhook-svc
namespace:
  description: Namespace of the Secret, and else of the Service.
  type: str
  returned: where the webhooks call one and the same Service or URL
  sample: kube-system
deployment:
  description: Name of the Deployment whose pods the Service selects, none where there is none.
  type: str
  returned: where the webhooks call one and the same Service or URL
  sample: vpc-admission-webhook-deployment
secret:
  description: Name of the Secret, whether it exists or not. None where nothing tells it.
  type: str
  returned: where the webhooks call one and the same Service or URL
  sample: vpc-admission-webhook-certs
certificate_key:
  description: Key of the certificate in the Secret, none where nothing tells it.
  type: str
  returned: where the webhooks call one and the same Service or URL
  sample: cert.pem
backup:
  description:
    - Name of the Secret that keeps the pair from before a renewal that is not proved yet, none where there is none.
  type: str
  returned: where the webhooks call one and the same Service or URL
  sample: null
failure_policy:
  description:
    - What becomes of a pod where the webhook can't be asked, V(Ignore) or V(Fail). V(Fail) where that is so for one of
      several webhooks.
  type: str
  returned: where the webhooks call one and the same Service or URL
  sample: Ignore
managed_by:
  description:
    - V(cert-manager) where it issued the certificate or writes the webhook's caBundle, and else V(none).
    - None where the Secret could not be read.
  type: str
  returned: where the webhooks call one and the same Service or URL
  sample: none
subject:
  description:
    - The parts of the certificate's name, by their long names.
    - This and what follows, but for RV(problems), is none where there is no certificate that can be read.
  type: dict
  returned: where the webhooks call one and the same Service or URL
  sample: {commonName: vpc-admission-webhook-svc.kube-system.svc}
subject_alt_name:
  description: The names that the certificate is for, each with its kind.
  type: list
  elements: str
  returned: where the webhooks call one and the same Service or URL
  sample: ["DNS:vpc-admission-webhook-svc.kube-system.svc"]
issuer:
  description: Who signed the certificate, as in RV(subject).
  type: dict
  returned: where the webhooks call one and the same Service or URL
  sample: {commonName: kubernetes}
serial_number:
  description: Serial number of the certificate.
  type: int
  returned: where the webhooks call one and the same Service or URL
  sample: 4711
fingerprints:
  description: Fingerprints of the certificate, by C(sha256) and C(sha512).
  type: dict
  returned: where the webhooks call one and the same Service or URL
  sample: {sha256: "c5:4c:8f:d5:6f:4b:06:ac:f4:35:fe:8c:37:53:c0:91:89:b5:16:c2:e6:dc:d0:c9:53:6d:82:f4:33:8b:e5:cd"}
not_before:
  description: When it begins to be valid, RFC 3339 in UTC.
  type: str
  returned: where the webhooks call one and the same Service or URL
  sample: "2026-03-16T09:30:00Z"
not_after:
  description: When it ends, RFC 3339 in UTC.
  type: str
  returned: where the webhooks call one and the same Service or URL
  sample: "2027-03-16T09:30:00Z"
expired:
  description: Whether it is over.
  type: bool
  returned: where the webhooks call one and the same Service or URL
  sample: false
days_left:
  description: Whole days until it ends, rounded down, so that it is V(-1) on the first day after that.
  type: int
  returned: where the webhooks call one and the same Service or URL
  sample: 112
renewal_due:
  description: Whether it ends within O(renewal_days), or within the last third of its life where that is shorter.
  type: bool
  returned: where the webhooks call one and the same Service or URL
  sample: false
key_matches:
  description: Whether the private key in the Secret is that of the certificate.
  type: bool
  returned: where the webhooks call one and the same Service or URL
  sample: true
covers_service:
  description:
    - Whether the certificate is for the name by which the API server calls the webhook, C(service.namespace.svc) or the
      URL's host.
  type: bool
  returned: where the webhooks call one and the same Service or URL
  sample: true
trusted_by_ca_bundle:
  description:
    - Whether signatures lead from the webhook's caBundle to the certificate, over others in the Secret where they are
      needed, by authorities that are valid.
    - None for a URL without a caBundle. The API server then trusts authorities that can't be seen from here.
  type: bool
  returned: where the webhooks call one and the same Service or URL
  sample: true
problems:
  description:
    - What is wrong between the webhook configuration and the private key, and what could not be read.
    - Empty where the webhook can be asked. That its pods run is not looked at.
  type: list
  elements: str
  returned: where the webhooks call one and the same Service or URL
  sample: ["Secret kube-system/vpc-admission-webhook-certs does not exist"]
resource_actions:
  description: The calls to AWS that the task made, sorted.
  type: list
  elements: str
  returned: when O(debug_botocore_endpoint_logs) is V(true)
  sample: ["eks:DescribeCluster"]
"""

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.boundary import run_module
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.webhook_cert_info import backend


def main() -> None:
    """Tell the certificate."""
    run_module(backend())


if __name__ == "__main__":
    main()
