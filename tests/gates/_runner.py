# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starts gates, a few at a time, each in its own process group and with its own log."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from tests.gates._catalogue import GateFile
from tests.gates._outcome import Outcome
from tests.gates._places import BYTE_CODE, CHECKOUT, RESULTS

STILL_RUNNING_EVERY = 60.0
LINES_OF_A_FAILURE = 80


@dataclass(frozen=True)
class Result:
    """What became of one gate; ``not_run`` says why it could not run."""

    gate: GateFile
    outcome: Outcome
    seconds: float
    log: Path
    not_run: str = ""


class Runner:
    """Runs gates and keeps hold of their processes, so that none outlives it."""

    def __init__(self, verbose: bool) -> None:
        self.verbose = verbose
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.stopped = False

    def run(self, gate: GateFile) -> Result:
        """Run one gate to its end or its timeout."""
        log, answer = RESULTS / f"{gate.name}.log", RESULTS / f"{gate.name}.json"
        answer.unlink(missing_ok=True)
        started = time.monotonic()
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-u", "-m", "tests.gates._child", gate.name, str(answer)],
                stdout=None if self.verbose else output,
                stderr=None if self.verbose else subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd=CHECKOUT,
                start_new_session=True,
            )
            self.running[gate.name] = process
            timed_out = not self.wait(gate, process, started)
            self.running.pop(gate.name, None)
        seconds = time.monotonic() - started
        if timed_out or not answer.exists():
            why = f"stopped after {gate.timeout} s" if timed_out else f"ended with status {process.returncode}"
            return Result(gate, Outcome(failed=1, reasons=[why]), seconds, log)
        told = json.loads(answer.read_text())
        not_run = told.pop("not_run")
        return Result(gate, Outcome(**told), seconds, log, not_run)

    def wait(self, gate: GateFile, process: subprocess.Popen[bytes], started: float) -> bool:
        """Wait, saying now and then that it still runs; False when the time was over."""
        while not self.stopped:
            left = gate.timeout - (time.monotonic() - started)
            try:
                process.wait(min(STILL_RUNNING_EVERY, max(left, 0.0)))
                return True
            except subprocess.TimeoutExpired:
                if left <= 0:
                    self.end(process)
                    return False
                print(f"  ...    {gate.name} still runs, {time.monotonic() - started:.0f} s", flush=True)
        self.end(process)
        return False

    def end(self, process: subprocess.Popen[bytes]) -> None:
        """End a gate and all that it started, gently first, so that testbeds clean up."""
        for kind, patience in ((signal.SIGINT, 15), (signal.SIGTERM, 5), (signal.SIGKILL, 5)):
            try:
                os.killpg(process.pid, kind)
                process.wait(patience)
                break
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue

    def stop(self) -> None:
        """End everything that still runs."""
        self.stopped = True
        for process in list(self.running.values()):
            self.end(process)


def drop_stale_byte_code() -> None:
    """Remove the byte code of temporary files, whose names never come again, so that its folder does not grow."""
    shutil.rmtree(BYTE_CODE / Path(tempfile.gettempdir()).relative_to("/"), ignore_errors=True)


def word(result: Result) -> str:
    """One word for what became of a gate."""
    if result.not_run:
        return "not run"
    return "FAILED" if result.outcome.failed else "passed"


def tell(result: Result, verbose: bool) -> None:
    """Say how a gate ended, with the end of its log where it failed."""
    print(f"  {word(result):8} {result.gate.name} ({result.seconds:.0f} s) {result.not_run}", flush=True)
    if result.outcome.failed and not verbose:
        lines = result.log.read_text(errors="replace").splitlines()
        print(f"---- last lines of {result.log.relative_to(CHECKOUT)}")
        print("\n".join(lines[-LINES_OF_A_FAILURE:]))
        print("----", flush=True)


def run_gates(gates: list[GateFile], jobs: int, verbose: bool) -> list[Result]:
    """Run these gates, long ones first, and give the results in the order of the list."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    drop_stale_byte_code()
    runner = Runner(verbose)
    ordered = sorted(gates, key=lambda gate: -gate.seconds)
    print(f"running {len(gates)} gates, {jobs} at a time; logs in {RESULTS.relative_to(CHECKOUT)}", flush=True)
    results: dict[str, Result] = {}
    with ThreadPoolExecutor(1 if verbose else jobs) as pool:
        futures = [pool.submit(runner.run, gate) for gate in ordered]
        try:
            for future in as_completed(futures):
                result = future.result()
                results[result.gate.name] = result
                tell(result, verbose)
        except KeyboardInterrupt:
            print("stopping", flush=True)
            for future in futures:
                future.cancel()
            runner.stop()
            raise SystemExit(130) from None
    return [results[gate.name] for gate in gates]
