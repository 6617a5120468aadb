# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes: create, update, delete, each through defaults, admission and validation."""

from __future__ import annotations

import base64
import datetime
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.testbed.kubernetes.admin import Json
from tests.testbed.kubernetes.emulator import managed_fields, statuses, validation
from tests.testbed.kubernetes.emulator.admission import Admission, Attributes
from tests.testbed.kubernetes.emulator.defaults import fill_in
from tests.testbed.kubernetes.emulator.rbac import MASTERS, User
from tests.testbed.kubernetes.emulator.resources import (
    CERTIFICATE_REQUEST,
    NAMESPACE,
    NODE,
    POD,
    SERVICE,
    Kind,
    StorageKey,
)
from tests.testbed.kubernetes.emulator.store import StaleVersionError, Store, copy_of, version_of

ATTEMPTS = 10

AfterChange = Callable[[StorageKey, "Json | None", "Json | None"], None]
"""Called after a stored change with what was and what is; None for absent."""

_SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
_KEPT = (
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "namespace",
    "name",
)


def now() -> str:
    """The present time as the API writes it."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def random_suffix(length: int = 5) -> str:
    """Letters for a generated name."""
    return "".join(secrets.choice(_SUFFIX_LETTERS) for _ in range(length))


@dataclass
class Write:
    """One write: of what, by whom, and whether it is stored. ``warnings`` are for the answer."""

    kind: Kind
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    user: User = field(default_factory=lambda: User("system:apiserver", (MASTERS,)))
    dry_run: bool = False
    manager: str = "kube-apiserver"
    operation: str = "Update"
    warnings: list[str] = field(default_factory=list)

    def attributes(self, operation: str, name: str, before: Json | None) -> Attributes:
        """For admission."""
        return Attributes(
            self.kind,
            operation,
            self.namespace,
            name,
            self.user,
            self.dry_run,
            self.subresource,
            before,
            self.warnings,
        )


class Writer:
    """Carries writes out against a store.

    Args:
        store: Where objects are.
        admission: The webhooks.
        after: Told of each stored change, outside the store's lock.
        graceful: Whether pods that run on a node wait for a kubelet to confirm their end.
    """

    def __init__(self, store: Store, admission: Admission, after: AfterChange, graceful: bool) -> None:
        self._store = store
        self._admission = admission
        self._after = after
        self._graceful = graceful

    def create(self, write: Write, body: Json) -> Json:
        """Create an object.

        Raises:
            StatusError: 409 where it exists, 404 where its namespace does not, 400, 403 or 422 for the object.
        """
        kind, item = write.kind, copy_of(body)
        validation.check_types(kind, item)
        self._place(write, item)
        metadata = item["metadata"]
        if metadata.get("resourceVersion"):
            raise statuses.StatusError(500, "", "resourceVersion should not be set on objects to be created")
        if not metadata.get("name") and metadata.get("generateName"):
            metadata["name"] = metadata["generateName"] + random_suffix()
        metadata["uid"] = str(uuid.uuid4())
        metadata["creationTimestamp"] = now()
        for name in ("resourceVersion", "deletionTimestamp", "managedFields"):
            metadata.pop(name, None)
        self._initialise(write, item)
        name = str(metadata.get("name") or "")
        if kind.namespaced and self._store.get(NAMESPACE.key, "", write.namespace) is None:
            raise statuses.not_found(NAMESPACE, write.namespace)
        about = write.attributes("CREATE", name, None)
        item = self._admitted(about, item)
        validation.check(kind, item)
        self._admission.validate(about, item)
        item["metadata"]["managedFields"] = self._fields(write, None, item)
        if self._store.get(kind.key, write.namespace, name) is not None:
            raise statuses.already_exists(kind, name)
        if write.dry_run:
            return item
        try:
            stored = self._store.put(kind.key, item, "")
        except StaleVersionError:
            raise statuses.already_exists(kind, name) from None
        self._after(kind.key, None, stored)
        return self._store.get(kind.key, write.namespace, name) or stored

    def update(self, write: Write, change: Callable[[Json], Json]) -> Json:
        """Change an object.

        Args:
            write: Which.
            change: Makes the new object of the present one; called again where somebody else was faster.

        Raises:
            StatusError: 404 where it does not exist, 409 where ``change`` names an older resourceVersion,
                400, 403 or 422 for the object.
        """
        for _ in range(ATTEMPTS):
            before = self._existing(write)
            body = change(before)
            given = str(body["metadata"].get("resourceVersion") or "")
            if given and given != version_of(before):
                raise statuses.conflict(write.kind, write.name)
            item = self._changed(write, before, copy_of(body))
            if item is None:
                return before
            if write.dry_run:
                return item
            try:
                stored = self._store.put(write.kind.key, item, version_of(before))
            except StaleVersionError:
                continue
            if stored["metadata"].get("deletionTimestamp") and not self._held(write.kind, stored):
                return self._drop(write, stored)
            self._after(write.kind.key, before, stored)
            return stored
        raise statuses.conflict(write.kind, write.name)

    def delete(self, write: Write, options: Json) -> tuple[Json, bool]:
        """Delete an object; returns its last state and whether it is gone.

        Raises:
            StatusError: 404 where it does not exist, 409 where a precondition does not hold, 403.
        """
        for _ in range(ATTEMPTS):
            before = self._existing(write)
            _check_preconditions(write, before, options.get("preconditions") or {})
            if write.kind.key == NAMESPACE.key and write.name in ("default", "kube-system", "kube-public"):
                raise statuses.forbidden("", "namespaces", write.name, "this namespace may not be deleted")
            self._admission.validate(write.attributes("DELETE", write.name, before), None)
            try:
                ending = self._ending(write, before, options)
                if write.dry_run:
                    return before, ending is None
                if ending is not None:
                    stored = before
                    if ending != before:
                        stored = self._store.put(write.kind.key, ending, version_of(before))
                        self._after(write.kind.key, before, stored)
                    return stored, False
                return self._drop(write, before, _orphans(options)), True
            except StaleVersionError:
                continue
        raise statuses.conflict(write.kind, write.name)

    def _existing(self, write: Write) -> Json:
        found = self._store.get(write.kind.key, write.namespace, write.name)
        if found is None:
            raise statuses.not_found(write.kind, write.name)
        return found

    @staticmethod
    def _place(write: Write, item: Json) -> None:
        """Put the object where the URL says."""
        metadata = item["metadata"]
        if not write.kind.namespaced:
            metadata.pop("namespace", None)
            return
        given = metadata.get("namespace")
        if given and given != write.namespace:
            raise statuses.bad_request(
                "the namespace of the provided object does not match the namespace sent on the request"
            )
        metadata["namespace"] = write.namespace

    @staticmethod
    def _initialise(write: Write, item: Json) -> None:
        """What a new object has that its creator does not decide."""
        kind = write.kind
        if kind.generation or kind.custom:
            item["metadata"]["generation"] = 1
        if kind.has_status and not kind.keeps_status:
            item.pop("status", None)
            if not kind.custom:
                item["status"] = {}
        if kind.key == POD.key:
            item["status"] = {"phase": "Pending", "qosClass": "BestEffort"}
        elif kind.key == NAMESPACE.key:
            item["status"] = {"phase": "Active"}
        elif kind.key == SERVICE.key:
            item["status"] = {"loadBalancer": {}}
            spec = item.setdefault("spec", {})
            if spec.get("type", "ClusterIP") != "ExternalName" and not spec.get("clusterIP"):
                spec["clusterIP"] = f"172.20.{secrets.randbelow(256)}.{1 + secrets.randbelow(254)}"
                spec["clusterIPs"] = [spec["clusterIP"]]
        elif kind.key == NODE.key:
            item.setdefault("spec", {})
            item.setdefault("status", {})
        elif kind.key == CERTIFICATE_REQUEST.key:
            groups = [*write.user.groups]
            item.setdefault("spec", {}).update({"username": write.user.name, "groups": groups})

    def _admitted(self, about: Attributes, item: Json) -> Json:
        """The object with defaults, as the mutating webhooks leave it."""
        fill_in(about.kind, item)
        item = self._admission.mutate(about, item)
        fill_in(about.kind, item)
        _secret_strings(about.kind, item)
        return item

    def _changed(self, write: Write, before: Json, body: Json) -> Json | None:
        """The object to store, None where nothing changes."""
        kind = write.kind
        metadata = body["metadata"]
        if metadata.get("name", write.name) != write.name:
            raise statuses.bad_request(
                f"the name of the object ({metadata['name']}) does not match the name on the URL ({write.name})"
            )
        validation.check_types(kind, body)
        self._place(write, body)
        if metadata.get("uid") and metadata["uid"] != before["metadata"]["uid"]:
            changed = statuses.invalid_value("metadata.uid", metadata["uid"], "field is immutable")
            raise statuses.invalid(kind, write.name, [changed])
        item = self._part(write, before, body)
        for name in _KEPT:
            item["metadata"].pop(name, None)
            if name in before["metadata"]:
                item["metadata"][name] = before["metadata"][name]
        item["metadata"]["resourceVersion"] = version_of(before)
        item["metadata"]["managedFields"] = before["metadata"].get("managedFields", [])
        about = write.attributes("UPDATE", write.name, before)
        item = self._admitted(about, item)
        validation.check(kind, item, before)
        self._admission.validate(about, item)
        if item == before:
            return None
        if "generation" in item["metadata"] and _intent(kind, item) != _intent(kind, before):
            item["metadata"]["generation"] += 1
        item["metadata"]["managedFields"] = self._fields(write, before, item)
        return item

    @staticmethod
    def _part(write: Write, before: Json, body: Json) -> Json:
        """The part of the object that this path writes, the rest as it was."""
        if write.subresource in ("status", "approval"):
            part: Json = copy_of(before)
            if "status" in body:
                part["status"] = body["status"]
            if not write.kind.custom:
                for name in ("labels", "annotations"):
                    part["metadata"].pop(name, None)
                    if body["metadata"].get(name):
                        part["metadata"][name] = body["metadata"][name]
            return part
        if write.kind.has_status and write.subresource != "binding":
            body.pop("status", None)
            if "status" in before:
                body["status"] = before["status"]
        if write.kind.key == CERTIFICATE_REQUEST.key:
            body["spec"] = before["spec"]
        if write.kind.key == SERVICE.key:
            for name in ("clusterIP", "clusterIPs"):
                if name in before.get("spec", {}):
                    body.setdefault("spec", {}).setdefault(name, before["spec"][name])
        return body

    @staticmethod
    def _fields(write: Write, before: Json | None, item: Json) -> list[Json]:
        return managed_fields.note(before, item, write.manager, write.operation, write.kind.api_version, now())

    def _held(self, kind: Kind, item: Json) -> bool:
        """Whether something still keeps an object that is to go."""
        if item["metadata"].get("finalizers"):
            return True
        waits = kind.key == POD.key and item["metadata"].get("deletionGracePeriodSeconds", 0) > 0
        return bool(waits and self._graceful)

    def _ending(self, write: Write, before: Json, options: Json) -> Json | None:
        """The object on its way out, None where nothing keeps it."""
        metadata = before["metadata"]
        grace = 0
        if write.kind.key == POD.key and self._graceful and before["spec"].get("nodeName"):
            given = options.get("gracePeriodSeconds")
            grace = int(given if given is not None else before["spec"].get("terminationGracePeriodSeconds", 30))
            if before.get("status", {}).get("phase") in ("Succeeded", "Failed"):
                grace = 0
        if not metadata.get("finalizers") and grace == 0:
            return None
        marked = {**metadata, "deletionTimestamp": metadata.get("deletionTimestamp") or now()}
        marked["deletionGracePeriodSeconds"] = grace
        return {**before, "metadata": marked}

    def _drop(self, write: Write, item: Json, orphan: bool = False) -> Json:
        """Remove an object and what belongs to it."""
        last = self._store.remove(write.kind.key, item)
        self._after(write.kind.key, item, None)
        if write.kind.key == NAMESPACE.key:
            for key, each in self._store.in_namespace(write.name):
                self._collect(key, each)
        for key, dependent in self._store.dependents(str(item["metadata"]["uid"])):
            if orphan:
                self._disown(key, dependent, str(item["metadata"]["uid"]))
            else:
                self._collect(key, dependent)
        return last

    def _collect(self, key: StorageKey, item: Json) -> None:
        metadata = item["metadata"]
        kind = Kind(key[0], "v1", "", key[1], "namespace" in metadata)
        write = Write(kind, str(metadata.get("namespace", "")), str(metadata["name"]))
        try:
            self.delete(write, {})
        except statuses.StatusError:
            return

    def _disown(self, key: StorageKey, item: Json, uid: str) -> None:
        owners = [owner for owner in item["metadata"]["ownerReferences"] if owner["uid"] != uid]
        metadata = {name: value for name, value in item["metadata"].items() if name != "ownerReferences"}
        if owners:
            metadata["ownerReferences"] = owners
        self._store.put(key, {**item, "metadata": metadata}, version_of(item))


def _secret_strings(kind: Kind, item: Json) -> None:
    """stringData is for writing alone: it becomes data."""
    if (kind.group, kind.kind) != ("", "Secret"):
        return
    for name, text in (item.pop("stringData", None) or {}).items():
        item.setdefault("data", {})[name] = base64.b64encode(str(text).encode()).decode()


def _intent(kind: Kind, item: Json) -> Json:
    """What a change of counts as a new generation."""
    if kind.custom and not kind.has_status:
        return {name: value for name, value in item.items() if name != "metadata"}
    return {name: value for name, value in item.items() if name not in ("metadata", "status")}


def _orphans(options: Json) -> bool:
    return options.get("propagationPolicy") == "Orphan" or bool(options.get("orphanDependents"))


def _check_preconditions(write: Write, before: Json, wanted: Json) -> None:
    for name, label, guess in (
        ("uid", "UID", "deleted and then recreated"),
        ("resourceVersion", "ResourceVersion", "modified"),
    ):
        asked, found = wanted.get(name), before["metadata"].get(name)
        if asked and asked != found:
            raise statuses.precondition_failed(
                write.kind,
                write.name,
                f"the {label} in the precondition ({asked}) does not match the {label} in record ({found}). "
                f"The object might have been {guess}",
            )
