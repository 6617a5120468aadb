# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""The work of eks_addon_config: values merged into a managed add-on's configuration."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.addon_outcome import (
    addon_told,
    failure,
    refusal,
    schema_failure,
    update_told,
    warnings_of,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.backend import Backend
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.patience import Clock, Patience
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.aws import AwsConnection
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.errors import EksWindowsError
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.managed_addon import (
    AddonDescription,
    AddonInUseError,
    AddonUpdate,
    ManagedAddon,
)
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect.options import aws_argument_spec
from ansible_collections.cloudops.eks_windows.plugins.module_utils._data.addon_statuses import BUSY, UPDATE_FAILED
from ansible_collections.cloudops.eks_windows.plugins.module_utils._judge.addon_configuration import (
    ConfigurationUnreadableError,
    SchemaUnusableError,
    find_problems,
    merge,
    parse_configuration,
    render,
    same,
)


def backend() -> Backend:
    """The module's interface and its work."""
    return Backend(
        argument_spec={
            "cluster_name": {"type": "str", "required": True},
            "addon_name": {"type": "str", "required": True, "aliases": ["name"]},
            "values": {"type": "dict", "required": True},
            "wait": {"type": "bool", "default": True},
            "wait_timeout": {"type": "int", "default": 600},
            "wait_delay": {"type": "int", "default": 5},
            "request_timeout": {"type": "int", "default": 30},
            **aws_argument_spec(),
        },
        run=run,
        # jsonschema is asked for where something changes, and not before.
        requirements=("boto3", "botocore"),
    )


def run(parameters: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Merge the values, where the configuration doesn't hold them yet."""
    for name, least in (("wait_timeout", 0), ("wait_delay", 1)):
        if parameters[name] < least:
            raise EksWindowsError(f"{name} is {parameters[name]}", remedy=f"Give {least} or more seconds")
    connection = AwsConnection(parameters)
    addon = ManagedAddon(connection, parameters["cluster_name"], parameters["addon_name"])
    return {**ConfigurationChange(addon, parameters).make(check_mode), **connection.resource_actions}


class ConfigurationChange:
    """One run of the module on one add-on.

    Args:
        addon: The add-on.
        parameters: ``values``, ``wait``, ``wait_timeout`` and ``wait_delay`` of the module.
        clock: The time by which it waits.
    """

    def __init__(self, addon: ManagedAddon, parameters: Mapping[str, Any], clock: Clock | None = None) -> None:
        self._addon = addon
        # Ansible's own kinds of strings become plain ones, which is what YAML can be written from.
        self._patch: dict[str, Any] = json.loads(json.dumps(parameters["values"]))
        self._wait = bool(parameters["wait"])
        self._seconds = int(parameters["wait_timeout"])
        self._delay = int(parameters["wait_delay"])
        self._clock = clock or Clock()

    def make(self, check_mode: bool) -> dict[str, Any]:
        """The module's result. In check mode it is what it would be, and nothing is written.

        Raises:
            EksWindowsError: Something has to be mended first, or the update did not do what it was made for.
        """
        patience = Patience(self._clock, self._seconds, self._delay)
        seen: dict[str, Any] | None = None
        unanswered: AddonDescription | None = None
        while True:
            before = self._idle(patience)
            current = self._values_of(before)
            wanted = merge(current, self._patch)
            seen = current if seen is None else seen
            # A failed update leaves a configuration that nothing shows to be in force, so it is made again.
            if same(current, wanted) and before.status != UPDATE_FAILED:
                if unanswered:
                    return self._verified(unanswered, before, seen, wanted, None)
                return self._result(before, before, seen, current, changed=not same(seen, current))
            self._check(before.version, wanted)
            if check_mode:
                return self._result(
                    before, replace(before, configuration=json.dumps(wanted)), seen, wanted, changed=True
                )
            try:
                update = self._addon.update(before, render(wanted, before.configuration))
            except AddonInUseError as error:
                if error.after_retry:
                    unanswered = before
                if not self._wait or not patience.wait():
                    raise
            else:
                return self._followed(before, update, seen, wanted)

    def _idle(self, patience: Patience) -> AddonDescription:
        """The add-on, once EKS is done with what it is at."""
        while (found := self._addon.describe()).status in BUSY:
            if not self._wait:
                raise EksWindowsError(
                    f"EKS is at work on {self._addon}, which is {found.status}, and wait is false",
                    remedy="Run it again when EKS is done, or with wait true",
                )
            if not patience.wait():
                raise EksWindowsError(
                    f"EKS is at work on {self._addon}, which is still {found.status} after {self._seconds} seconds",
                    remedy="Run it again when EKS is done, or raise wait_timeout",
                )
        if error := refusal(str(self._addon), found):
            raise error
        return found

    def _values_of(self, found: AddonDescription) -> dict[str, Any]:
        try:
            return parse_configuration(found.configuration)
        except ConfigurationUnreadableError as error:
            raise EksWindowsError(
                f"The configuration of {self._addon} can't be read: {error}",
                remedy="Give it one in JSON that has each key once, or install PyYAML where the module runs",
            ) from error

    def _check(self, version: str, wanted: Mapping[str, Any]) -> None:
        """Raise where the installed version's schema does not take the values."""
        schema = self._addon.schema(version)
        try:
            problems = find_problems(schema, wanted)
        except SchemaUnusableError as error:
            raise EksWindowsError(
                f"The configuration of {self._addon}, version {version}, can't be checked: {error}",
                remedy="The add-on was not changed. Install what requirements.txt of the collection names where it "
                "runs, or update the add-on",
            ) from error
        if problems:
            raise schema_failure(str(self._addon), version, schema, problems)

    def _followed(
        self, before: AddonDescription, update: AddonUpdate, seen: Mapping[str, Any], wanted: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The result of an update that EKS has taken; the module waits for its end where it is to."""
        made = {"changed": True, "addon_update": update_told(update)}
        try:
            if not self._wait:
                return {**self._result(before, self._addon.describe(), seen, wanted, changed=True), **made}
            patience = Patience(self._clock, self._seconds, self._delay)
            while update.status == "InProgress":
                if not patience.wait():
                    raise EksWindowsError(
                        f"Update {update.id} of {self._addon} is still in progress after {self._seconds} seconds",
                        remedy="Run it again, which waits for its end, or raise wait_timeout",
                    )
                update = self._addon.describe_update(update.id)
                made["addon_update"] = update_told(update)
            while (after := self._addon.describe()).status in BUSY and patience.wait():
                pass
        except EksWindowsError as error:
            error.result = {**made, **error.result}
            raise
        return self._verified(before, after, seen, wanted, update)

    def _verified(
        self,
        before: AddonDescription,
        after: AddonDescription,
        seen: Mapping[str, Any],
        wanted: Mapping[str, Any],
        update: AddonUpdate | None,
    ) -> dict[str, Any]:
        """The result of an update that has ended, after a look at what it left."""
        result = self._result(before, after, seen, wanted, changed=True)
        if update:
            result["addon_update"] = update_told(update)
        if error := failure(str(self._addon), before, after, wanted, update):
            error.result = result
            raise error
        return result

    def _result(
        self,
        before: AddonDescription,
        after: AddonDescription,
        seen: Mapping[str, Any],
        wanted: Mapping[str, Any],
        *,
        changed: bool,
    ) -> dict[str, Any]:
        """The module's result: the add-on is told as ``after``, ``seen`` are the values at the first look."""
        warnings = warnings_of(str(self._addon), before)
        return {
            "changed": changed,
            "cluster_name": self._addon.cluster_name,
            "addon": addon_told(after),
            "diff": {"before": dict(seen), "after": dict(wanted)},
            **({"warnings": warnings} if warnings else {}),
        }
