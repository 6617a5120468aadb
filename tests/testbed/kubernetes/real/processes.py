# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Child processes that never outlive the testbed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread

# Runs before the program and becomes it. Linux then kills the program when the thread that started it ends.
_DIE_WITH_PARENT = """
import ctypes, os, signal, sys
parent = int(sys.argv[1])
try:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
except (AttributeError, OSError):
    pass
if os.getppid() != parent:
    sys.exit(1)
os.execv(sys.argv[2], sys.argv[2:])
"""


class _Starter(Thread):
    """The one thread that starts programs: the kernel ties their life to it, and it lives as long as this process."""

    def __init__(self) -> None:
        super().__init__(name="process-starter", daemon=True)
        self._orders: SimpleQueue[tuple[list[str], Path, dict[str, str], SimpleQueue[object]]] = SimpleQueue()

    def run(self) -> None:
        while True:
            command, log, environment, answer = self._orders.get()
            try:
                with log.open("ab") as output:
                    answer.put(
                        subprocess.Popen(
                            command,
                            cwd=log.parent,
                            env=environment,
                            stdin=subprocess.DEVNULL,
                            stdout=output,
                            stderr=output,
                            start_new_session=True,
                        )
                    )
            except OSError as error:
                answer.put(error)

    def order(self, command: list[str], log: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
        answer: SimpleQueue[object] = SimpleQueue()
        self._orders.put((command, log, environment, answer))
        result = answer.get()
        if isinstance(result, OSError):
            raise result
        assert isinstance(result, subprocess.Popen)
        return result


_starter: _Starter | None = None
_starter_lock = Lock()


def _the_starter() -> _Starter:
    global _starter
    with _starter_lock:
        if _starter is None or not _starter.is_alive():
            _starter = _Starter()
            _starter.start()
        return _starter


class Program:
    """A running program with its log file.

    Args:
        command: The program's full path and its arguments.
        log: File that takes its output; its folder is the working directory.
    """

    def __init__(self, command: Sequence[str], log: Path) -> None:
        self.name = Path(command[0]).name
        self._log = log
        self._process = _the_starter().order(
            [sys.executable, "-I", "-S", "-c", _DIE_WITH_PARENT, str(os.getpid()), *command],
            log,
            {"PATH": os.defpath, "HOME": str(log.parent), "TMPDIR": str(log.parent), "GOGC": "50"},
        )

    @property
    def running(self) -> bool:
        """Whether it is still there."""
        return self._process.poll() is None

    def last_words(self, lines: int = 15) -> str:
        """The end of its log."""
        text = self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def stop(self, patience: float = 0.0) -> None:
        """Ask it to stop for ``patience`` seconds, then end it."""
        if self.running and patience:
            self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(patience)
        if self.running:
            self._process.kill()
        self._process.wait()
