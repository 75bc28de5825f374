# Everything runs in a private environment in .venv/, which any of these makes when it is not there.

SHELL := /bin/sh
BIN := .venv/bin

.PHONY: setup setup-test demo test check words soak fuzz bench pictures lock clean

setup:
	@installer/setup.sh demo

setup-test:
	@installer/setup.sh test

demo: setup
	@exec $(BIN)/housefull demo

# The quick checks come first, so that a slip is known in seconds.
# Four at a time, for much of it is waiting; a file's tests stay together, since they share what is slow to start,
# and files start in the order in which they are collected: the long ones first.
test: setup-test check
	$(BIN)/pytest -n 4 --dist loadfile --no-loadscope-reorder --durations 25

check: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/mypy

# What the window's languages lack; ARGS=--merge puts new texts into resources/locale/*.po, for a translator to fill.
words: setup-test
	@$(BIN)/python -m tests.words $(ARGS)

# Evenings in which everything goes wrong, for SECONDS, or those of SEEDS=first:last.
SECONDS ?= 600
SEEDS ?=
soak: setup-test
	@$(BIN)/python -m tests.simulation --seconds $(SECONDS) $(if $(SEEDS),--seeds $(SEEDS)) $(ARGS)

# Everything that reads what comes from outside, for SECONDS.
fuzz: setup-test
	@$(BIN)/python -m tests.fuzz --seconds $(SECONDS) $(ARGS)

bench: setup-test
	@$(BIN)/python -m tests.bench $(ARGS)

# Every screen in every language and look, into OUT; ARGS="--languages hu --themes dark --sizes 1920x1080@200 --walks sale".
OUT ?= build/pictures
pictures: setup-test
	@$(BIN)/python -m tests.pictures --out $(OUT) $(ARGS)

# After a change to the dependencies in pyproject.toml.
lock:
	@installer/lock.sh $(ARGS)

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
