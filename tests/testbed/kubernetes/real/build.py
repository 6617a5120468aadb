# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds kube-apiserver and kube-controller-manager 1.20.2 from Debian's source package, once.

Run as ``python -m tests.testbed.kubernetes.real.build``. Takes about four minutes on two cores, 3 GB of disk
meanwhile and 160 MB afterwards. 1.20 is the last release of the legacy era: its beta APIs are those that
legacy Windows support was written for.

Debian's patches of this package concern what kubectl prints, so the upstream tarball is built as it is. The
tarball lacks the generated OpenAPI definitions; they are made with the generator that it carries. Go 1.19
refuses the vendor folder in module mode, hence GOPATH mode. The tarball's copy of reflect2 corrupts memory when
it was compiled by Go 1.18 or later (an API server ends when a webhook's patch is noted for the audit log), so
Debian's own, later one takes its place.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from tests.testbed.kubernetes.real.cache import KUBERNETES_VERSION, built_binaries, cache_folder, exclusive
from tests.testbed.kubernetes.real.debian import Apt, DebianError

PROGRAMS = ("kube-apiserver", "kube-controller-manager")
PACKAGE = "kubernetes"
PROJECT = "k8s.io/kubernetes"
REFLECT2 = "github.com/modern-go/reflect2"
REFLECT2_PACKAGE = "golang-github-modern-go-reflect2-dev"
PROGRESS_SECONDS = 10.0


class BuildError(Exception):
    """The build cannot be done here; the message says why and what else there is."""


def _say(text: str) -> None:
    print(f"control plane: {text}", file=sys.stderr, flush=True)


def ensure_built() -> Path:
    """The folder with the finished binaries, which are built first where they are missing.

    Raises:
        BuildError: With the reason and the other way, KUBEBUILDER_ASSETS.
    """
    target = built_binaries()
    if target.is_dir():
        return target
    with exclusive("kubernetes-build"):
        if not target.is_dir():
            try:
                _build(target)
            except (DebianError, OSError, subprocess.CalledProcessError) as error:
                raise BuildError(
                    f"Kubernetes {KUBERNETES_VERSION} could not be built: {error}. Set KUBEBUILDER_ASSETS to a folder "
                    "with kube-apiserver, etcd and kube-controller-manager of any version instead."
                ) from error
    return target


def _build(target: Path) -> None:
    started = time.monotonic()
    work = cache_folder() / "kubernetes-build"
    finished = work / "finished"
    for old in (work / "gopath", work / "source", work / "reflect2", finished):
        shutil.rmtree(old, ignore_errors=True)
    finished.mkdir(parents=True)

    apt = _Packages(work / "apt")
    go = _go(apt, work)
    if not shutil.which("etcd"):
        _say("fetching etcd")
        apt.ready().unpack(["etcd-server"], work / "etcd")
        shutil.copy2(work / "etcd" / "usr" / "bin" / "etcd", finished / "etcd")
    project = _unpack_source(_download_source(apt.ready(), work / "source"), work / "gopath")
    _replace_reflect2(apt.ready(), work, project)
    environment = _go_environment(work)
    _generate_openapi(go, project, environment)
    _compile(go, project, environment, finished)
    _check_version(finished / "kube-apiserver")

    (finished / "BUILD.json").write_text(
        json.dumps({"version": KUBERNETES_VERSION, "seconds": round(time.monotonic() - started)}), encoding="utf-8"
    )
    finished.rename(target)
    _remove_tree(work)
    _say(f"built in {time.monotonic() - started:.0f} s, kept in {target}")


class _Packages:
    """apt whose lists are fetched when the first package is wanted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._apt: Apt | None = None

    def ready(self) -> Apt:
        if self._apt is None:
            _say("fetching the package lists of this machine's Debian mirrors, sources included")
            self._apt = Apt(self._folder)
            self._complaints = self._apt.update()
            if not self._apt.source_versions(PACKAGE):
                raise DebianError(
                    f"the mirrors of this machine hold no source package {PACKAGE} {KUBERNETES_VERSION}"
                    + (f" ({self._complaints})" if self._complaints else "")
                )
        return self._apt


def _go(packages: _Packages, work: Path) -> str:
    found = shutil.which("go")
    if found:
        return found
    unpacked = work / "go"
    if not list(unpacked.glob("usr/lib/go-*/bin/go")):
        apt = packages.ready()
        compilers = [name for name in apt.dependencies("golang-go") if name.startswith("golang-")]
        names = sorted({*compilers, *(name.removesuffix("-go") + "-src" for name in compilers if name.endswith("-go"))})
        if not names:
            raise DebianError("no Go compiler here, and no package golang-go at the mirrors of this machine")
        _say(f"fetching Go: {', '.join(names)}")
        apt.unpack(names, unpacked)
    compilers_found = sorted(str(path) for path in unpacked.glob("usr/lib/go-*/bin/go"))
    if not compilers_found:
        raise DebianError("the fetched packages of golang-go hold no compiler")
    return compilers_found[-1]


def _download_source(apt: Apt, folder: Path) -> Path:
    versions = apt.source_versions(PACKAGE)
    wanted = [version for version in versions if f"really{KUBERNETES_VERSION}" in version]
    if not wanted:
        raise DebianError(f"Debian has {PACKAGE} {', '.join(versions)} here, not {KUBERNETES_VERSION}")
    _say(f"fetching the source package {PACKAGE} {wanted[0]} (35 MB)")
    files = apt.download_source(PACKAGE, wanted[0], folder)
    return next(file for file in files if ".orig.tar." in file.name)


def _unpack_source(tarball: Path, gopath: Path) -> Path:
    _say("unpacking")
    parent = gopath / "src" / "k8s.io"
    parent.mkdir(parents=True)
    with tarfile.open(tarball) as archive:
        # Python before 3.11.4 knows no filters, and ignores this.
        archive.extraction_filter = getattr(tarfile, "tar_filter", None)
        archive.extractall(parent)
    (extracted,) = parent.iterdir()
    return extracted.rename(parent / "kubernetes")


def _replace_reflect2(apt: Apt, work: Path, project: Path) -> None:
    unpacked = work / "reflect2"
    _say(f"fetching {REFLECT2_PACKAGE}")
    apt.unpack([REFLECT2_PACKAGE], unpacked)
    vendored = project / "vendor" / REFLECT2
    shutil.rmtree(vendored)
    shutil.copytree(unpacked / "usr/share/gocode/src" / REFLECT2, vendored)


def _go_environment(work: Path) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GO")}
    environment |= {
        "GOPATH": str(work / "gopath"),
        "GOCACHE": str(work / "gocache"),
        "GOENV": "off",
        "GO111MODULE": "off",
        "CGO_ENABLED": "0",
    }
    return environment


def _generate_openapi(go: str, project: Path, environment: dict[str, str]) -> None:
    _say("generating the OpenAPI definitions")
    generator = project.parent / "openapi-gen"
    subprocess.run(
        [go, "build", "-o", str(generator), "./vendor/k8s.io/kube-openapi/cmd/openapi-gen"],
        cwd=project,
        env=environment,
        check=True,
    )
    inputs = ",".join(f"{PROJECT}/{folder}" for folder in openapi_packages(project))
    report = project.parent / "openapi-violations"
    subprocess.run(
        [
            *(str(generator), "--logtostderr", "-i", inputs, "-p", f"{PROJECT}/pkg/generated/openapi"),
            *("-O", "zz_generated.openapi", "-h", "vendor/k8s.io/code-generator/hack/boilerplate.go.txt"),
            *("-r", str(report)),
        ],
        cwd=project,
        env=environment,
        check=True,
    )
    if report.read_text() != (project / "api/api-rules/violation_exceptions.list").read_text():
        raise DebianError("the OpenAPI generator found other packages than upstream's own build does")


def openapi_packages(project: Path) -> list[str]:
    """The packages of the Kubernetes source tree ``project`` that ask for OpenAPI definitions, relative to it."""
    roots = [project / name for name in ("cmd", "pkg", "plugin")]
    roots += sorted(
        path
        for path in (project / "vendor/k8s.io").iterdir()
        if path.name not in ("code-generator", "sample-apiserver")
    )
    found: set[str] = set()
    for root in roots:
        for folder, _, files in os.walk(root):
            for name in files:
                if name.endswith(".go") and _asks_for_openapi(Path(folder, name)):
                    found.add(str(Path(folder).relative_to(project)))
                    break
    return sorted(found)


def _asks_for_openapi(file: Path) -> bool:
    with file.open(encoding="utf-8", errors="replace") as lines:
        return any(line.startswith("//") and line[2:].lstrip().startswith("+k8s:openapi-gen=") for line in lines)


def _compile(go: str, project: Path, environment: dict[str, str], target: Path) -> None:
    packages = [f"./cmd/{program}" for program in PROGRAMS]
    listed = subprocess.run(
        [go, "list", "-deps", *packages], cwd=project, env=environment, check=True, capture_output=True, text=True
    )
    total = len(listed.stdout.splitlines())
    _say(f"compiling {' and '.join(PROGRAMS)}: {total} packages, about 4 minutes on 2 cores")
    command = [go, "build", "-v", "-trimpath", "-ldflags", _version_flags(), "-o", str(target), *packages]
    with subprocess.Popen(
        command, cwd=project, env=environment, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    ) as process:
        output = _watch(process, total)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, stderr=output)


def _watch(process: subprocess.Popen[str], total: int) -> str:
    """Tell now and then how far the compiler is; returns the last lines it printed."""
    lines: list[str] = []
    done = threading.Event()

    def report() -> None:
        while not done.wait(PROGRESS_SECONDS):
            _say(f"compiled {min(len(lines), total)} of {total} packages")

    reporter = threading.Thread(target=report, daemon=True)
    reporter.start()
    assert process.stderr is not None
    for line in process.stderr:
        lines.append(line)
    process.wait()
    done.set()
    reporter.join()
    if process.returncode:
        sys.stderr.writelines(lines[-20:])
    return "".join(lines[-20:])


def _version_flags() -> str:
    major, minor, _ = KUBERNETES_VERSION.split(".")
    values = {"gitVersion": f"v{KUBERNETES_VERSION}", "gitMajor": major, "gitMinor": minor, "gitTreeState": "archive"}
    packages = ("client-go/pkg/version", "component-base/version")
    variables = [
        f"-X {PROJECT}/vendor/k8s.io/{package}.{name}={value}" for package in packages for name, value in values.items()
    ]
    return " ".join(["-s", "-w", *variables])


def _check_version(program: Path) -> None:
    said = subprocess.run([str(program), "--version"], check=True, capture_output=True, text=True).stdout.strip()
    if said != f"Kubernetes v{KUBERNETES_VERSION}":
        raise DebianError(f"the built {program.name} says {said!r}")


def _remove_tree(folder: Path) -> None:
    """Remove a folder, read-only folders of Go's caches included."""
    for path, _, _ in os.walk(folder):
        os.chmod(path, 0o755)
    shutil.rmtree(folder)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line: builds and prints the folder."""
    try:
        print(ensure_built())
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
