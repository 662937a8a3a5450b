# The one place for recipes: people, CI and hooks call these and nothing else.
#
#   make demo    install, fetch a sample store, index it, search it, open the web page
#   make test    set up and run all tests
#   make check   formatting, lint, types, import rules
#   make fmt     format and mend what can be mended
#   make bench   measure; prints ratios
#   make test-server    all tests against a plain PostgreSQL server by URL
#   make test-architectures    export the real architectures; gigabytes, so only when asked for
#   make soak    load, hostile uploads, fuzzing and 250 kills
#   make screenshots    draw the pictures of the documentation
#   make lock    renew the hashed lock files

PYTHON ?= python3
VENV := .venv
TORCH_VENV := .venv-torch
ARCHITECTURES_VENV := .venv-architectures
PIP_FLAGS := --quiet --disable-pip-version-check
DEMO_HOME ?= .demo
# Tests of one file share what they set up, and stay together.
TEST_PROCESSES ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test test-server test-torch test-architectures check fmt bench lock wheel-test soak screenshots clean

help:
	@sed -n 's/^#   //p' Makefile

$(VENV)/.base: pyproject.toml requirements/base.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install $(PIP_FLAGS) --require-hashes -r requirements/base.txt
	$(VENV)/bin/python -m pip install $(PIP_FLAGS) --no-deps --editable .
	touch $@

$(VENV)/.serve: $(VENV)/.base requirements/serve.txt
	$(VENV)/bin/python -m pip install $(PIP_FLAGS) --require-hashes -r requirements/serve.txt
	touch $@

$(VENV)/.dev: $(VENV)/.base requirements/dev.txt
	$(VENV)/bin/python -m pip install $(PIP_FLAGS) --require-hashes -r requirements/dev.txt
	touch $@

# A separate environment: the base must be tested where no torch can be imported by accident.
$(TORCH_VENV)/.ready: $(VENV)/.dev requirements/torch.txt
	$(PYTHON) -m venv $(TORCH_VENV)
	$(TORCH_VENV)/bin/python -m pip install $(PIP_FLAGS) --require-hashes -r requirements/dev.txt
	$(TORCH_VENV)/bin/python -m pip install $(PIP_FLAGS) -r requirements/torch.txt
	$(TORCH_VENV)/bin/python -m pip install $(PIP_FLAGS) --no-deps --editable .
	touch $@

# Another one: the architectures need torchvision, which fits one version of torch only.
$(ARCHITECTURES_VENV)/.ready: requirements/base.txt requirements/architectures.txt
	$(PYTHON) -m venv $(ARCHITECTURES_VENV)
	$(ARCHITECTURES_VENV)/bin/python -m pip install $(PIP_FLAGS) --require-hashes -r requirements/base.txt
	$(ARCHITECTURES_VENV)/bin/python -m pip install $(PIP_FLAGS) -r requirements/architectures.txt
	$(ARCHITECTURES_VENV)/bin/python -m pip install $(PIP_FLAGS) --no-deps --editable .
	touch $@

demo: $(VENV)/.serve
	$(VENV)/bin/goodsight demo --home $(DEMO_HOME)

test: $(VENV)/.dev test-torch
	$(VENV)/bin/python -m pytest --numprocesses $(TEST_PROCESSES) --dist loadfile --cov --cov-report=
	$(VENV)/bin/python -m coverage report --skip-covered --sort cover | tail -n 25

# Each test home has a database of its own on that server; 5 GB of disk meanwhile.
test-server: $(VENV)/.dev
	$(VENV)/bin/python tests/on_server.py \
	  --numprocesses $(TEST_PROCESSES) --dist loadfile

test-torch: $(TORCH_VENV)/.ready
	$(TORCH_VENV)/bin/python -m pytest -q tests/encoders/test_torch_parity.py \
	  tests/hub/test_transformers_parity.py tests/training

test-architectures: $(ARCHITECTURES_VENV)/.ready
	$(ARCHITECTURES_VENV)/bin/python -m pytest -q -s tests/training/test_architectures.py

check: $(VENV)/.dev
	$(VENV)/bin/ruff format --check src tests benchmarks tools
	$(VENV)/bin/ruff check src tests benchmarks tools
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

fmt: $(VENV)/.dev
	$(VENV)/bin/ruff format src tests benchmarks tools
	$(VENV)/bin/ruff check --fix src tests benchmarks tools

bench: $(TORCH_VENV)/.ready
	$(TORCH_VENV)/bin/python -m benchmarks

# The wheel as a stranger gets it: built, installed alone, used without this checkout.
wheel-test: $(VENV)/.dev
	bash tests/wheel_test.sh $(PYTHON)

# What takes too long for every change: load, hostile uploads, fuzzing, and the plug pulled: the
# indexer 200 times and the database 50 times, with every acknowledged photo looked at; the same
# again for service and database, and for the store alone.
soak: $(VENV)/.dev
	GOODSIGHT_SOAK_SECONDS=300 $(VENV)/bin/python -m benchmarks service
	GOODSIGHT_TEST_UPLOADS=10000 GOODSIGHT_TEST_EXAMPLES=300 $(VENV)/bin/python -m pytest \
	  tests/service/test_mutations.py tests/service/test_openapi.py
	GOODSIGHT_TEST_KILLS=250 $(VENV)/bin/python -m pytest \
	  tests/test_kill.py tests/stores/test_killed.py tests/service/test_killed.py

# The pictures in docs/images; needs Chromium and the sample store of `make demo`.
screenshots: $(VENV)/.dev
	$(VENV)/bin/goodsight demo --no-serve --home $(DEMO_HOME)
	$(VENV)/bin/python tools/screenshots.py

lock: $(VENV)/.dev
	$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header pyproject.toml -o requirements/base.txt
	$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header pyproject.toml --extra serve -o requirements/serve.txt
	$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-strip-extras --no-emit-index-url --no-header pyproject.toml --extra quality --extra hub \
	  --extra text --extra feeds --extra heic \
	  --extra voice --extra voice-models --extra serve --extra client --group dev \
	  -o requirements/dev.txt

clean:
	rm -rf $(VENV) $(TORCH_VENV) $(ARCHITECTURES_VENV) $(DEMO_HOME) build dist .coverage
