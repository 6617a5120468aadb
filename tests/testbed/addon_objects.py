# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What EKS does to a cluster when it writes the vpc-cni add-on into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.testbed.aws import AppliedAddon, merge_aws_node, merge_config_map
from tests.testbed.aws.vpc_cni_chart import container_fields, with_fields
from tests.testbed.cluster_objects import AWS_NODE, EKS, ROLE_ANNOTATION, SYSTEM, aws_node_account
from tests.testbed.kubernetes.admin import AdminClient, Json

CONFIG_MAP = "amazon-vpc-cni"
_BY_EKS = {"fieldManager": EKS}


def foreign_keys(config_map: Json) -> set[str]:
    """The keys of a ConfigMap's data that a field manager other than EKS owns, alone or beside it."""
    found: set[str] = set()
    for entry in config_map["metadata"].get("managedFields", []):
        if entry["manager"] != EKS:
            data = entry.get("fieldsV1", {}).get("f:data", {})
            found.update(key.removeprefix("f:") for key in data if key.startswith("f:"))
    return found


class VpcCniWriter:
    """Writes the add-on into one cluster: ConfigMap amazon-vpc-cni, and service account and DaemonSet aws-node."""

    def __init__(self, admin: AdminClient) -> None:
        self._admin = admin

    def write(self, addon: AppliedAddon) -> Sequence[str]:
        """Write everything, or nothing: then the conflicts are returned."""
        if addon.action == "delete":
            if addon.resolve_conflicts != "PRESERVE":
                self._delete()
            return ()
        config_map = self._admin.find("configmaps", CONFIG_MAP, SYSTEM)
        live = None if config_map is None else dict(config_map.get("data") or {})
        data = merge_config_map(live, addon, None if config_map is None else foreign_keys(config_map))
        daemon_set = self._admin.find("daemonsets", AWS_NODE, SYSTEM, api="apps/v1")
        containers = [] if daemon_set is None else daemon_set["spec"]["template"]["spec"]["containers"]
        live_fields = {each["name"]: container_fields(each) for each in containers}.get(AWS_NODE, {})
        fields = merge_aws_node(live_fields, addon)
        if data.conflicts or fields.conflicts:
            return (*data.conflicts, *fields.conflicts)
        self._write_config_map(live, data.data)
        self._write_service_account(addon.service_account_role_arn)
        if live_fields and fields.fields != live_fields:
            changed = [with_fields(each, fields.fields) if each["name"] == AWS_NODE else each for each in containers]
            patch = {"spec": {"template": {"spec": {"containers": changed}}}}
            self._admin.patch("daemonsets", AWS_NODE, patch, SYSTEM, api="apps/v1", query=_BY_EKS)
        return ()

    def _delete(self) -> None:
        for resource, name, api in (
            ("configmaps", CONFIG_MAP, ""),
            ("daemonsets", AWS_NODE, "apps/v1"),
            ("serviceaccounts", AWS_NODE, ""),
        ):
            if self._admin.find(resource, name, SYSTEM, api):
                self._admin.delete(resource, name, SYSTEM, api)

    def _write_config_map(self, live: Mapping[str, str] | None, data: Mapping[str, str] | None) -> None:
        if data is None or data == live:
            return
        if live is not None:
            self._admin.patch("configmaps", CONFIG_MAP, {"data": dict(data)}, SYSTEM, query=_BY_EKS)
            return
        manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": CONFIG_MAP, "namespace": SYSTEM}}
        self._admin.create({**manifest, "data": dict(data)}, query=_BY_EKS)

    def _write_service_account(self, role_arn: str) -> None:
        account = self._admin.find("serviceaccounts", AWS_NODE, SYSTEM)
        if account is None:
            self._admin.create(aws_node_account(role_arn), query=_BY_EKS)
            return
        annotated = (account["metadata"].get("annotations") or {}).get(ROLE_ANNOTATION, "")
        if annotated != role_arn:
            patch = {"metadata": {"annotations": {ROLE_ANNOTATION: role_arn or None}}}
            self._admin.patch("serviceaccounts", AWS_NODE, patch, SYSTEM, query=_BY_EKS)
