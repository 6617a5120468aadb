#!/usr/bin/python
# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: webhook_cert
short_description: Issue, renew or put back the certificate of an admission webhook on Amazon EKS
version_added: 0.2.0
description:
  - Has the cluster sign a certificate for an admission webhook that runs inside it, and stores it with its key in the
    webhook's Secret. By default this is the webhook of legacy Windows support.
  - The Secret is found from the MutatingWebhookConfiguration, over the Service that it calls and the Deployment behind
    it, whose flags and volumes name it.
  - The key is made in memory. It is sent to the Kubernetes API for the Secret, and is in no argument, file, log, diff
    or return value.
  - A certificate is stored when it was checked. It is of the key, it is for the Service, it is valid now, and the
    cluster's certificate authority or one of the C(caBundle) has signed it. Otherwise the Secret stays as it is.
  - The previous pair stays in a backup Secret with label C(eks-windows.cloudops/backup-of), and the C(caBundle) keeps
    trusting it, until O(state=proved) or O(state=restored). A run that ends early loses nothing, and the next one goes
    on from what is there.
  - The webhook is not restarted. Restart its Deployment after a change, see that it answers, and only then use
    O(state=proved).
author:
  - cloudops.eks_windows maintainers (@cloudops)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - cloudops.eks_windows.assume_role
  - cloudops.eks_windows.kubernetes
  - cloudops.eks_windows.attributes
  - cloudops.eks_windows.attributes.actiongroup
attributes:
  check_mode:
    support: full
    details:
      - What a certificate that is still to be issued will say is not known, so that RV(certificate) is none then.
      - What would be refused is refused, taking it that the cluster's own certificate authority signs. Where
        O(signer_name) names another signer, the real run alone tells whether its authority would be trusted.
  diff_mode:
    support: full
    details: Shows fingerprints and dates, never a certificate or a key.
  idempotent:
    support: full
    details: With O(renewal_days) above 365 a new certificate is wanted again as soon as the last one is proved.
options:
  cluster_name:
    description: Name of the cluster.
    type: str
    required: true
  state:
    description:
      - With V(present) the Secret holds a pair that can serve and is not due for renewal, and each C(caBundle) trusts
        it. A new one is issued where the pair is missing, broken or due.
      - With V(proved) the backup is deleted, and the authority that only the previous certificate needed is taken from
        each C(caBundle). It is an error where the pair in the Secret can't serve.
      - With V(restored) the pair of the backup is put back, and the backup is deleted. Each C(caBundle) trusts both
        pairs, since the webhook serves with the one that is given up until it is restarted. V(proved) of the next
        renewal takes away what is not needed then.
      - V(proved) and V(restored) change nothing where there is no backup.
    type: str
    choices: [present, restored, proved]
    default: present
  webhook_configuration:
    description:
      - Name of the MutatingWebhookConfiguration.
      - Where it does not exist yet, O(namespace) and O(service_name) say for what to issue, and RV(ca_bundle) is what
        to create it with.
    type: str
    default: vpc-admission-webhook-cfg
  namespace:
    description: Namespace of the Service that the webhook calls, and of the Secret. By default, as found.
    type: str
  service_name:
    description: Name of the Service that the webhook calls. By default, as found.
    type: str
  secret_name:
    description:
      - Name of the Secret. By default, as found.
      - Where O(webhook_configuration) does not exist yet, the default is V(vpc-admission-webhook-certs).
    type: str
  certificate_key:
    description:
      - Key of the certificate in the Secret's data.
      - By default, as found, else V(cert.pem) in a Secret that is to be made. One that is there already is refused
        where nothing tells its keys.
    type: str
  key_name:
    description: Key of the private key in the Secret's data. By default as O(certificate_key), else V(key.pem).
    type: str
  signer_name:
    description:
      - Who signs, by C(certificates.k8s.io/v1).
      - By default V(beta.eks.amazonaws.com/app-serving) where the cluster's version is 1.22 or later, or does not serve
        C(v1beta1). On earlier versions the request is made by C(v1beta1), which needs no signer.
    type: str
  key_size:
    description: Bits of the RSA key.
    type: int
    default: 2048
  renewal_days:
    description:
      - Days before its end from which on a certificate is renewed, or the last third of its life where that is shorter.
      - More than 365 renews it at once, and once until O(state=proved) or O(state=restored).
    type: int
    default: 30
  wait_timeout:
    description: Seconds to wait for the signer, at most 600, since the cluster's token ends after 14 minutes.
    type: int
    default: 60
  ignore:
    description:
      - Rules to waive, as M(cloudops.eks_windows.eks_windows_preflight) takes them. Of these, C(cluster.identity) alone
        has a meaning here. It admits a proxy in place of the cluster's endpoint.
    type: list
    elements: raw
    default: []
notes:
  - A certificate that cert-manager looks after is refused. Renew it there.
  - A renewal is refused where another MutatingWebhookConfiguration calls the same Service and trusts the certificate
    that is there, but not the new one. ValidatingWebhookConfigurations are not looked at. Where one calls the Service,
    add the cluster's certificate authority to its C(caBundle) before.
  - A pair is refused that the Deployment does not have from one Secret, or that is in one key of it.
  - It asks AWS for C(eks:DescribeCluster).
  - It asks Kubernetes for C(get) on the MutatingWebhookConfiguration, the Service, the Secret and its backup, and for
    C(list) on deployments and secrets, of these the metadata of the backup alone, in the namespace.
  - To issue, it also needs C(create), C(get), C(list) and C(delete) on certificatesigningrequests, C(update) on
    certificatesigningrequests/approval, C(approve) on C(signers) of its signer, C(create) on secrets, C(patch) on the
    Secret, C(update) on its backup, C(list) on mutatingwebhookconfigurations, in check mode too, and C(patch) on the
    one. To end a renewal it needs C(delete) on the backup.
  - CertificateSigningRequests of earlier runs that ended early are deleted, with label
    C(eks-windows.cloudops/certificate-of). None of anybody else is used or deleted.
seealso:
  - module: cloudops.eks_windows.webhook_cert_info
  - module: cloudops.eks_windows.eks_windows_preflight
  - name: Certificate signing on EKS
    description: Which requests EKS signs.
    link: https://docs.aws.amazon.com/eks/latest/userguide/cert-signing.html
"""

EXAMPLES = r"""
- name: Renew the certificate of the legacy webhook where it is due
  cloudops.eks_windows.webhook_cert:
    cluster_name: production
    region: eu-central-1
  register: renewed

- name: Restart the webhook with it
  kubernetes.core.k8s:
    state: patched
    api_version: apps/v1
    kind: Deployment
    namespace: "{{ renewed.namespace }}"
    name: vpc-admission-webhook-deployment
    definition:
      spec:
        template:
          metadata:
            annotations:
              eks-windows.cloudops/certificate: "{{ renewed.certificate.fingerprints.sha256 }}"
    wait: true
  when: renewed is changed

- name: Forget the previous certificate when the webhook has answered
  cloudops.eks_windows.webhook_cert:
    cluster_name: production
    region: eu-central-1
    state: proved

- name: Or put it back
  cloudops.eks_windows.webhook_cert:
    cluster_name: production
    region: eu-central-1
    state: restored

- name: Issue a certificate for a webhook that is still to be installed
  cloudops.eks_windows.webhook_cert:
    cluster_name: production
    region: eu-central-1
    webhook_configuration: our-webhook
    namespace: platform
    service_name: our-webhook
    secret_name: our-webhook-tls
    certificate_key: tls.crt
    key_name: tls.key
"""

RETURN = r"""
certificate:
  description: The certificate in the Secret after the task. None where there is none, or none that can be read.
  type: dict
  returned: success
  contains:
    subject:
      description: Its parts by their names.
      type: dict
      sample: {commonName: vpc-admission-webhook-svc.kube-system.svc}
    subject_alt_name:
      description: Each name with its kind.
      type: list
      elements: str
      sample: ["DNS:vpc-admission-webhook-svc.kube-system.svc"]
    issuer:
      description: As RV(certificate.subject).
      type: dict
      sample: {commonName: kubernetes}
    serial_number:
      description: Its serial number.
      type: int
      sample: 4711
    fingerprints:
      description: By hash, hexadecimal with colons.
      type: dict
      sample: {sha256: "2f:0c:5e:f1", sha512: "a0:1b:77:9d"}
    not_before:
      description: Valid from, in UTC.
      type: str
      sample: "2026-11-24T18:00:00Z"
    not_after:
      description: Valid until, in UTC.
      type: str
      sample: "2027-11-24T18:00:00Z"
previous:
  description:
    - The certificate that the task replaced, else that of the backup, with the keys of RV(certificate). None where
      there was none, or none that can be read.
  type: dict
  returned: success
  sample:
    subject: {commonName: vpc-admission-webhook-svc.kube-system.svc}
    subject_alt_name: ["DNS:vpc-admission-webhook-svc.kube-system.svc"]
    issuer: {commonName: kubernetes}
    serial_number: 4710
    fingerprints: {sha256: "77:1d:e9:02", sha512: "0c:5e:f1:a0"}
    not_before: "2025-11-24T18:00:00Z"
    not_after: "2026-11-24T18:00:00Z"
reasons:
  description: Why a certificate was issued, or would be. Empty where none was.
  type: list
  elements: str
  returned: success
  sample: ["the certificate expired at 2026-11-24T18:00:00Z"]
backup:
  description: Name of the Secret with the previous pair after the task, none where there is none.
  type: str
  returned: success
  sample: vpc-admission-webhook-certs-backup
ca_bundle:
  description:
    - The authority that has signed RV(certificate), in base64 as C(caBundle) takes it. None where none that is known
      has.
    - In check mode, of a certificate that is still to be issued, the cluster's own.
  type: str
  returned: success
  sample: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t
namespace:
  description: Namespace of the Service and of the Secret.
  type: str
  returned: success
  sample: kube-system
service_name:
  description: Name of the Service.
  type: str
  returned: success
  sample: vpc-admission-webhook-svc
secret_name:
  description: Name of the Secret.
  type: str
  returned: success
  sample: vpc-admission-webhook-certs
signing_request:
  description: The CertificateSigningRequest that was used, and deleted since. None where none was made.
  type: dict
  returned: success
  contains:
    name:
      description: Its name.
      type: str
      sample: eks-windows-kube-system.vpc-admission-webhook-certs-1f2e3d4c
    api_version:
      description: The API version that it was made by.
      type: str
      sample: certificates.k8s.io/v1
    signer_name:
      description: Who signed, none by C(v1beta1).
      type: str
      sample: beta.eks.amazonaws.com/app-serving
resource_actions:
  description: The calls to AWS that the task made, sorted.
  type: list
  elements: str
  returned: when O(debug_botocore_endpoint_logs) is V(true)
  sample: ["eks:DescribeCluster"]
"""

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.boundary import run_module
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.webhook_cert import backend


def main() -> None:
    """Bring the certificate to its state."""
    run_module(backend())


if __name__ == "__main__":
    main()
