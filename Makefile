# make demo       the main job on real input, in four acts
# make test       every test and every static check
# make compat     the contracts on older releases of adapters, each in an environment of its own
# make bench      what contracts cost, beside other checkers; writes docs/benchmarks.md
# make accuracy   what the linter finds in released packages; writes docs/accuracy.md
#
# They set up .venv by themselves; all they need is Python 3.11, git and make.

PYTHON ?= python3.11
BIN := .venv/bin
# Lint-side tests also run on these interpreters, where they exist.
OTHER_PYTHONS ?= python3.12 python3.13
# Releases of adapters on which "make compat" runs; 1.3.0 is that of "make test".
RELEASES ?= 1-1-0 1-1-1 1-2-0
# Such as "--only torchmetrics" or "--hazard H9 --verbose"; "--help" tells the rest.
ACCURACY ?=

.DEFAULT_GOAL := help
.PHONY: help demo test check pytest others compat bench accuracy docs clean

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

.venv/pip: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	@touch $@

# torch is pinned in the dependency groups, so it is always named together with the extras.
.venv/demo: .venv/pip
	$(BIN)/python -m pip install --quiet --group adapters --editable '.[adapters,report]'
	@touch $@

.venv/test: .venv/pip
	$(BIN)/python -m pip install --quiet --group adapters --group neighbours \
		--group test --group check --editable '.[adapters,report,test]'
	@touch $@ .venv/demo

demo: .venv/demo
	$(BIN)/python docs/demo.py

test: check pytest others

check: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/python -m shapeguard.cli.docs docs --check
	$(BIN)/shapeguard check shapeguard rules

pytest: .venv/test
	$(BIN)/python -m pytest

others: .venv/test
	@for python in $(OTHER_PYTHONS); do \
		if $$python -c "" 2>/dev/null; then \
			$$python -m venv .venv-$$python && \
			.venv-$$python/bin/python -m pip install --quiet --upgrade 'pip>=25.1' && \
			.venv-$$python/bin/python -m pip install --quiet --group lint-test \
				--editable '.[report,test]' && \
			.venv-$$python/bin/python -m pytest tests/lint tests/rules tests/report || exit 1; \
		fi; \
	done

compat:
	@for release in $(RELEASES); do \
		echo "adapters $$release" && \
		$(PYTHON) -m venv .venv-adapters-$$release && \
		.venv-adapters-$$release/bin/python -m pip install --quiet --upgrade 'pip>=25.1' && \
		.venv-adapters-$$release/bin/python -m pip install --quiet --group adapters-$$release \
			--group test --editable '.[adapters,report]' && \
		.venv-adapters-$$release/bin/python -m pytest tests/contracts tests/runtime || exit 1; \
	done

bench: .venv/test
	$(BIN)/python -m pip install --quiet --group bench
	cd tests && ../$(BIN)/python -m bench

accuracy: .venv/test
	cd tests && ../$(BIN)/python -m accuracy $(ACCURACY)

docs: .venv/test
	$(BIN)/python -m shapeguard.cli.docs docs

clean:
	rm -rf .venv .venv-* build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		tests/report/validators/node_modules
