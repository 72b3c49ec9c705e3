# make run: the service with demo data on this machine. make test: everything that can be tested here.
PYTHON ?= python3.11
PORT ?= 8000
BIN := .venv/bin
export TB_PORT := $(PORT)

.PHONY: run test check bench lock clean

run: .venv/runtime
	@$(BIN)/python -m tumorboard.demo.serve

test: .venv/everything
	@$(BIN)/python -m pytest -q -n 2 $(ARGS)

check: .venv/everything
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet

bench: .venv/everything
	@$(BIN)/python -m benchmarks

lock: .venv/everything
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header --no-annotate -q --extra optimiser -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header --no-annotate -q --extra optimiser --extra dev -c requirements.lock \
	  -o requirements-dev.lock pyproject.toml

clean:
	rm -rf .venv instance

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null && $(PYTHON) -m venv .venv || python3 -m venv .venv

.venv/runtime: requirements.lock | .venv/bin/python
	@echo "Installing what the service needs: once, about half a minute."
	@$(BIN)/pip install --disable-pip-version-check -qq --require-hashes -r requirements.lock
	@touch $@

.venv/everything: requirements-dev.lock | .venv/bin/python
	@$(BIN)/pip install --disable-pip-version-check -qq --require-hashes -r requirements-dev.lock
	@touch $@ .venv/runtime
