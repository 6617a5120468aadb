# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The rule on the instance metadata service of Windows nodes."""

from __future__ import annotations

from collections import Counter

from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.finding import Evidence
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.rule import (
    Rule,
    Verdict,
    failed,
    known,
    not_applicable,
    passed,
    rule,
    unknown,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.subject import Subject
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.observation import (
    Instance,
    MetadataOptions,
    Node,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._observe.windows_machines import instance_id

RULES: list[Rule] = []

HOPS_TO_A_POD = 2
"""The instance is the first, the pod the second."""

OFF = "The instance metadata service is off"
NO_ANSWER = "Pods get no answer from the instance metadata service, whose tokens don't travel beyond the node"
NO_TOKEN = "Pods get no token from the instance metadata service: it answers only clients that use IMDSv1 or fall back"


@rule(
    RULES,
    id="nodes.instance_metadata",
    severity="info",
    title="The instance metadata service of Windows nodes answers pods",
    evidence="Each Windows node with HttpEndpoint, HttpTokens and HttpPutResponseHopLimit of its instance.",
    reference="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html#imds-considerations",
    remedy="Nothing to mend where no pod asks the instance metadata service: keeping pods from it keeps them from the "
    "node's role, and they can get credentials by IAM roles for service accounts, and their region from configuration. "
    "Else set HttpEndpoint to enabled and HttpPutResponseHopLimit to 2 in the launch template of these nodes, and on "
    "those that run by aws ec2 modify-instance-metadata-options.",
)
def instance_metadata(subject: Subject) -> Verdict:
    """The metadata options of each Windows node's EC2 instance have the service on, and a hop limit of 2 or more. A pod
    is a further hop, as the EC2 user guide says of containers, so that with a limit of 1 the token of IMDSv2 does not
    reach it. Some controllers and agents take their region or credentials from there.

    The limit holds for the answer that has the token, and for no other. Where HttpTokens is required, pods get nothing
    without one. Where it is optional, IMDSv1 still answers: a client that insists on a token fails, one that falls back
    is late. The summary says which it is. Pods on their node's network, HostProcess pods among them, are no further
    hop, and a service that is off answers nobody.

    It is information: a limit of 1 is often wanted, and little is known of it on Windows. In issue 399 of
    aws-node-termination-handler pods on a Windows node got no answer, for a cause that was not found there.

    It is unknown where EC2 does not tell an instance or its options, unless another node fails: then the evidence names
    it. A managed node group without a node shows nothing. It does not apply for goal disable.
    """
    if subject.options.goal == "disable":
        return not_applicable("Without Windows support nothing of it is needed")
    nodes = known(subject.windows_nodes)
    if not nodes:
        return not_applicable("There is no Windows node")
    found = {each.id: each for each in known(subject.observation.instances or ())}
    told = [(node, found.get(instance_id(node))) for node in nodes]
    problems = [(words, _evidence(node, each)) for node, each in told if each and (words := _problem(each.metadata))]
    untold = [_untold(node, each) for node, each in told if each is None or not _is_told(each.metadata)]
    if problems:
        counts = Counter(words for words, _shown in problems)
        summary = "; ".join(f"{words} (nodes: {count} of {len(nodes)})" for words, count in counts.items())
        return failed(summary, [*(shown for _words, shown in problems), *untold])
    if untold:
        return unknown(
            f"EC2 does not tell the metadata options of Windows nodes: {len(untold)} of {len(nodes)}",
            untold,
            remedy="Look at MetadataOptions of aws ec2 describe-instances, and at the providerID of these nodes, which "
            "names the instance.",
        )
    return passed(
        f"The instance metadata service answers pods on Windows nodes: {len(nodes)}",
        *(_evidence(node, each) for node, each in told if each),
    )


def _problem(options: MetadataOptions) -> str:
    """Why pods get no answer, or not every one; empty where nothing speaks against it."""
    if options.endpoint == "disabled":
        return OFF
    if not _is_told(options) or options.hop_limit >= HOPS_TO_A_POD:
        return ""
    return NO_ANSWER if options.tokens == "required" else NO_TOKEN


def _is_told(options: MetadataOptions) -> bool:
    return options.endpoint == "disabled" or bool(options.endpoint and options.tokens and options.hop_limit)


def _evidence(node: Node, instance: Instance) -> Evidence:
    options = instance.metadata
    return Evidence(
        f"Node {node.name}",
        f"{instance.id}: HttpEndpoint {options.endpoint}, HttpTokens {options.tokens or 'not given'}, "
        f"HttpPutResponseHopLimit {options.hop_limit or 'not given'}",
    )


def _untold(node: Node, instance: Instance | None) -> Evidence:
    if instance is not None:
        return Evidence(f"Node {node.name}", f"{instance.id}: EC2 does not tell its metadata options")
    named = instance_id(node)
    return Evidence(
        f"Node {node.name}", f"EC2 tells of no instance {named}" if named else "its providerID names no instance"
    )
