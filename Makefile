# `make` alone says what there is. Every target makes ready what it needs (scripts/prepare.sh).
.DEFAULT_GOAL := help
BIN := .venv/bin

.PHONY: help run test test-fast check bench bench-registry pictures crash-table contract-table csr-table name-table fresh-machine lock

help: ## what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 17

run: ## prepare what is missing, then open the wizard in practice (no terminal: walk the whole road by commands)
	@scripts/prepare.sh run
	@if [ -t 0 ] && [ -t 1 ]; then exec $(BIN)/lgpki-tui rehearse; else exec $(BIN)/lgpki-tui rehearse walk; fi

test: ## prepare the same and run every test
	@scripts/prepare.sh test
	@scripts/test.sh

test-fast: ## the tests that take less than a minute in all
	@scripts/prepare.sh test
	@scripts/test.sh -m "not slow"

check: ## format, lint, types, and who may import whom
	@scripts/prepare.sh check
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	@$(BIN)/lint-imports

bench: ## the figures that matter, as ratios measured in one run
	@scripts/prepare.sh test
	@$(BIN)/python -m benchmarks

bench-registry: ## a million rows: import, search and near spellings, against plain scans (a few minutes)
	@scripts/prepare.sh test
	@$(BIN)/python -m benchmarks registry

pictures: ## draw every page of the wizard anew into docs/screens
	@scripts/prepare.sh test
	@$(BIN)/python -m tests.tui.pictures

crash-table: ## cut the power before, inside and after every act and show what became of it
	@scripts/prepare.sh test
	@$(BIN)/python -m tests.crash

contract-table: ## ask the card contract of every kind of token and write docs/card-contract.md
	@scripts/prepare.sh test
	@$(BIN)/python -m tests.card.contract_table

csr-table: ## judge the CSRs of cryptography_vectors beside openssl and GnuTLS and write docs/csr-vectors.md
	@scripts/prepare.sh test
	@$(BIN)/python -m tests.pki.vector_table

name-table: ## judge every name of the corpus and write docs/names.md
	@scripts/prepare.sh test
	@$(BIN)/python -m tests.subject.name_table

fresh-machine: ## prove run, check and test on an empty Debian 12 (needs root and debootstrap)
	@scripts/fresh-machine.sh

lock: ## write the locks anew (make lock UPGRADE=--upgrade takes the newest)
	@scripts/prepare.sh check
	@scripts/lock.sh $(UPGRADE)
