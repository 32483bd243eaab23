# The commands of this repository. `make` alone lists them.
# They work from anywhere: make -C path/to/this/directory up

PYTHON ?= python3
RUN := .venv/bin/python
# Set to 1: `make up` returns when the stack is healthy.
DETACH ?= 0
# Set to 0: `make up` does not ask the demo question.
DEMO ?= 1
# The person in whose name `make ask` asks.
USER_ID ?= 123

# As it was typed: a "$" in a question (R$$ 10) is not for make to expand.
export QUESTION := $(value Q)
unexport Q
# As it was typed too; it is a secret, and a program's arguments are everybody's to read.
export DRAFT_DSN := $(value DSN)
export DRAFT_FILE := $(value FILE)
unexport DSN FILE

PYTHON_VERSION = $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
define require_python
$(if $(filter 3.11 3.12 3.13,$(PYTHON_VERSION)),,$(error Python 3.11, 3.12 or 3.13 is needed, but $(PYTHON) is $(or $(PYTHON_VERSION),not there); choose one with PYTHON=))
endef

.DEFAULT_GOAL := help
.PHONY: help up down ask import test check containers bench eval model demo-media format lock install-local install-dev

help: ## Show these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-11s %s\n", $$1, $$2}' Makefile

up: install-local ## Start everything, ask the demo question, stay (DETACH=1 returns, DEMO=0 asks nothing)
	@exec $(RUN) -m ops.local up $(if $(filter 1,$(DETACH)),--detach) $(if $(filter 0,$(DEMO)),--no-demo)

down: ## Stop the stack that `make up` started
	@if [ -x $(RUN) ]; then exec $(RUN) -m ops.local down; else echo "not running"; fi

ask: install-local ## Ask the running stack, print the JSON answer: make ask Q="..." (USER_ID=who)
	@exec $(RUN) -m ops.local ask --user "$(USER_ID)" -- "$$QUESTION"

import: install-local ## Bring history to the running stack, show how far it is: make import FILE=history.ndjson
	@exec $(RUN) -m ops.local import -- "$$DRAFT_FILE"

test: install-dev ## Run the whole test suite, on services that it starts itself
	@exec $(RUN) -m pytest -n auto --maxprocesses 4 --dist loadfile tests

check: install-dev ## Check format, lint, types, import contracts, containers, dashboards and alerts
	@$(RUN) -m ruff format --check .
	@$(RUN) -m ruff check .
	@$(RUN) -m mypy
	@.venv/bin/lint-imports
	@$(RUN) -m ops.containers check
	@$(RUN) -m ops.grafana check
	@$(RUN) -m ops.prometheus check

containers: install-dev ## Build every image without Docker and run it (Debian, as root or with sudo)
	@exec $(RUN) -m ops.containers build

bench: install-dev ## Measure the figures of ops/load/README.md
	@exec $(RUN) -m ops.load

eval: install-dev ## Put the golden questions to the product and print how right, how dear (EVAL="--only NAME")
	@exec $(RUN) -m tests.evals $(EVAL)

model: install-local ## Draft the model of a database, for a person to finish: make model DSN=... (FILE=where)
	@exec $(RUN) -m ops.model

demo-media: install-dev ## Take the pictures of the README from the running stack (needs Chromium)
	@exec $(RUN) -m ops.media

format: install-dev ## Format the code and sort its imports
	@$(RUN) -m ruff format .
	@$(RUN) -m ruff check --fix .

# One resolution for all; the smaller locks take their versions from the whole one.
COMPILE = .venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate
lock: install-dev ## Resolve pyproject.toml into the hashed locks
	$(COMPILE) pyproject.toml --all-extras --group ui -o requirements-dev.txt
	$(COMPILE) pyproject.toml --extra api --extra worker --extra local --group ui -c requirements-dev.txt -o requirements-local.txt
	$(COMPILE) pyproject.toml --extra api -c requirements-dev.txt -o requirements-api.txt
	$(COMPILE) pyproject.toml --extra worker -c requirements-dev.txt -o requirements-worker.txt
	$(COMPILE) --group ui -c requirements-dev.txt -o requirements-ui.txt

install-local install-dev: install-%:
	$(require_python)@$(PYTHON) ops/local/install.py requirements-$*.txt
