# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The role that AWS calls are made as: amazon.aws has this for lookups alone."""

    DOCUMENTATION = r"""
options:
  assume_role_arn:
    description:
      - ARN of the IAM role to assume for the calls to AWS.
      - The other AWS options give the credentials that assume it; they need C(sts:AssumeRole) on it.
    type: str
    aliases: [iam_role_arn]
  assume_role_external_id:
    description: External ID that the trust policy of O(assume_role_arn) asks for.
    type: str
  assume_role_session_name:
    description: Name of the assumed role's session, as CloudTrail shows it.
    type: str
    default: cloudops.eks_windows
"""
