# The commands of this project. `make preview` and `make test` do all the set-up they need.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
UV := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

.PHONY: .venv-plan .venv-all help preview run test check bench base sbom schema policies lock try-locks clean
.DEFAULT_GOAL := help

help:  ## List the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

# `plan` is what planning and `pulumi up` need, a third of `all`. Whether it is there is asked each time, in 0.03 s.
.venv-plan .venv-all:
	@test "$$($(RUN)/python -E -S -m install.stamp $(@:.venv-%=%) 2>/dev/null)" = nothing || { \
	  $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or newer is needed; make PYTHON=/path/to/python3.11 names another." >&2; exit 1; }; \
	  $(PYTHON) -m install $(@:.venv-%=%); }

preview: .venv-plan  ## Plan and check staging and prod without an account; JSON in out/
	@$(RUN)/voicestack preview --check --out out

run: .venv-all  ## Start the app on http://127.0.0.1:8080 (PORT=… for another), with nothing else to install
	@$(RUN)/python -m app local

test: .venv-all  ## Run every test (in parallel)
	@$(RUN)/pytest -n auto

check: .venv-all  ## Lint, format and types
	@$(RUN)/ruff check .
	@$(RUN)/ruff format --check .
	@$(RUN)/mypy .

bench: .venv-all  ## Measure the figures of docs/verification.md
	@$(RUN)/python -m tests.benchmark

base: .venv-plan  ## Pin the image's base by digest in the stack files (BASE_IMAGE=name:tag: another one)
	@$(RUN)/python -m release.base_image $(BASE_IMAGE)

sbom: .venv-all  ## List the packages of the app's image (CycloneDX) in out/app.cdx.json
	@mkdir -p out
	@$(RUN)/cyclonedx-py requirements app/requirements.lock --output-reproducible -o out/app.cdx.json

schema: .venv-all  ## Write the JSON Schema of the stack files
	@$(RUN)/python -m stacks.settings_schema

policies: .venv-all  ## Write docs/policies.md and the schema of the policies' configuration
	@$(RUN)/python -m policies.engine.reference

lock:  ## Resolve the three locks anew (needs uv)
	uv pip compile pyproject.toml --extra dev --extra app --extra atlas $(UV) -o requirements.lock
	uv pip compile pyproject.toml --extra atlas --constraints requirements.lock $(UV) -o requirements-plan.lock
	uv pip compile app/requirements.in --constraints requirements.lock $(UV) -o app/requirements.lock

try-locks:  ## Install each lock with the oldest pip that is supported and with the newest (minutes of downloads)
	@$(PYTHON) -m install.trial

clean:  ## Remove the environment and what was written
	rm -rf $(VENV) $(VENV)-old out build *.egg-info
