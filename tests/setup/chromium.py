# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds Chromium, or fetches Debian's package of it once: ``python -m tests.setup.chromium`` prints the program.

One that is installed is taken as it is. Else the package, and what it needs and the machine lacks, is unpacked into
the user's cache folder: no root is needed, and nothing of the machine is changed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.testbed.kubernetes.real.cache import cache_folder, exclusive
from tests.testbed.kubernetes.real.debian import Apt, DebianError

PACKAGE = "chromium"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A machine without fonts draws no letters.
FONTS = "fonts-dejavu-core"
FONT_SETTINGS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


class BrowserMissingError(Exception):
    """There is no browser here; the message says what was missing and what else there is."""


@dataclass(frozen=True)
class Browser:
    """A Chromium that runs.

    Attributes:
        program: Its path.
        environment: The variables that it needs beside the machine's own.
    """

    program: Path
    environment: dict[str, str]

    def version(self) -> str:
        """What it says of itself; empty where it does not run."""
        try:
            done = subprocess.run(
                [str(self.program), "--version"],
                env={**os.environ, **self.environment},
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
                stdin=subprocess.DEVNULL,
            )
        except (OSError, subprocess.SubprocessError):
            return ""
        return "" if done.returncode else done.stdout.strip()


def find_browser() -> Browser:
    """The installed Chromium, or the one in the cache folder.

    Raises:
        BrowserMissingError: Where neither is there, or neither runs.
    """
    for name in NAMES:
        path = shutil.which(name)
        if path and (found := Browser(Path(path), {})).version():
            return found
    unpacked = _unpacked(_folder())
    if unpacked.version():
        return unpacked
    raise BrowserMissingError(f"no Chromium: none of {', '.join(NAMES)} is installed, and none was fetched from Debian")


def ensure_browser() -> Browser:
    """The Chromium that is there, or the one that is fetched now.

    Raises:
        BrowserMissingError: With the reason and the other way, to install it.
    """
    with exclusive("chromium"):
        try:
            return find_browser()
        except BrowserMissingError:
            pass
        try:
            fetched = _fetch(_folder())
        except (DebianError, OSError, subprocess.CalledProcessError) as error:
            raise BrowserMissingError(f"Chromium could not be fetched: {error}. Install package {PACKAGE}.") from error
    if not fetched.version():
        raise BrowserMissingError(f"Chromium was fetched and does not run: {fetched.program}. Install {PACKAGE}.")
    return fetched


def _folder() -> Path:
    return cache_folder() / "chromium"


def _unpacked(root: Path) -> Browser:
    # Its own folder is where it looks first; some packages have a folder of their own beside the others' libraries.
    files = [*root.glob("lib/*-linux-gnu/**/*.so*"), *root.glob("usr/lib/*-linux-gnu/**/*.so*")]
    libraries = sorted({str(file.parent) for file in files})
    environment = {"LD_LIBRARY_PATH": os.pathsep.join(libraries)} if libraries else {}
    settings = root / "fonts.conf"
    if settings.exists():
        environment["FONTCONFIG_FILE"] = str(settings)
    return Browser(root / "usr/lib/chromium/chromium", environment)


def _fetch(target: Path) -> Browser:
    _say("fetching Chromium from this machine's Debian mirrors (about 110 MB)")
    with tempfile.TemporaryDirectory(prefix="chromium-", dir=cache_folder()) as folder:
        apt = Apt(Path(folder) / "apt")
        complaints = apt.update()
        try:
            packages = apt.missing(PACKAGE)
        except DebianError as error:
            raise DebianError(f"{error} {complaints}".strip()) from error
        if not packages:
            raise DebianError(f"package {PACKAGE} is installed, and its program does not run")
        root = Path(folder) / "root"
        without_fonts = not any(Path("/usr/share/fonts").rglob("*.ttf"))
        apt.unpack([*packages, *([FONTS] if without_fonts and FONTS not in packages else [])], root)
        if without_fonts:
            (root / "fonts.conf").write_text(
                FONT_SETTINGS.format(fonts=target / "usr/share/fonts", cache=target / "font-cache"), encoding="utf-8"
            )
        shutil.rmtree(target, ignore_errors=True)
        # By a rename at the end, so that whatever is there is whole.
        root.rename(target)
    return _unpacked(target)


def _say(text: str) -> None:
    print(f"browser: {text}", file=sys.stderr, flush=True)


def main() -> int:
    """Print the program and its version."""
    try:
        browser = ensure_browser()
    except BrowserMissingError as error:
        print(f"browser: {error}", file=sys.stderr)
        return 1
    print(f"{browser.program}: {browser.version()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
