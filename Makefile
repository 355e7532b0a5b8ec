# Two commands on a fresh machine with Python 3.11 or newer: `make demo` and `make test`. README.md has them for Windows.

# The first interpreter that is new enough; override with `make PYTHON=…`.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
WORKERS ?= 2

.PHONY: demo test lint bench wheel docs examples picture clean office
.DELETE_ON_ERROR:

demo: $(VENV)/.installed
	$(BIN)/feedback-engine --config config.yaml run
	@echo "报告 report: $(CURDIR)/out/report.xlsx"

test: $(VENV)/.installed-test office
	$(BIN)/python -m pytest -n $(WORKERS)

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Training the shipped models, the scenic spots and what is new need data that are not in the repository.
BENCHMARKS := $(filter-out benchmarks/train%.py benchmarks/scenic_spots.py benchmarks/emerging.py,$(wildcard benchmarks/*.py))

bench: $(VENV)/.installed-test
	@status=0; for script in $(BENCHMARKS); do echo "== $$script"; $(BIN)/python "$$script" || status=1; done; exit $$status

# The wheel, installed with its dependencies where this checkout cannot help it, does a whole run.
wheel: $(VENV)/.installed-test
	rm -rf build dist
	$(BIN)/python -m build --wheel --no-isolation --outdir dist . >/dev/null
	PYTHON="$(BIN)/python" .ci/try-wheel dist/*.whl

# What is written by program: the data dictionary and the example files.
docs: $(VENV)/.installed
	$(BIN)/python docs/generate.py

examples: $(VENV)/.installed
	$(BIN)/python -B examples/generate.py

picture: demo
	docs/make-picture out/report.xlsx docs/report.png

# The report tests open the workbook with LibreOffice and the page with Chromium; without them they skip and say so.
office:
	@.ci/install-office

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "需要 Python 3.11 或更高版本 (Python 3.11 or newer is needed)" >&2; exit 1; }
	@.ci/make-venv "$(PYTHON)" $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(PIP) install --editable .
	@touch $@

$(VENV)/.installed-test: pyproject.toml $(VENV)/.installed
	$(PIP) install --editable '.[test]'
	@touch $@

clean:
	rm -rf $(VENV) out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
