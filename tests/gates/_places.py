# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where things are, and the environment that gates run commands in."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
NEWEST = CHECKOUT / ".venv"
OLDEST = NEWEST / "oldest"
VAR = NEWEST / "var"
RESULTS = VAR / "results"
COLLECTION = "cloudops.eks_windows"
BYTE_CODE = VAR / "pycache"
# A person's own AWS account, cluster, Ansible or Python settings must not steer a test.
FOREIGN = (
    "AWS_",
    "K8S_AUTH_",
    "KUBECONFIG",
    "ANSIBLE_",
    "PYTHONPATH",
    # Without byte code each of the many commands that tests start compiles Ansible and the clients anew.
    "PYTHONDONTWRITEBYTECODE",
    "VIRTUAL_ENV",
    "MAKEFLAGS",
    "MAKELEVEL",
    "MFLAGS",
)


def environment(venv: Path = NEWEST, *, own_home: bool = False, **more: str) -> dict[str, str]:
    """The variables for a command.

    Args:
        venv: The environment whose programs come first on PATH.
        own_home: Whether HOME is a folder inside ``.venv``, for tools that write into it.
        more: Variables to add.
    """
    variables = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    home = Path(os.path.expanduser("~"))
    variables |= {
        "PATH": os.pathsep.join(
            [str(venv / "bin"), "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
        ),
        "ANSIBLE_HOME": str(venv / "var" / "ansible"),
        # These two go by the user's entry in passwd by default, and not by HOME.
        "ANSIBLE_REMOTE_TMP": str(venv / "var" / "ansible" / "tmp"),
        "ANSIBLE_ASYNC_DIR": str(venv / "var" / "ansible" / "async"),
        "ANSIBLE_COLLECTIONS_PATH": str(NEWEST / "collections"),
        "PYTHONPYCACHEPREFIX": str(venv / "var" / "pycache"),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(venv / "var" / "hypothesis"),
        "ANSIBLE_NOCOLOR": "1",
        "NO_COLOR": "1",
    }
    if own_home:
        variables["HOME"] = str(venv / "var" / "home")
        variables["XDG_CACHE_HOME"] = str(venv / "var" / "home" / ".cache")
        variables["XDG_CONFIG_HOME"] = str(venv / "var" / "home" / ".config")
        variables.setdefault("PIP_CACHE_DIR", str(home / ".cache" / "pip"))
        for settings in (home / ".config" / "pip" / "pip.conf", home / ".pip" / "pip.conf"):
            if settings.exists():
                variables.setdefault("PIP_CONFIG_FILE", str(settings))
        (venv / "var" / "home").mkdir(parents=True, exist_ok=True)
    return variables | more


def run(command: Sequence[str | Path], variables: dict[str, str] | None = None, cwd: Path = CHECKOUT) -> int:
    """Run a command with its output in the gate's log, and give its status."""
    words = [str(word) for word in command]
    print("$", " ".join(words), flush=True)
    return subprocess.run(
        words, env=variables or environment(), cwd=cwd, stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT, check=False
    ).returncode


def capture(command: Sequence[str | Path], variables: dict[str, str] | None = None, cwd: Path = CHECKOUT) -> str:
    """The output of a command that must succeed."""
    words = [str(word) for word in command]
    answer = subprocess.run(
        words,
        env=variables or environment(),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        print("$", " ".join(words), answer.stdout, answer.stderr, sep="\n")
        raise RuntimeError(f"{words[0]} ended with status {answer.returncode}")
    return answer.stdout


def project_files() -> list[Path]:
    """The files of the project, committed or about to be, as paths below the checkout."""
    listed = capture(["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"])
    return sorted({Path(name) for name in listed.split("\0") if name and (CHECKOUT / name).is_file()})


@contextmanager
def collection_copy(venv: Path = NEWEST) -> Iterator[Path]:
    """A copy of the project in an ``ansible_collections`` tree of its own, beside the collections it depends on.

    Tools that write beside what they look at, or that want this layout, get it without touching the checkout.
    """
    with tempfile.TemporaryDirectory(prefix="eks-windows-gate-") as folder:
        root = Path(folder) / "ansible_collections"
        copy = root / "cloudops" / "eks_windows"
        for file in project_files():
            target = copy / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / file, target)
        installed = sorted(venv.glob("lib/python3*/site-packages/ansible_collections"))[0]
        for namespace in ("amazon", "kubernetes"):
            (root / namespace).symlink_to(installed / namespace)
        yield copy
