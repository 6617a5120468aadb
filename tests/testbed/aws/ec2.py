# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the testbed's EC2 answers by itself: moto's takes most of two seconds to load.

Whatever else is asked, or in another way, is for moto to answer.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from tests.testbed.aws.errors import AwsError
from tests.testbed.aws.network import Networks

Answer = Mapping[str, Any]


def metadata_options() -> dict[str, Any]:
    """Those that EKS gives the instances of a managed node group."""
    return {
        "State": "applied",
        "HttpTokens": "required",
        "HttpPutResponseHopLimit": 2,
        "HttpEndpoint": "enabled",
        "HttpProtocolIpv6": "disabled",
        "InstanceMetadataTags": "disabled",
    }


@dataclass(frozen=True)
class Instance:
    """An instance that runs; ``profile_arn`` is empty where it has no instance profile."""

    id: str
    type: str
    subnet: str
    profile_arn: str
    metadata_options: Mapping[str, Any] = field(default_factory=metadata_options)


@cache
def instance_types() -> Mapping[str, Mapping[str, Any]]:
    """What DescribeInstanceTypes says of each type, as far as anybody here asks: from moto's copy of AWS's answer."""
    found = importlib.util.find_spec("moto")
    assert found is not None
    assert found.origin is not None
    packed = (Path(found.origin).parent / "ec2" / "resources" / "instance_types.json.gz").read_bytes()
    return {name: _trimmed(row) for name, row in json.loads(gzip.decompress(packed)).items()}


def _trimmed(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The members that every botocore knows which clients of the testbed may have."""
    kept = {name: row[name] for name in ("InstanceType", "BareMetal", "CurrentGeneration", "Hypervisor") if name in row}
    network, processor = row["NetworkInfo"], row["ProcessorInfo"]
    kept["NetworkInfo"] = {
        name: network[name] for name in ("MaximumNetworkInterfaces", "Ipv4AddressesPerInterface") if name in network
    }
    kept["ProcessorInfo"] = {"SupportedArchitectures": processor["SupportedArchitectures"]}
    return kept


class Ec2:
    """EC2 of one server; every method expects to be alone."""

    def __init__(self, networks: Networks) -> None:
        self._networks = networks
        self._instances: dict[tuple[str, str], dict[str, Instance]] = {}

    def add_instance(self, account: str, region: str, instance: Instance) -> None:
        """Let an instance run."""
        self._instances.setdefault((account, region), {})[instance.id] = instance

    def set_metadata_options(self, account: str, region: str, instance_id: str, options: Mapping[str, Any]) -> None:
        """Change some of an instance's metadata options, as ModifyInstanceMetadataOptions does."""
        instances = self._instances[account, region]
        found = instances[instance_id]
        instances[instance_id] = replace(found, metadata_options={**found.metadata_options, **options})

    def answer(self, operation: str, account: str, region: str, parameters: Mapping[str, Any]) -> Answer | None:
        """The answer, None where moto has to give it.

        Raises:
            AwsError: An instance type or an instance does not exist.
        """
        if set(parameters) - {"Filters", "SubnetIds", "InstanceTypes", "InstanceIds", "MaxResults"}:
            return None
        if operation == "DescribeSubnets":
            return self._subnets(account, region, parameters)
        if operation == "DescribeInstanceTypes":
            return _describe_types(parameters)
        if operation == "DescribeInstances":
            return self._describe_instances(account, region, parameters)
        return None

    def _subnets(self, account: str, region: str, parameters: Mapping[str, Any]) -> Answer | None:
        wanted = _wanted(parameters, "SubnetIds", "subnet-id")
        rows = [self._networks.describe(name, account, region) for name in wanted or ()]
        if not rows or None in rows:
            return None
        return {"Subnets": rows}

    def _describe_instances(self, account: str, region: str, parameters: Mapping[str, Any]) -> Answer | None:
        wanted = _wanted(parameters, "InstanceIds", "instance-id")
        there = self._instances.get((account, region), {})
        if wanted is None or not there:
            return None
        missing = [name for name in wanted if name not in there]
        if missing and parameters.get("InstanceIds"):
            raise AwsError("InvalidInstanceID.NotFound", f"The instance IDs '{', '.join(missing)}' do not exist")
        return {
            "Reservations": [{"OwnerId": account, "Instances": [_row(there[name])]} for name in wanted if name in there]
        }


def _wanted(parameters: Mapping[str, Any], member: str, condition: str) -> Sequence[str] | None:
    """What is asked for by name, None where it is asked for in another way."""
    filters = list(parameters.get("Filters") or ())
    names = parameters.get(member)
    if names and not filters:
        return list(names)
    if names or len(filters) != 1 or filters[0]["Name"] != condition:
        return None
    values = list(filters[0]["Values"])
    return None if any(set(value) & {"*", "?"} for value in values) else values


def _describe_types(parameters: Mapping[str, Any]) -> Answer | None:
    wanted = _wanted(parameters, "InstanceTypes", "instance-type")
    if wanted is None:
        return None
    known = instance_types()
    missing = [name for name in wanted if name not in known]
    if missing and parameters.get("InstanceTypes"):
        raise AwsError(
            "InvalidInstanceType", f"The following supplied instance types do not exist: [{', '.join(missing)}]"
        )
    return {"InstanceTypes": [known[name] for name in sorted(set(wanted)) if name in known]}


def _row(instance: Instance) -> dict[str, Any]:
    row: dict[str, Any] = {
        "InstanceId": instance.id,
        "InstanceType": instance.type,
        "SubnetId": instance.subnet,
        "State": {"Code": 16, "Name": "running"},
        "MetadataOptions": dict(instance.metadata_options),
    }
    if instance.profile_arn:
        row["IamInstanceProfile"] = {"Arn": instance.profile_arn}
    return row
