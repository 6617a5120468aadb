# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: gates help setup setup-demo setup-tests setup-oldest setup-newest-and-oldest setup-benchmark control-plane browser demo test test-live benchmark rules-docs clean

VENV := $(CURDIR)/.venv
VAR := $(VENV)/var
RUN := $(VENV)/bin/python
# Sets up the environments; a Python that is already chosen is kept, PYTHON=... chooses another.
SETUP_PYTHON = $(eval SETUP_PYTHON := $(shell sh tests/setup/find_python.sh 3.12 3.13 3.14 3.11))$(SETUP_PYTHON)
SETUP = $(if $(SETUP_PYTHON),$(SETUP_PYTHON) -B tests/setup/environment.py,false)

CONTROL_PLANE ?= emulated
export CONTROL_PLANE

# Everything the commands write stays in .venv: the home of Ansible, byte code, caches.
export ANSIBLE_HOME := $(VAR)/ansible
export ANSIBLE_COLLECTIONS_PATH := $(VENV)/collections
export PYTHONPYCACHEPREFIX := $(VAR)/pycache
export HYPOTHESIS_STORAGE_DIRECTORY := $(VAR)/hypothesis
export PATH := $(VENV)/bin:$(PATH)
# An environment or a configuration of the person's own must not steer the project's runs.
unexport ANSIBLE_CONFIG PYTHONPATH VIRTUAL_ENV KUBECONFIG
# Nor may one slow them down: without byte code each command compiles Ansible and the clients of the APIs anew.
unexport PYTHONDONTWRITEBYTECODE

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' Makefile
	@echo "  make test-<gate>        Run one gate; their names: make gates"

setup: setup-newest-and-oldest setup-benchmark control-plane browser ## Install everything the other targets need into .venv

setup-demo:
	@$(SETUP) demo

setup-tests:
	@$(SETUP) demo tests

setup-oldest:
	@$(SETUP) oldest

setup-newest-and-oldest:
	@$(SETUP) demo tests oldest

setup-benchmark:
	@$(SETUP) demo benchmark

# Its absence is no error here: the tests that need it say what was missing.
control-plane: setup-tests
	@$(RUN) -m tests.testbed.kubernetes.real.build || echo "setup: no real control plane here, see above; tests on it will not run"

# The same for the browser that looks at the report's page.
browser: setup-tests
	@$(RUN) -m tests.setup.chromium || echo "setup: no browser here, see above; tests of the report's page will not run"

demo: setup-demo ## Preflight, enable, preflight on an embedded fleet (CONTROL_PLANE=real for real API servers)
	@exec $(RUN) -m tests.demo --control-plane $(CONTROL_PLANE)

test: setup ## Run every test and gate, then say what ran and what could not
	@$(RUN) -m tests.gates

test-unit: setup-tests ## Run the unit tests (seconds)
	@$(RUN) -m tests.gates --verbose unit

test-integration: setup-tests control-plane ## Run the integration tests, on the emulated and the real control plane
	@$(RUN) -m tests.gates --verbose integration integration_roles integration_legacy_roles

test-live: setup-tests ## Prove the assumptions on a cluster of AWS: CLUSTER=name REGION=region (no part of test)
	@exec $(RUN) -m tests.live --cluster '$(CLUSTER)' --region '$(REGION)' $(LIVE_ARGUMENTS)

test-oldest-%: setup-tests setup-oldest
	@$(RUN) -m tests.gates --verbose oldest-$*

test-%: setup-tests
	@$(RUN) -m tests.gates --verbose $*

rules-docs: setup-tests ## Write docs/rules, the reference of the rules, from the rules
	@$(RUN) -m tests.setup.rules_docs

gates: ## List the gates
	@$(SETUP_PYTHON) -B -m tests.gates --list

benchmark: setup-benchmark ## Measure CPU, wall time and API calls per cluster, beside what else there is (quarter of an hour)
	@$(RUN) -m tests.benchmark $(BENCHMARK_ARGUMENTS)

clean: ## Remove .venv and everything in it
	rm -rf $(VENV)
