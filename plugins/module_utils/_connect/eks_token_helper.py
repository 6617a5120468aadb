# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Prints a fresh EKS token as an ExecCredential: the ``exec`` user of the collection's kubeconfigs.

Run as a file, by any Python that has botocore, with no Ansible around. Whatever goes wrong is one line on standard
error and exit status 1, and holds no secret.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.util
import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = Path(__file__).parent
API_VERSION = "client.authentication.k8s.io/v1beta1"


def sibling(name: str) -> ModuleType:
    """A file beside this one that imports nothing of the collection."""
    spec = importlib.util.spec_from_file_location(f"_eks_windows_{name}", FOLDER / f"{name}.py")
    if spec is None or spec.loader is None:
        raise ImportError(f"{FOLDER / name}.py is missing")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--cluster-name", required=True, help="name, for a local cluster on Outposts the id")
    parser.add_argument("--region", required=True)
    parser.add_argument("--profile")
    parser.add_argument("--assume-role-arn", help="role for everything said to AWS")
    parser.add_argument("--assume-role-external-id")
    parser.add_argument("--assume-role-session-name", default="cloudops.eks_windows")
    parser.add_argument("--kubernetes-role-arn", help="role shown to Kubernetes, assumed last")
    parser.add_argument("--aws-ca-bundle", help="authorities that AWS's certificates are checked against")
    parser.add_argument("--no-validate-certs", action="store_true", help="do not check AWS's certificates")
    parser.add_argument("--request-timeout", type=int, default=30, help="seconds that one request may take")
    return parser.parse_args(arguments)


def credential(options: argparse.Namespace, now: datetime.datetime) -> dict[str, Any]:
    """The ExecCredential."""
    sessions, eks_token = sibling("sessions"), sibling("eks_token")
    session = sessions.new_session(options.profile)
    keys = {} if options.profile else sessions.keys_of(os.environ)
    if "access_key" in keys and "secret_key" in keys:
        session.set_credentials(keys["access_key"], keys["secret_key"], keys.get("session_token"))
    if options.assume_role_arn:
        session = assumed(sessions, session, options, options.assume_role_arn, options.assume_role_external_id)
    if options.kubernetes_role_arn:
        session = assumed(sessions, session, options, options.kubernetes_role_arn, None)
    credentials = session.get_credentials()
    if credentials is None:
        raise LookupError("no AWS credentials were found in the environment, the profile or the instance")
    session.get_partition_for_region(options.region)
    host = sessions.sts_host(session, options.region)
    return {
        "apiVersion": API_VERSION,
        "kind": "ExecCredential",
        "spec": {},
        "status": {
            "expirationTimestamp": eks_token.expires_at(now),
            "token": eks_token.presigned_token(credentials, host, options.region, options.cluster_name),
        },
    }


def assumed(
    sessions: ModuleType, session: Any, options: argparse.Namespace, role_arn: str, external_id: str | None
) -> Any:
    """A session with the credentials of a role, and the settings of the profile."""
    client = sessions.create_client(
        session,
        "sts",
        region_name=options.region,
        verify=False if options.no_validate_certs else options.aws_ca_bundle,
        config=sessions.client_config(session, options.request_timeout),
    )
    answer = sessions.assume_role(client, role_arn, options.assume_role_session_name, external_id)
    own = sessions.new_session(options.profile)
    own.set_credentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])
    return own


def main(arguments: list[str] | None = None) -> int:
    """Print the credential; 0, or 1 with one line on standard error."""
    options = parsed(arguments)
    try:
        sys.stdout.write(json.dumps(credential(options, datetime.datetime.now(datetime.UTC))) + "\n")
    except Exception as error:  # noqa: BLE001
        # Whoever runs this reads one line; a traceback could show what it must not.
        words = sibling("redaction").scrub(" ".join(str(error).split())) or type(error).__name__
        if isinstance(error, NameError):
            words = f"the Python {sys.executable} has no botocore"
        sys.stderr.write(f"No token for cluster {options.cluster_name}: {words}\n")
        return 1
    return 0


if __name__ == "__main__":
    # The folder of a script comes first in the search for modules, and these files are not meant to be found there.
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != FOLDER.resolve()]
    raise SystemExit(main())
