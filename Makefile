# The commands of this project. `make preview` and `make test` do all the set-up they need.
PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.ready
RUN := $(VENV)/bin
UV := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

.PHONY: help preview run test check bench base sbom schema policies lock clean
.DEFAULT_GOAL := help

help:  ## List the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; PYTHON=/path/to/python3.11 make names another." >&2; exit 1; }
	@test -x $(RUN)/python || $(PYTHON) -m venv $(VENV) || \
	  { echo "Python's venv is missing: on Debian and Ubuntu, apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing the locked packages into $(VENV) (about a minute, once)"
	@$(RUN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(RUN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

preview: $(READY)  ## Plan and check staging and prod without an account; JSON in out/
	@$(RUN)/voicestack preview --check --out out

run: $(READY)  ## Start the app on http://127.0.0.1:8080 (PORT=… for another), with nothing else to install
	@$(RUN)/python -m app local

test: $(READY)  ## Run every test (in parallel)
	@$(RUN)/pytest -n auto

check: $(READY)  ## Lint, format and types
	@$(RUN)/ruff check .
	@$(RUN)/ruff format --check .
	@$(RUN)/mypy .

bench: $(READY)  ## Measure the figures of docs/verification.md
	@$(RUN)/python -m tests.benchmark

base: $(READY)  ## Pin the image's base by digest in the stack files (BASE_IMAGE=name:tag: another one)
	@$(RUN)/python -m release.base_image $(BASE_IMAGE)

sbom: $(READY)  ## List the packages of the app's image (CycloneDX) in out/app.cdx.json
	@mkdir -p out
	@$(RUN)/cyclonedx-py requirements app/requirements.lock --output-reproducible -o out/app.cdx.json

schema: $(READY)  ## Write the JSON Schema of the stack files
	@$(RUN)/python -m stacks.settings_schema

policies: $(READY)  ## Write docs/policies.md and the schema of the policies' configuration
	@$(RUN)/python -m policies.engine.reference

lock: $(READY)  ## Resolve requirements.lock and app/requirements.lock anew (needs uv)
	uv pip compile pyproject.toml --extra dev --extra app --extra atlas $(UV) -o requirements.lock
	uv pip compile app/requirements.in $(UV) -o app/requirements.lock

clean:  ## Remove the environment and what was written
	rm -rf $(VENV) out build *.egg-info
