# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The built collection: what is in it, that it installs and works alone, and galaxy-importer's word on it."""

from __future__ import annotations

import json
import shutil
import tarfile
import tempfile
from pathlib import Path

from tests.gates._outcome import Outcome
from tests.gates._places import COLLECTION, NEWEST, capture, collection_copy, environment, run

SECONDS = 60
# The whole list: anything else at the top is something users don't need.
SHIPPED = {
    "CHANGELOG.rst", "FILES.json", "LICENSE", "MANIFEST.json", "README.md", "changelogs", "docs", "extensions", "meta",
    "playbooks", "plugins", "requirements.txt", "requirements.yml", "roles",
}  # fmt: skip
NEVER = (".pyc", ".tar.gz", ".orig", ".rej", ".swp", "~")
SMALL = 2_000_000
KINDS = {"modules": "module", "lookup": "lookup", "filter": "filter", "inventory": "inventory"}


def content_problems(artifact: Path) -> list[str]:
    """What does not belong in the artifact, or is missing."""
    with tarfile.open(artifact) as archive:
        names = archive.getnames()
    tops = {name.split("/")[0] for name in names}
    problems = [f"{top} is in the artifact" for top in sorted(tops - SHIPPED)]
    problems += [f"{name} is not in the artifact" for name in sorted(SHIPPED - tops)]
    problems += [
        f"{name} is in the artifact"
        for name in names
        if name.endswith(NEVER) or "__pycache__" in name or "/." in f"/{name}".replace("/./", "/")
    ]
    if artifact.stat().st_size > SMALL:
        problems.append(f"the artifact has {artifact.stat().st_size} bytes")
    return problems


def use_problems(artifact: Path, folder: Path) -> list[str]:
    """What does not work once the artifact is installed beside its dependencies, and nothing else of the project."""
    variables = environment(own_home=True, ANSIBLE_COLLECTIONS_PATH=str(folder))
    command = [str(NEWEST / "bin" / "ansible-galaxy"), "collection", "install", str(artifact)]
    command += ["--collections-path", str(folder), "--no-deps"]
    if run(command, variables, folder):
        return ["the artifact does not install"]
    problems = []
    plugins = folder / "ansible_collections" / "cloudops" / "eks_windows" / "plugins"
    for directory, kind in KINDS.items():
        names = sorted(f"{COLLECTION}.{file.stem}" for file in (plugins / directory).glob("[!_]*.py"))
        if names:
            shown = json.loads(
                capture([NEWEST / "bin" / "ansible-doc", "--json", "-t", kind, *names], variables, folder)
            )
            problems += [f"{kind} {name} has no documentation" for name in names if not shown.get(name)]
    listed = capture([NEWEST / "bin" / "ansible-doc", "-t", "role", "--list", "--json", COLLECTION], variables, folder)
    roles = {role.name for role in (plugins.parent / "roles").iterdir()}
    known = {name.removeprefix(f"{COLLECTION}.") for name in json.loads(listed)}
    problems += [f"role {name} has no documentation" for name in sorted(roles - known)]
    for playbook in sorted((plugins.parent / "playbooks").glob("*.yml")):
        name = f"{COLLECTION}.{playbook.stem}"
        if run([NEWEST / "bin" / "ansible-playbook", "--syntax-check", name], variables, folder):
            problems.append(f"playbook {name} does not pass its syntax check")
    return problems


def gate() -> Outcome:
    """Build, look, install, use, import: four tests."""
    with collection_copy() as copy, tempfile.TemporaryDirectory(prefix="eks-windows-artifact-") as name:
        folder = Path(name)
        # git's files are left out by galaxy.yml; what only a checkout has is put there to see it left out.
        for litter in (
            ".venv/bin/python",
            ".pytest_cache/x",
            "plugins/modules/__pycache__/x.cpython-312.pyc",
            "old.tar.gz",
        ):
            (copy / litter).parent.mkdir(parents=True, exist_ok=True)
            (copy / litter).write_text("litter")
        variables = environment(own_home=True)
        if run([NEWEST / "bin" / "ansible-galaxy", "collection", "build", "--output-path", folder], variables, copy):
            return Outcome(failed=1)
        artifact = next(iter(folder.glob("*.tar.gz")))
        results = [content_problems(artifact), use_problems(artifact, folder)]
        importer = folder / "importer"
        importer.mkdir()
        shutil.copy(artifact, importer)
        variables |= {"GALAXY_IMPORTER_TMP_ROOT_DIR": str(importer), "GALAXY_IMPORTER_ANSIBLE_LOCAL_TMP": str(importer)}
        command = [str(NEWEST / "bin" / "python"), "-m", "galaxy_importer.main", artifact.name]
        results.append(["galaxy-importer refuses the artifact"] if run(command, variables, importer) else [])
    for problem in (problem for problems in results for problem in problems):
        print(problem)
    failed = sum(1 for problems in results if problems)
    return Outcome(len(results) - failed + 1, failed)
