# Everything runs in an environment of its own: `make demo` and `make test` need only Python 3.11+, git, make.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
LEARN  ?= .venv-learn
TEACH  ?= .venv-encoder
PEERS  ?= .venv-peers
PREFIX ?= /opt/rollcall

# A run starts the program a hundred times; without its bytecode each start would compile it anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test check test-servers test-moodle score exam network encoder bench fuzz torture lock dist deb install clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Making the environment in $(VENV) (once) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/pip check --quiet --disable-pip-version-check
	@touch $(STAMP)

demo: $(STAMP) ## run the main job on an embedded mail server
	@$(BIN)/rollcall demo $(ARGS)

test: $(STAMP) ## unit, contract, wire and acceptance tests on the embedded servers
	$(BIN)/pytest -n 4 --dist worksteal -m "not servers and not torture and not fuzz" $(ARGS)

check: $(STAMP) ## lint, format, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test-servers: $(STAMP) ## the wire and acceptance tests on Dovecot, Postfix, PostgreSQL and Chromium
	$(BIN)/python -m tests.servers install
	$(BIN)/pytest -n 2 --dist worksteal -m "servers and not torture" $(ARGS)

test-moodle: $(STAMP) ## the directory contract on a Moodle of yours: URL=… TOKEN=…
	ROLLCALL_TEST_MOODLE_URL="$(URL)" ROLLCALL_TEST_MOODLE_TOKEN="$(TOKEN)" \
	  $(BIN)/pytest tests/contract/test_moodle_directory.py $(ARGS)

score: $(STAMP) ## read the fixture corpora and print how many are right
	$(BIN)/python -m fixtures.score_sheets
	$(BIN)/python -m fixtures.score_preference

exam: $(STAMP) ## read mails that nothing was learned from and print how many are right
	$(BIN)/python -m fixtures.score_exam $(ARGS)

network: $(STAMP) ## learn anew from fixtures/preference/ how the preference is read (half an hour)
	@test -x $(LEARN)/bin/python || $(PYTHON) -m venv $(LEARN)
	@$(LEARN)/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
	  -r requirements.lock -r requirements-learn.lock
	PYTHONPATH=. $(LEARN)/bin/python -m fixtures.learn_network $(ARGS)

encoder: $(STAMP) ## teach anew, after `network`, what is asked where it is not sure (ARGS="--further NAME…": go on)
	@test -x $(TEACH)/bin/python || $(PYTHON) -m venv $(TEACH)
	@$(TEACH)/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
	  -r requirements.lock -r requirements-encoder.lock
	PYTHONPATH=. $(TEACH)/bin/python -m fixtures.learn_encoder $(ARGS)

bench: $(STAMP) ## run every benchmark and write docs/performance.md
	@test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS)
	@$(PEERS)/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
	  -r requirements-peers.lock
	$(BIN)/python -m benchmarks

fuzz: $(STAMP) ## ten minutes of hostile bytes
	$(BIN)/pytest -m fuzz $(ARGS)

torture: $(STAMP) ## kill it three hundred times on every database
	$(BIN)/pytest -m torture -s $(ARGS)

lock: ## renew the locks: versions and hashes, no addresses
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  --all-extras -o requirements.lock pyproject.toml requirements-build.in
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  -c requirements.lock -o requirements-learn.lock requirements-learn.in
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  -c requirements.lock -o requirements-encoder.lock requirements-encoder.in
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  -o requirements-peers.lock requirements-peers.in

dist: $(STAMP) ## build the wheel and the source distribution into dist/
	$(BIN)/hatchling build -d dist

deb: dist ## build the Debian package into dist/
	VENV=$(VENV) deploy/build-deb dist

install: dist ## install into $(DESTDIR)$(PREFIX) with the systemd units (PREFIX=/opt/rollcall)
	VENV=$(VENV) deploy/install "$(DESTDIR)" "$(PREFIX)"

clean: ## remove the environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache build dist
