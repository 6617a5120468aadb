# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Gives ansible-test the pip it wants, from the package index that pip itself uses.

ansible-test fills the environments of its sanity tests with a pip of one certain version, and downloads a
bootstrap script for it from its own project's server. Many networks reach the package index alone, so the
wheel of that version is fetched from there, and a script of the expected name runs it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import ansible_test

BOOTSTRAP = '''"""Installs what ansible-test asks for with the wheel beside this file."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "{wheel}"))

from pip._internal.cli.main import main

options = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
sys.exit(main(["install", "--upgrade", *options]))
'''


def wanted_version() -> str:
    """The pip version named in ansible-test's own source."""
    source = (Path(ansible_test.__file__).parent / "_internal" / "python_requirements.py").read_text()
    found = re.findall(r"pip='([0-9.]+)'", source)
    if not found:
        sys.exit("ansible-test no longer says which pip it wants: see get_venv_packages in python_requirements.py")
    return str(found[0])


def main() -> None:
    """Put wheel and script into the cache folder of ansible-test's home."""
    cache = Path(sys.prefix) / "var" / "home" / ".ansible" / "test" / "cache"
    version = wanted_version()
    script = cache / f"get_pip_{version.replace('.', '_')}.py"
    cache.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(cache), f"pip=={version}"],
        check=True,
    )
    script.write_text(BOOTSTRAP.format(wheel=next(cache.glob(f"pip-{version}-*.whl")).name))
    print(f"pip {version} for ansible-test: {script}")


if __name__ == "__main__":
    main()
