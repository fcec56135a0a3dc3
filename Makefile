# Crossing Guard. Every target sets up what it needs by itself: Python 3.11 or newer is all a fresh machine must have.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT := out
PIP := $(BIN)/python -m pip --disable-pip-version-check
# The one package without digests: a machine's pip settings may offer a CPU build, which is another file.
TORCH := 2.13.0
# Many tests wait for a real process or socket, so more of them than cores run side by side.
WORKERS ?= 4
# onnxruntime's official builds note down each use and send it to their maker unless told not to.
export ORT_DISABLE_TELEMETRY := 1

.DEFAULT_GOAL := help
.PHONY: help install demo report test check format bench install-detoxify test-detoxify requirements clean

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

install: $(VENV)/.installed ## Set up .venv with the program and everything its tests need

# The packages come anew, into an empty environment, only when the pins changed.
$(VENV)/.packages: requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Crossing Guard needs Python 3.11 or newer; name one, such as: make PYTHON=python3.12 install' >&2; exit 2; }
	@if command -v uv >/dev/null && uv venv -q --clear --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" $(VENV) && \
	    uv pip install -q --python $(BIN)/python --require-hashes -r requirements/dev.txt; then :; else \
	  if command -v uv >/dev/null; then echo 'uv could not do it; taking pip.' >&2; fi; \
	  $(PYTHON) -m venv --clear $(VENV) && $(PIP) install -q --require-hashes -r requirements/dev.txt; fi
	@touch $@

$(VENV)/.installed: $(VENV)/.packages pyproject.toml
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@$(PIP) install -q --no-index --no-deps --no-build-isolation -e .
	@touch $@

demo: install ## Try it: open an example school in your browser (Ctrl-C closes it)
	$(BIN)/crossing-guard demo

report: install ## Screen the example school's export; the report goes to out/report.html
	@mkdir -p $(OUT)
	$(BIN)/crossing-guard screen examples/lincoln-slack-export examples/boosters.csv \
	  --kind families-9th-grade=parent --people examples/lincoln-people.csv \
	  --time-zone America/Los_Angeles --report $(OUT)/report.html
	@echo; echo 'The report: $(OUT)/report.html'

test: install ## Run every test that needs no special machine
	$(BIN)/python -m pytest -m 'not detoxify' -n $(WORKERS) --dist loadfile

check: install ## Check format, lint and types (CI also runs test and test-detoxify)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: install ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: install ## Measure speed and memory into out/benchmarks/; only some of it: make bench ONLY=startup
	$(BIN)/python -m benchmarks $(ONLY) --output $(OUT)/benchmarks

install-detoxify: $(VENV)/.detoxify ## Add the detoxify package and torch to .venv

$(VENV)/.detoxify: $(VENV)/.packages requirements/detoxify.txt | $(VENV)/.installed
	@$(PIP) install -q 'torch==$(TORCH)'
	@$(PIP) install -q --require-hashes --no-deps -r requirements/detoxify.txt
	@touch $@

test-detoxify: install-detoxify ## Run the tests that use the real detoxify package and torch
	$(BIN)/python -m pytest -m detoxify

COMPILE = uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate

requirements: ## Pin all dependencies again, with hashes (needs uv)
	$(COMPILE) --extra postgres pyproject.toml -o requirements/runtime.txt
	$(COMPILE) -c requirements/runtime.txt --extra dev pyproject.toml -o requirements/dev.txt
	$(COMPILE) -c requirements/dev.txt requirements/build.in -o requirements/build.txt
	$(COMPILE) -c requirements/dev.txt --overrides requirements/without-torch.in --extra detoxify \
	  pyproject.toml -o requirements/detoxify.txt

clean: ## Remove what was made
	rm -rf $(VENV) $(OUT) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
