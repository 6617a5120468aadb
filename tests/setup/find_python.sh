#!/bin/sh
# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Prints the path of the first Python that really runs, of the versions given in order of preference:
#   find_python.sh 3.12 3.13
# A name on PATH proves nothing: version managers put launchers there for versions that are switched off.

set -u

runs() {
    "$1" - "$2" <<'PYTHON' 2>/dev/null
import ensurepip, ssl, sys, venv
if "%d.%d" % sys.version_info[:2] != sys.argv[1]:
    sys.exit(1)
print(getattr(sys, "_base_executable", sys.executable))
PYTHON
}

for version in "$@"; do
    old_ifs=$IFS
    IFS=:
    for folder in $PATH; do
        IFS=$old_ifs
        for name in "python$version" python3; do
            if [ -x "$folder/$name" ] && found=$(runs "$folder/$name" "$version") && [ -n "$found" ]; then
                printf '%s\n' "$found"
                exit 0
            fi
        done
    done
    IFS=$old_ifs
    for candidate in "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version"*"/bin/python$version" "/opt/python/$version/bin/python$version"; do
        if [ -x "$candidate" ] && found=$(runs "$candidate" "$version") && [ -n "$found" ]; then
            printf '%s\n' "$found"
            exit 0
        fi
    done
done

echo "No Python of version $* with the modules venv, ensurepip and ssl was found (on Debian: python3-venv)." >&2
exit 1
