# Crossing Guard. Every target sets up what it needs by itself: Python 3.11 or newer is all a fresh machine must have.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT := out
TORCH := 2.13.0

.DEFAULT_GOAL := help
.PHONY: help install demo test check format bench install-detoxify test-detoxify requirements clean

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

install: $(VENV)/.installed ## Set up .venv with the program and everything its tests need

$(VENV)/.installed: pyproject.toml requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Crossing Guard needs Python 3.11 or newer: make PYTHON=python3.12 …' >&2; exit 2; }
	@if command -v uv >/dev/null 2>&1 && uv venv -q --clear --python "$$(command -v $(PYTHON))" $(VENV) && \
	    uv pip install -q --python $(BIN)/python --require-hashes -r requirements/dev.txt && \
	    uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .; then :; else \
	  $(PYTHON) -m venv --clear $(VENV) && \
	  $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt && \
	  $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .; fi
	@touch $@

demo: install ## Try it: screen an example school's export and write a report you can open
	@mkdir -p $(OUT)
	$(BIN)/crossing-guard screen examples/lincoln-slack-export.zip --report $(OUT)/report.html --output $(OUT)/screened.jsonl
	@echo; echo "The report for people: $(OUT)/report.html    One line a comment, for scripts: $(OUT)/screened.jsonl"

test: install ## Run every test that needs no special machine
	$(BIN)/python -m pytest -m 'not detoxify'

check: install ## Format, lint and types: what CI checks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: install ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: install ## Measure throughput, latency, memory and start-up; figures go to out/benchmarks/
	$(BIN)/python -m benchmarks --output $(OUT)/benchmarks

install-detoxify: $(VENV)/.detoxify

$(VENV)/.detoxify: $(VENV)/.installed requirements/detoxify.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check 'torch==$(TORCH)'
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements/detoxify.txt
	@touch $@

test-detoxify: install-detoxify ## Run the tests that use the real detoxify package and torch
	$(BIN)/python -m pytest -m detoxify

requirements: ## Pin all dependencies again, with hashes
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate \
	  --extra postgres pyproject.toml -o requirements/runtime.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate \
	  -c requirements/runtime.txt --extra dev pyproject.toml -o requirements/dev.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate \
	  -c requirements/dev.txt --overrides requirements/without-torch.in --extra detoxify \
	  pyproject.toml -o requirements/detoxify.txt

clean: ## Remove what was made
	rm -rf $(VENV) $(OUT) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
