# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""moto's backends, kept apart per server.

moto keeps one set of backends per process. Two testbeds in one process would share accounts and wipe each
other's, so each server works in a scope of its own; without a scope moto behaves as ever.
"""

from __future__ import annotations

import threading
from collections.abc import ItemsView, Iterator, KeysView, ValuesView
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from moto.core.base_backend import AccountSpecificBackend, BackendDict

# moto is not written for threads; its work is processor time, which threads share anyway.
MOTO_LOCK = threading.RLock()


class _Store(BackendDict[Any]):
    """Backends that moto's own global reset does not know of."""

    def _create_account_specific_backend(self, account_id: str) -> None:
        if account_id not in self:
            self[account_id] = AccountSpecificBackend(
                service_name=self.service_name,
                account_id=account_id,
                backend=self.backend,
                use_boto3_regions=self._use_boto3_regions,
                additional_regions=self._additional_regions,
            )


class MotoScope:
    """The backends of one server, by service."""

    def __init__(self) -> None:
        self.stores: dict[str, BackendDict[Any]] = {}
        self.backends: dict[str, type[Any]] = {}


_current: ContextVar[MotoScope | None] = ContextVar("moto_scope", default=None)


@contextmanager
def inside(scope: MotoScope) -> Iterator[None]:
    """Within this block, in this thread, moto's backends are those of ``scope``; other threads wait."""
    with MOTO_LOCK:
        token = _current.set(scope)
        try:
            yield
        finally:
            _current.reset(token)


class ScopedBackendDict(BackendDict[Any]):
    """A moto backend dictionary that hands out the backends of the current scope."""

    def _store(self) -> BackendDict[Any] | None:
        scope = _current.get()
        if scope is None:
            return None
        store = scope.stores.get(self.service_name)
        if store is None:
            backend = scope.backends.get(self.service_name, self.backend)
            store = _Store(backend, self.service_name, self._use_boto3_regions, self._additional_regions)
            scope.stores[self.service_name] = store
        return store

    def __getitem__(self, account_id: str) -> AccountSpecificBackend[Any]:
        store = self._store()
        return super().__getitem__(account_id) if store is None else store[account_id]

    def __contains__(self, account_id: object) -> bool:
        store = self._store()
        return super().__contains__(account_id) if store is None else store.__contains__(account_id)

    def __iter__(self) -> Iterator[str]:
        store = self._store()
        return super().__iter__() if store is None else iter(store)

    def __len__(self) -> int:
        store = self._store()
        return super().__len__() if store is None else len(store)

    def keys(self) -> KeysView[str]:  # type: ignore[override]
        store = self._store()
        return super().keys() if store is None else store.keys()

    def values(self) -> ValuesView[AccountSpecificBackend[Any]]:  # type: ignore[override]
        store = self._store()
        return super().values() if store is None else store.values()

    def items(self) -> ItemsView[str, AccountSpecificBackend[Any]]:  # type: ignore[override]
        store = self._store()
        return super().items() if store is None else store.items()


def scope_backends(backends: BackendDict[Any]) -> None:
    """Make one of moto's own backend dictionaries follow the scope; its importers keep their reference."""
    if type(backends) is BackendDict:
        backends.__class__ = ScopedBackendDict
