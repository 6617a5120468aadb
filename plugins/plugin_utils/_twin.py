# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Action plugins that do a read-only module's work in the worker process.

A module costs a new interpreter and its imports for each host and task; a twin inherits both from the
parent. It answers exactly as the module does, and hands over to it wherever the two could differ.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from ansible.constants import config
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import AnsibleValidationErrorMultiple, UnsupportedError
from ansible.plugins.action import ActionBase

from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.backend import Backend
from ansible_collections.cloudops.eks_windows.plugins.module_utils._backends.boundary import run_backend, secrets_among
from ansible_collections.cloudops.eks_windows.plugins.module_utils._connect import sessions

NO_LOG_PLACEHOLDER = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


def plain(value: Any) -> Any:
    """The value without Ansible's own string types (vaulted, tagged, unsafe), which libraries refuse."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return str(value)


def same_interpreter(configured: str) -> bool:
    """Whether ``configured`` is the Python that runs this process.

    Two environments share one real binary, so the folder has to be the same and not only the binary.
    """
    if not os.path.isabs(configured):
        return False
    here, there = os.path.abspath(sys.executable), os.path.abspath(configured)
    return here == there or (
        os.path.dirname(here) == os.path.dirname(there) and os.path.realpath(here) == os.path.realpath(there)
    )


def warm_up(backend: Backend, services: Sequence[str] = sessions.WARM_SERVICES) -> None:
    """Read the models of AWS's services into this process, where the backend can run in it.

    Ansible imports an action plugin in the parent of its workers, which inherit what was read.
    """
    if backend.missing_requirements():
        return
    # A profile or configuration of the user's that can't be used is the task's to report, and not that of an import,
    # which would end the whole playbook.
    with contextlib.suppress(Exception):
        sessions.warm(services)


def injects_invocation(task_vars: Mapping[str, Any]) -> bool:
    """Whether modules return their arguments: always before ansible-core 2.21, and since then where it is asked for."""
    if config.get_configuration_definition("INJECT_INVOCATION") is None:
        return True
    return bool(config.get_config_value("INJECT_INVOCATION", variables=dict(task_vars)))


def shown_arguments(backend: Backend, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as a module returns them, secret ones masked."""
    return {
        name: NO_LOG_PLACEHOLDER if spec.get("no_log") and parameters.get(name) else parameters.get(name)
        for name, spec in backend.argument_spec.items()
    }


class TwinActionBase(ActionBase):
    """Runs ``backend`` here, or the module of the same name where the task asks for something only it can do."""

    _supports_async = True
    _supports_check_mode = True
    module_name: ClassVar[str]
    backend: ClassVar[Callable[[], Backend]]

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        task_vars = task_vars or {}
        result: dict[str, Any] = super().run(tmp, task_vars)
        reason = self._hand_over_reason(task_vars)
        if reason:
            self._display.vvv(f"{self.module_name}: running the module, because {reason}")
            result.update(
                self._execute_module(
                    module_name=self.module_name, task_vars=task_vars, wrap_async=bool(self._task.async_val)
                )
            )
            return result
        result.update(self._run_here(task_vars))
        return result

    def _hand_over_reason(self, task_vars: Mapping[str, Any]) -> str:
        if self._connection.transport != "local":
            return f"the connection is {self._connection.transport}"
        if self._task.async_val:
            return "the task is asynchronous"
        if self._play_context.become:
            return "the task becomes another user"
        if any(self._task.environment or []):
            return "the task sets an environment"
        configured = self._templar.template(task_vars.get("ansible_python_interpreter") or "")
        if not same_interpreter(str(configured)):
            return f"the interpreter is {configured or 'to be discovered'}"
        missing = type(self).backend().missing_requirements()
        if missing:
            return f"this Python lacks {', '.join(missing)}"
        return ""

    def _run_here(self, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        backend = type(self).backend()
        arguments = plain(self._task.args)
        validator = ArgumentSpecValidator(backend.argument_spec, **backend.constraints)
        validated = validator.validate(arguments)
        # Ansible has no public name for them; AnsibleModule reads the same attribute.
        collected = set(validated._no_log_values)  # noqa: SLF001
        parameters = validated.validated_parameters
        secrets = secrets_among(collected, parameters)
        if validated.error_messages:
            result: dict[str, Any] = {"failed": True, "msg": self._refusal(validated.errors)}
        else:
            result = run_backend(backend, parameters)
        result.setdefault("changed", False)
        if injects_invocation(task_vars):
            result["invocation"] = {"module_args": shown_arguments(backend, parameters)}
        scrubbed: dict[str, Any] = remove_values(result, secrets)
        return scrubbed

    def _refusal(self, errors: AnsibleValidationErrorMultiple) -> str:
        """What a module says of arguments that it does not take."""
        words = str(errors.msg)
        if isinstance(errors[0], UnsupportedError):
            return f"Unsupported parameters for ({self.module_name}) module: {words}"
        return words
