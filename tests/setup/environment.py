# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes the Python environments that the commands of the Makefile run in.

``.venv`` holds the newest supported Ansible (part ``demo``) and the test tools (part ``tests``);
``.venv/oldest`` holds the oldest supported versions, ``.venv/benchmark`` what the benchmark compares with. A part that
is there and whose requirements are unchanged costs a few milliseconds. Standard library only, since it runs before
anything is installed.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
SETUP = Path(__file__).resolve().parent
NEWEST = CHECKOUT / ".venv"
OLDEST = NEWEST / "oldest"
BENCHMARK = NEWEST / "benchmark"
NEWEST_PYTHONS = ("3.12", "3.13", "3.14", "3.11")
OLDEST_PYTHONS = ("3.11", "3.12")
OLDEST_CORE = "2.17.0"
# Lines of pip that say nothing new to who waits.
PIP_NOISE = re.compile(r"^(Requirement already satisfied|Looking in |WARNING: Location|\s+Using cached |\[notice\]|$)")


class SetupError(Exception):
    """What stopped the setup, in words for the person at the terminal."""


def say(message: str) -> None:
    print(f"setup: {message}", flush=True)


def run(command: list[str], noise: re.Pattern[str] | None = None) -> None:
    """Run a command, showing its output as it comes, less what ``noise`` matches."""
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, stdin=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if noise is None or not noise.search(line):
                print(f"  {line.rstrip()[:150]}", flush=True)
    if process.returncode:
        raise SetupError(f"{' '.join(command[:6])} ... ended with status {process.returncode}")


def version_of(python: Path) -> str | None:
    """``3.12`` for a Python that runs, else None."""
    try:
        answer = subprocess.run(
            [str(python), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()


def find_python(versions: tuple[str, ...]) -> Path:
    """The first Python of these versions that really runs."""
    answer = subprocess.run(
        ["sh", str(SETUP / "find_python.sh"), *versions], capture_output=True, text=True, check=False
    )
    if answer.returncode:
        raise SetupError(answer.stderr.strip())
    return Path(answer.stdout.strip())


def choose_python(wanted: str | None, versions: tuple[str, ...]) -> Path:
    """The Python given by the person, else the preferred one."""
    if not wanted:
        return find_python(versions)
    path = shutil.which(wanted)
    version = version_of(Path(path)) if path else None
    if path is None or version is None:
        raise SetupError(f"PYTHON={wanted} does not run")
    if tuple(map(int, version.split("."))) < (3, 11):
        raise SetupError(f"PYTHON={wanted} is Python {version}; 3.11 or newer is needed")
    return Path(path)


def digest(*files: Path, extra: str = "") -> str:
    """One value that changes when any of these requirement files changes."""
    summary = hashlib.sha256(extra.encode())
    for file in files:
        summary.update(file.read_bytes())
    return summary.hexdigest()


class Environment:
    """A virtual environment at a folder, made of parts that are each installed once."""

    def __init__(self, folder: Path, versions: tuple[str, ...], wanted: str | None) -> None:
        self.folder = folder
        self.versions = versions
        self.wanted = wanted
        self.python = folder / "bin" / "python"

    def stamp(self, part: str) -> Path:
        return self.folder / f".installed-{part}"

    def is_current(self, part: str, value: str) -> bool:
        stamp = self.stamp(part)
        return stamp.exists() and stamp.read_text() == value and self.python.exists() and self.is_wanted()

    def is_wanted(self) -> bool:
        """Whether this is the Python that the person asked for, where one was asked for."""
        return self.wanted is None or version_of(self.python) == version_of(choose_python(self.wanted, ()))

    def make(self) -> None:
        """Create the environment, or keep the one that runs."""
        if version_of(self.python) is not None and self.is_wanted():
            return
        base = choose_python(self.wanted, self.versions)
        say(f"making {self.folder.relative_to(CHECKOUT)} with {base} (Python {version_of(base)})")
        self.clear()
        run([str(base), "-m", "venv", str(self.folder)])

    def clear(self) -> None:
        """Remove what an environment of another Python left; the oldest one lives inside and stays."""
        for name in ("bin", "include", "lib", "lib64", "pyvenv.cfg"):
            path = self.folder / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        for stamp in self.folder.glob(".installed-*"):
            stamp.unlink()

    def pip(self, *arguments: str) -> None:
        # Byte code is left to the first import: it saves a third of the time, and most of Ansible is never imported.
        run([str(self.python), "-m", "pip", "install", "--no-compile", *arguments], PIP_NOISE)

    def check(self, script: str) -> str:
        """Run a check in the environment and give its output."""
        answer = subprocess.run([str(self.python), "-c", script], capture_output=True, text=True, check=False)
        if answer.returncode:
            raise SetupError(f"{self.folder.name} is not what was asked for:\n{answer.stderr.strip()[-2000:]}")
        return answer.stdout.strip()


CHECK_NEWEST = """
import ansible.release, boto3, botocore, kubernetes, moto, yaml, jsonschema
def number(text): return tuple(int(part) for part in text.split(".")[:2])
assert number(ansible.release.__version__) >= (2, 19), ansible.release.__version__
assert number(boto3.__version__) >= (1, 44), boto3.__version__
assert number(kubernetes.__version__) >= (37, 0), kubernetes.__version__
from ansible_collections.amazon.aws.plugins.module_utils import botocore as helpers
print(f"ansible-core {ansible.release.__version__}, boto3 {boto3.__version__}, ", end="")
print(f"kubernetes {kubernetes.__version__}, moto {moto.__version__}")
"""
CHECK_OLDEST = """
import ansible.release, boto3, botocore, kubernetes, pytest
assert ansible.release.__version__ == "2.17.0", ansible.release.__version__
assert boto3.__version__ == "1.35.87", boto3.__version__
print(f"ansible-core {ansible.release.__version__}, boto3 {boto3.__version__}, kubernetes {kubernetes.__version__}")
"""


def link_collection() -> None:
    """Show the checkout as ``ansible_collections/cloudops/eks_windows``."""
    link = NEWEST / "collections" / "ansible_collections" / "cloudops" / "eks_windows"
    if link.is_symlink() and link.resolve() == CHECKOUT:
        return
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(CHECKOUT)


def install_demo(environment: Environment) -> None:
    """The part of ``.venv`` that the demo runs on."""
    requirements = SETUP / "requirements-demo.txt"
    value = digest(requirements, CHECKOUT / "requirements.txt")
    if not environment.is_current("demo", value):
        environment.make()
        say("installing Ansible, boto3, kubernetes and moto into .venv (about 70 MB to download the first time)")
        environment.pip("-r", str(requirements), "-r", str(CHECKOUT / "requirements.txt"))
        say(environment.check(CHECK_NEWEST))
        environment.stamp("demo").write_text(value)
    link_collection()


def install_tests(environment: Environment) -> None:
    """The test tools in ``.venv``, and pip in the version ansible-test asks for."""
    install_demo(environment)
    requirements = [SETUP / "requirements-demo.txt", SETUP / "requirements-tests.txt"]
    value = digest(*requirements, SETUP / "ansible_test_pip.py")
    if environment.is_current("tests", value):
        return
    say("installing the test tools into .venv")
    environment.pip(*(argument for file in requirements for argument in ("-r", str(file))))
    run([str(environment.python), str(SETUP / "ansible_test_pip.py")], PIP_NOISE)
    environment.stamp("tests").write_text(value)


def install_oldest() -> None:
    """``.venv/oldest``: the lower bounds, all at once."""
    environment = Environment(OLDEST, OLDEST_PYTHONS, None)
    requirements = SETUP / "requirements-oldest.txt"
    value = digest(requirements, extra=OLDEST_CORE)
    if environment.is_current("oldest", value):
        return
    try:
        environment.make()
    except SetupError as error:
        say(f"the oldest supported versions need Python 3.11 or 3.12, and stay untested here: {error}")
        return
    say("installing the oldest supported versions into .venv/oldest")
    environment.pip("-r", str(requirements))
    run(
        [str(environment.python), "-m", "pip", "install", "--no-compile", "--no-deps", f"ansible-core=={OLDEST_CORE}"],
        PIP_NOISE,
    )
    say(environment.check(CHECK_OLDEST))
    environment.stamp("oldest").write_text(value)


def install_benchmark(wanted: str | None) -> None:
    """``.venv/benchmark``: the AWS CLI, on the Python of ``.venv``."""
    environment = Environment(BENCHMARK, NEWEST_PYTHONS, wanted)
    requirements = SETUP / "requirements-benchmark.txt"
    value = digest(requirements)
    if environment.is_current("benchmark", value):
        return
    environment.make()
    say("installing the AWS CLI into .venv/benchmark (20 MB to download the first time)")
    environment.pip("-r", str(requirements))
    say(environment.check("import awscli; print('AWS CLI', awscli.__version__)"))
    environment.stamp("benchmark").write_text(value)


@contextmanager
def alone() -> Iterator[None]:
    """One setup at a time, though several commands may ask for it at once."""
    with Path(__file__).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Install the parts named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="+", choices=["demo", "tests", "oldest", "benchmark"])
    parser.add_argument("--python", default=os.environ.get("PYTHON") or None, help="the Python to make .venv with")
    arguments = parser.parse_args()
    newest = Environment(NEWEST, NEWEST_PYTHONS, arguments.python)
    started = time.monotonic()
    try:
        with alone():
            if "demo" in arguments.parts:
                install_demo(newest)
            if "tests" in arguments.parts:
                install_tests(newest)
            if "oldest" in arguments.parts:
                install_demo(newest)
                install_oldest()
            if "benchmark" in arguments.parts:
                install_demo(newest)
                install_benchmark(arguments.python)
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    if (seconds := time.monotonic() - started) > 1:
        say(f"done in {seconds:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
