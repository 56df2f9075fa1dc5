# The short commands. `make help` lists them.
#
#   make PYTHON=python3.12 test     another Python for the environment (it is made once; `make clean` forgets it)
#   make HOST=0.0.0.0 PORT=8080 serve

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
WHOOSH3 := whoosh3==3.54.0
VNU := vnu-jar@26.9.27
LIGHTHOUSE := lighthouse@12.2.3

BIN := .venv/bin
READY := .venv/ready
READY_WHOOSH3 := .venv-whoosh3/ready
READY_TOOLS := build/tools/$(VNU)
READY_LIGHTHOUSE := build/lighthouse/$(LIGHTHOUSE)

.DEFAULT_GOAL := help
.PHONY: help serve test browser tools check lint format docs messages screenshots lighthouse bench soup whoosh3 wheel lock clean

help: ## list the commands
	@sed -n 's/^\([a-z0-9]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

serve: $(READY) ## import raw/, build the index, serve the page (HOST, PORT)
	@# 1: a dump could not be read, and import has said which; the posts of the others are there
	@$(BIN)/archivesearch import || [ $$? -eq 1 ]
	@$(BIN)/archivesearch serve --host $(HOST) --port $(PORT)

test: $(READY) ## run every test
	$(BIN)/pytest

browser: $(READY) ## run the tests that drive a browser (CONTRIBUTING.md says what they need)
	$(BIN)/pytest tests/browser

tools: $(READY_TOOLS) ## get the Nu Html Checker, with npm; it needs Java

check: lint test ## all that must pass before a commit: ruff, mypy, tests

lint: $(READY) ## ruff's rules and format, mypy strict
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(READY) ## put the code in ruff's format
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

docs: $(READY) ## write docs/cli.md anew from the program's help
	$(BIN)/pytest -q tests/test_cli.py -k reference --update-golden

messages: $(READY) ## bring the catalogs of the page's languages (web/locale) to what templates and code say
	$(BIN)/python tests/messages.py

screenshots: $(READY) ## take the pictures of docs/screenshots anew
	$(BIN)/python tests/browser/screenshots.py

lighthouse: $(READY) $(READY_LIGHTHOUSE) ## measure the pages with Lighthouse and write docs/LIGHTHOUSE.md
	$(BIN)/python tests/browser/lighthouse.py build/lighthouse

bench: $(READY) ## time command line, import, near-duplicates, searches, pages (docs/PERFORMANCE.md; SIZES="2000 100000")
	$(BIN)/pip install --quiet --constraint constraints.txt --no-build-isolation --editable '.[bench]'
	$(BIN)/python tests/bench.py
	$(BIN)/python tests/bench_import.py
	$(BIN)/python tests/bench_near.py
	$(BIN)/python tests/bench_search.py $(SIZES)
	$(BIN)/python tests/bench_page.py $(SIZES)

soup: $(READY) ## 10,000 generated queries over 20,000 posts: errors, the slowest, memory
	$(BIN)/python tests/bench_soup.py

whoosh3: $(READY_WHOOSH3) ## the engine's tests with whoosh3 in the place of Whoosh
	.venv-whoosh3/bin/python -c 'from importlib.metadata import packages_distributions as found; import whoosh; \
	    assert found()["whoosh"] == ["whoosh3"], found()["whoosh"]'
	.venv-whoosh3/bin/pytest tests/conformance tests/test_whoosh.py

# The suite runs in a copy without src/, so that only what the wheel carries can pass it. test_packaging.py stays out:
# it builds the wheel from src/. So do the tests that drive a browser: the page that the wheel carries is that of web/, and
# they would only tell it twice.
wheel: $(READY) ## build the wheel, install it, run the tests against it
	rm -rf dist build/suite .venv-wheel
	$(BIN)/hatchling build -t wheel
	$(PYTHON) -m venv .venv-wheel
	.venv-wheel/bin/pip install --quiet --constraint constraints.txt dist/*.whl pytest hypothesis schemathesis
	mkdir -p build/suite
	cp -R $(filter-out src index build dist,$(wildcard *)) build/suite/
	cd build/suite && ../../.venv-wheel/bin/pytest --ignore=tests/test_packaging.py --ignore=tests/browser

# uv resolves once for all the Pythons of pyproject.toml and writes markers where they need different versions.
# The file is made anew from the newest versions; read its diff.
lock: $(READY) ## write constraints.txt anew from pyproject.toml
	$(BIN)/pip install --quiet --constraint constraints.txt --no-build-isolation --editable '.[lock]'
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --all-extras \
	    --no-annotate --no-emit-index-url --no-emit-find-links \
	    --custom-compile-command 'make lock' --output-file constraints.txt pyproject.toml

clean: ## remove the environments and all that was built (index/ stays)
	rm -rf .venv .venv-whoosh3 .venv-wheel build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

# An environment is ready when the last line of its recipe has run; one that was left half made is made anew.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; (3, 11) <= sys.version_info < (3, 15) or sys.exit("archivesearch needs Python 3.11 to \
	3.14, and $(PYTHON) is Python %d.%d. Name another one: make PYTHON=python3.12" % sys.version_info[:2])'
	@$(PYTHON) -c 'import importlib.util as u, sys; u.find_spec("venv") and u.find_spec("ensurepip") or sys.exit(\
	"$(PYTHON) cannot make environments: install its venv module (on Debian: apt-get install python3-venv).")'
	rm -rf .venv
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --constraint constraints.txt hatchling
	$(BIN)/pip install --quiet --constraint constraints.txt --no-build-isolation --editable '.[dev]'
	$(BIN)/python -m compileall -q src  # as pip does with what it installs, but not for an editable installation
	@touch $@

$(READY_WHOOSH3): $(READY)
	rm -rf .venv-whoosh3
	$(PYTHON) -m venv .venv-whoosh3
	mkdir -p build
	grep -iv '^whoosh==' constraints.txt > build/without-whoosh.txt
	.venv-whoosh3/bin/pip install --quiet -r build/without-whoosh.txt '$(WHOOSH3)'
	.venv-whoosh3/bin/pip install --quiet --no-build-isolation --no-deps --editable .
	@touch $@

# npm's tools stay in build/, and nothing of the page is made by them. The name of the mark is the version that is there.
$(READY_TOOLS) $(READY_LIGHTHOUSE):
	rm -rf $(@D)
	mkdir -p $(@D)
	npm install --prefix $(@D) --no-save --ignore-scripts --no-audit --no-fund --loglevel=error $(@F)
	@touch $@
