# One word per chore. `make` alone lists them.

PYTHON ?= python3
UPGRADE ?=
DATA ?= ../shared/data
MODEL ?=
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
KAFKA = $(shell sed -n 's:.*<kafka.version>\(.*\)</kafka.version>.*:\1:p' tests/kafka/pom.xml)
KAFKA_JARS = $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/earshot/kafka-$(KAFKA)
UV_COMPILE = $(BIN)/uv pip compile pyproject.toml --quiet --universal --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header --no-annotate --python-version 3.11

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format bench eval quarter simulate browser fault soak kafka image lock docs clean

help:  ## list these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  make %-9s %s\n", $$1, $$2 }'

setup: $(READY)  ## build .venv with everything that runs and tests Earshot

# The stamp is newer than what it was built from, so a second `make` starts at once.
$(READY): locks/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Earshot needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1)."; \
		echo "Install one and name it: make $(or $(MAKECMDGOALS),setup) PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r locks/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup  ## stream the shipped notes through Kafka and open the board
	$(BIN)/earshot demo

test: setup  ## run every test but the browser's; what this machine cannot run is skipped by name
	$(BIN)/python -m pytest -m "not browser and not fault and not soak" --numprocesses 2 --dist loadfile

check: setup  ## lint, format, types, layers, and locks and docs that are current
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest --quiet --durations=0 tests/ops/test_locks.py tests/ops/test_documents.py

format: setup  ## put the code into its one form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup  ## measure notes per second and memory, stage by stage
	$(BIN)/python -m bench

eval: setup  ## measure understanding on labelled sets and write the table of docs/methods.md (DATA=folder MODEL=folder)
	$(BIN)/python docs/evaluate.py $(DATA) $(MODEL)

quarter: setup  ## play a quarter of listening on the shipped notes, to the numbers worked out by hand
	$(BIN)/python -m pytest --quiet tests/pipelines/test_quarter.py

simulate: setup  ## try what the numbers promise on made-up worlds whose truth is known
	$(BIN)/python -m bench.simulate

browser: setup  ## drive the board in headless Chromium
	$(BIN)/python -m pytest -m browser

fault: setup  ## kill, freeze and flood real workers on real brokers and databases
	$(BIN)/python -m pytest tests/faults -m fault

soak: setup  ## the same for long; writes the figures into docs/reliability.md
	$(BIN)/python -m pytest tests/faults -m soak

kafka: $(KAFKA_JARS)/.complete  ## fetch Apache Kafka's jars for the tests (needs Maven and JDK 17)

$(KAFKA_JARS)/.complete: tests/kafka/pom.xml
	@command -v mvn >/dev/null || { echo "Maven is missing; install it (Debian: apt-get install maven openjdk-17-jdk-headless)."; exit 1; }
	mvn --batch-mode --quiet --file tests/kafka/pom.xml dependency:copy-dependencies -DoutputDirectory=$(KAFKA_JARS)
	@touch $@

image:  ## build the container image with Docker
	docker build --tag earshot .

lock: setup  ## lock what pyproject.toml asks for, by hash (UPGRADE=--upgrade for the newest)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	$(UV_COMPILE) $(UPGRADE) --extra dev --output-file locks/dev.txt
	$(UV_COMPILE) $(UPGRADE) --constraints locks/dev.txt --output-file locks/runtime.txt

docs: setup  ## write the generated parts of docs/ anew
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/feedback_fields.py

clean:  ## remove what was built: .venv, caches (the data in var/ stays)
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
