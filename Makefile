# Each target is a thin line over a command that works without make. `make help` lists them.
PYTHON ?= python3
SCENARIO ?= nightly
SEED ?=
# As many as CI has cores. Each sets up what it needs for itself: PostgreSQL, worlds, Great Expectations (300 MB).
WORKERS ?= 2
world = --scenario $(SCENARIO) $(if $(SEED),--seed $(SEED))
role = $(if $(ROLE),--role $(ROLE))
moments = $(if $(SOURCE_AT),--source-at "$(SOURCE_AT)") $(if $(KNOWN_AT),--known-at "$(KNOWN_AT)")
crosscheck = .venv/bin/python -m include

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev nightly up backfill audit sql psql verify-audit quality replay purge fuzz chaos hostile test test-unit \
  test-spark test-compose check docs lock env clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | awk -F'\t' '{printf "  make %-13s %s\n", $$1, $$2}'
	@echo; echo "  ROLE= chooses as whom sql and psql ask; SOURCE_AT=, KNOWN_AT= at which moment sql looks (docs/access.md)"
	@echo "  RAW=1 prints text as it is: else an apostrophe stands before what a spreadsheet would take for a formula"
	@echo "  SCENARIO= and SEED= choose the simulated world; CROSSCHECK_HOME= moves the state from .crosscheck/"
	@echo "  CROSSCHECK_UI_PORT= chooses the port of the UI (8080 if it is free; 0: any)"

setup: ## the environment in .venv (needs Python 3.11, 3.12 or 3.13 with venv and pip; PYTHON= chooses one)
	@$(PYTHON) include/local/bootstrap.py requirements.txt

setup-dev: ## the same with what the tests need
	@$(PYTHON) include/local/bootstrap.py requirements.txt requirements-dev.txt

nightly: setup ## one night under a real scheduler, and what happened (DATE=2014-09-12 chooses it)
	@$(crosscheck) nightly $(world) $(if $(DATE),--date $(DATE))

up: setup ## Airflow's UI, gateways and warehouse, until Ctrl-C
	@$(crosscheck) up $(world)

backfill: setup ## Airflow's own backfill: FROM=2014-09-01 TO=2014-09-05
	@$(crosscheck) backfill $(world) --from "$(FROM)" --to "$(TO)"

audit: setup ## the audit's ten years as a backfill of 120 months; its headline beside audit and truth (SEED= another world)
	@$(crosscheck) audit $(if $(SEED),--seed $(SEED))

sql: setup ## ask the warehouse, CSV on standard output: Q="select * from report.run" (ROLE=investigator sees identity)
	@$(crosscheck) sql $(world) $(role) $(moments) $(if $(RAW),--raw) "$$Q"

psql: setup ## a psql session in the warehouse (ROLE= chooses as whom)
	@$(crosscheck) psql $(world) $(role)

verify-audit: setup ## check every seal of the audit trail (HEAD= compares with a head noted down before)
	@$(crosscheck) verify-audit $(world) $(if $(HEAD),--head $(HEAD))

quality: setup ## how right the leads are, held against the truth of the simulated world
	@.venv/bin/python -m benchmarks.leads $(world)

replay: setup ## judge the rows in quarantine again, after a contract was mended (DATASET=uscis_petitions: only that one)
	@$(crosscheck) replay $(world) $(if $(DATASET),--dataset $(DATASET))

test: setup-dev check ## the whole test suite, side by side in two processes (WORKERS=0: one after another)
	.venv/bin/python -m pytest -n $(WORKERS) --no-loadscope-reorder

test-unit: setup-dev ## the tests that need neither Airflow nor PostgreSQL
	.venv/bin/python -m pytest tests/unit

test-spark: ## matching on Spark finds the same pairs; needs Java 17, makes an environment of its own
	@CROSSCHECK_VENV=.venv-spark $(PYTHON) include/local/bootstrap.py requirements.txt requirements-dev.txt requirements-spark.txt
	.venv-spark/bin/python -m pytest tests/unit/matching/test_matching_engines.py

test-compose: ## the real docker-compose.yaml on any Docker engine that is there: all healthy, one night green
	tests/compose/run.sh

purge: setup ## remove what the retention lets go: CROSSCHECK_LANDING_DAYS=90 make purge
	@$(crosscheck) purge $(world)

fuzz: setup-dev ## the parser on broken exports made at random: EXAMPLES=2000
	FUZZ_EXAMPLES=$(or $(EXAMPLES),2000) .venv/bin/python -m pytest tests/unit/quality/test_broken_exports.py -q

chaos: setup-dev ## random histories of nights with kills, same warehouse: HISTORIES=200 SEED=1
	.venv/bin/python -m benchmarks.reliability.chaos --histories $(or $(HISTORIES),200) --seed $(or $(SEED),1)

hostile: setup-dev ## nights on which everything goes wrong, compared with the truth: NIGHTS=60 SEED=7
	.venv/bin/python -m benchmarks.reliability.hostile --nights $(or $(NIGHTS),60) $(if $(SEED),--seed $(SEED))

check: setup-dev ## format, lint, types, import boundaries, generated documents fresh
	.venv/bin/python -m ruff format --check .
	.venv/bin/python -m ruff check .
	.venv/bin/python -m mypy
	.venv/bin/lint-imports
	.venv/bin/python docs/generate.py --check

docs: setup-dev ## make the generated documents anew
	.venv/bin/python docs/generate.py

lock: setup ## compile the requirement lists anew
	@for list in requirements requirements-dev requirements-spark requirements-uv; do \
	  .venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes -q $$list.in -o $$list.txt \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --python .venv/bin/python || exit 1; done

env: ## .env for docker-compose.yaml: every password drawn at random
	@$(PYTHON) include/local/dotenv.py .env

clean: ## delete the state folder: every world, warehouse and log
	@if [ -x .venv/bin/python ]; then $(crosscheck) clean; else rm -rf .crosscheck; fi
export Q
