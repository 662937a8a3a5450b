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
#   make reference    write the pages of docs/reference from the code
#   make lock    renew the hashed lock files
#   make wheel    build wheel and source archive into dist/, with hashed build tools
#   make sbom     write the bill of materials of what is installed, CycloneDX, into dist/
#   make audit    look the locked versions up among known vulnerabilities; asks a network service
#   make container-check    build and run the container's steps without an engine; needs root
#   make container    build the image, start both services, ask for their health; needs Docker

PYTHON ?= python3
VENV := .venv
TORCH_VENV := .venv-torch
ARCHITECTURES_VENV := .venv-architectures
SUPPLY_VENV := .venv-supply
PIP_FLAGS := --quiet --disable-pip-version-check
DEMO_HOME ?= .demo
# What people install; the other locks are for building and testing.
SHIPPED_LOCKS := base serve quality
CHECKED := src tests benchmarks tools container
# Tests of one file share what they set up, and stay together; in the order of tests/conftest.py.
TEST_PROCESSES ?= 2
PYTEST_AT_ONCE := --numprocesses $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder
# As many processes as cores: threads of theirs would wait for each other.
ONE_THREAD := OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1

.DEFAULT_GOAL := help
.PHONY: help demo test test-server test-torch test-architectures check fmt bench lock wheel-test soak screenshots reference \
  wheel release-check sbom audit container container-check clean

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

$(SUPPLY_VENV)/.ready: requirements/supply.txt
	$(PYTHON) -m venv $(SUPPLY_VENV)
	$(SUPPLY_VENV)/bin/python -m pip install $(PIP_FLAGS) --require-hashes -r requirements/supply.txt
	touch $@

demo: $(VENV)/.serve
	$(VENV)/bin/goodsight demo --home $(DEMO_HOME)

test: $(VENV)/.dev test-torch
	$(ONE_THREAD) $(VENV)/bin/python -m pytest $(PYTEST_AT_ONCE) --cov --cov-report=
	$(VENV)/bin/python -m coverage report --skip-covered --sort cover | tail -n 25

# Each test home has a database of its own on that server; 5 GB of disk meanwhile.
test-server: $(VENV)/.dev
	$(ONE_THREAD) $(VENV)/bin/python tests/on_server.py $(PYTEST_AT_ONCE)

test-torch: $(TORCH_VENV)/.ready
	$(ONE_THREAD) $(TORCH_VENV)/bin/python -m pytest -q $(PYTEST_AT_ONCE) tests/encoders/test_torch_parity.py \
	  tests/hub/test_transformers_parity.py tests/training

test-architectures: $(ARCHITECTURES_VENV)/.ready
	$(ARCHITECTURES_VENV)/bin/python -m pytest -q -s tests/training/test_architectures.py

check: $(VENV)/.dev
	$(VENV)/bin/ruff format --check $(CHECKED)
	$(VENV)/bin/ruff check $(CHECKED)
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml
	$(VENV)/bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(VENV)/bin/zizmor --quiet --offline --persona pedantic .github/workflows

fmt: $(VENV)/.dev
	$(VENV)/bin/ruff format $(CHECKED)
	$(VENV)/bin/ruff check --fix $(CHECKED)

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
	GOODSIGHT_TEST_KILLS=250 GOODSIGHT_TEST_RE_EMBEDDING_KILLS=100 $(VENV)/bin/python -m pytest \
	  tests/test_kill.py tests/stores/test_killed.py tests/service/test_killed.py \
	  tests/test_re_embedding_killed.py

# The pictures in docs/images; needs Chromium and the sample store of `make demo`.
screenshots: $(VENV)/.dev
	$(VENV)/bin/goodsight demo --no-serve --home $(DEMO_HOME)
	$(VENV)/bin/python tools/screenshots.py

wheel: $(VENV)/.dev
	$(VENV)/bin/uv build --quiet --out-dir dist --build-constraints requirements/build.txt \
	  --require-hashes

reference: $(VENV)/.dev
	$(VENV)/bin/python tools/reference

# A tag that is not the version would publish something else than it says.
release-check:
	test "$(TAG)" = "v$$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)"
	grep -q "^## $$(echo '$(TAG)' | sed s/^v//)$$" CHANGELOG.md

# Of the locks, not of one machine: every file that may be installed, with its hashes.
sbom: $(SUPPLY_VENV)/.ready
	mkdir -p dist
	for lock in $(SHIPPED_LOCKS); do \
	  $(SUPPLY_VENV)/bin/python -W ignore -m cyclonedx_py requirements requirements/$$lock.txt \
	    --pyproject pyproject.toml --mc-type library --output-reproducible \
	    --of JSON --output-file dist/goodsight-$$lock.cdx.json || exit 1; \
	done

audit: $(SUPPLY_VENV)/.ready
	for lock in $(SHIPPED_LOCKS) build dev supply; do \
	  $(SUPPLY_VENV)/bin/pip-audit --strict --require-hashes --disable-pip -r requirements/$$lock.txt \
	    || exit 1; \
	done

# The base images are replaced by this machine, and the database's by PostgreSQL of the wheel.
container-check: $(VENV)/.dev
	$(VENV)/bin/python tools/container_steps

# A key first: without one the service refuses to listen to anybody else.
container:
	mkdir -p feeds && mkdir -p -m 0700 secrets
	test -s secrets/database_password || openssl rand -hex 24 > secrets/database_password
	chmod 0644 secrets/database_password
	test -s secrets/owner_key || \
	  docker compose run --build --rm -T goodsight key create owner --role admin > secrets/owner_key
	docker compose up --build --wait

lock: $(VENV)/.dev
	$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header pyproject.toml -o requirements/base.txt
	$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header pyproject.toml --extra serve -o requirements/serve.txt
	$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header pyproject.toml --extra serve --extra quality \
	  -o requirements/quality.txt
	$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --group build -o requirements/build.txt
	$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-strip-extras --no-emit-index-url --no-header --group supply -o requirements/supply.txt
	$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-strip-extras --no-emit-index-url --no-header pyproject.toml --extra quality --extra hub \
	  --extra text --extra feeds --extra heic \
	  --extra voice --extra voice-models --extra serve --extra client --group dev \
	  -o requirements/dev.txt

clean:
	rm -rf $(VENV) $(TORCH_VENV) $(ARCHITECTURES_VENV) $(SUPPLY_VENV) $(DEMO_HOME) build dist .coverage
