"""The layer table of ARCHITECTURE.md and the rules of the house, executed over the source."""

import ast
import fnmatch
import graphlib
from collections.abc import Iterator
from pathlib import Path

import pytest

import archivesearch

PACKAGE = Path(archivesearch.__file__).parent

LEVELS = (
    ("errors",),
    ("text", "dates", "printed", "posts", "durable", "said", "anew"),
    (
        "dumps",
        "packed",
        "markup",
        "footnotes",
        "videos",
        "markdown",
        "query",
        "query.*",
        "search",
        "snippets",
        "colours",
        "coverage",
        "shown_coverage",
        "speech",
        "doubts",
        "doubting",
        "dating",
        "grounds",
        "params",
        "lines",
        "schemas",
        "answers",
        "dedupe",
        "near",
        "candidates",
        "entries",
        "making",
        "corrections",
        "corrections_file",
        "corrections_toml",
        "decided",
        "enrich",
        "countries",
        "country_names",
        "languages",
        "places",
        "citing",
        "described",
        "differing",
        "pages",
        "pages_post",
        "pages_search",
        "shown",
        "shown_addresses",
        "shown_facets",
        "shown_hits",
        "shown_months",
        "shown_own",
        "shown_body",
        "shown_pieces",
        "shown_post",
        "shown_search",
        "shown_start",
        "settings",
    ),
    ("readers", "readers.*", "engines", "engines.*", "catalog", "comparisons", "readings", "tables", "raw", "progress"),
    ("tasks", "limits", "working", "workers"),
    ("sketching", "reading", "joining", "folding", "importing", "soundness", "reviewing"),
    ("archive",),
    ("cli", "cli.*", "web", "web.*", "__main__"),
)

PURE = 2  # up to this level nothing logs, prints, or reads the clock or the environment

ONLY_IMPORTERS = {
    "whoosh": {"engines.whoosh"},
    "flask": {
        "web.addresses",
        "web.api",
        "web.app",
        "web.checkboxes",
        "web.clients",
        "web.documents",
        "web.exports",
        "web.failing",
        "web.feed",
        "web.hosts",
        "web.machines",
        "web.own",
        "web.slots",
        "web.speaking",
        "web.visiting",
    },
    "waitress": {"web.serving"},
    "click": {"cli.asked", "cli.completing", "cli.frame", "cli.keeping", "cli.searching", "cli.serving"},
    "sqlite3": {"tables"},
    "tomllib": {"settings"},
}

STRANGERS = (("readers", "engines"), ("readers", "catalog"), ("engines", "readers"), ("engines", "catalog"))

LONGEST_MODULE = 400
LONGEST_FUNCTION = 40

MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path != PACKAGE / "__init__.py"
}


def parsed(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text("utf-8"), MODULES[module])


def rows_of(module: str) -> list[tuple[int, str]]:
    return [(level, row) for level, rows in enumerate(LEVELS) for row in rows if fnmatch.fnmatchcase(module, row)]


def level_of(module: str) -> int:
    """The level of a module; one that stands nowhere is above all, so that whatever imports it fails too."""
    return next((level for level, _ in rows_of(module)), len(LEVELS))


def imported(tree: ast.Module) -> Iterator[str]:
    """Every name that is imported, anywhere: "a.b" for `import a.b`, "a.b.c" for `from a.b import c`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)


def imported_modules(module: str) -> set[str]:
    """The modules of this package that a module imports."""
    found = set()
    for name in imported(parsed(module)):
        parts = name.removeprefix("archivesearch.").split(".")
        if name.startswith("archivesearch."):
            found.add(next((".".join(parts[:n]) for n in (3, 2, 1) if ".".join(parts[:n]) in MODULES), name))
    return found - {module}


def impure(tree: ast.Module) -> list[str]:
    """What a pure module must not do, with its line."""
    found = [f"imports {name}" for name in imported(tree) if name.split(".")[0] in {"logging", "time"}]
    found += [f"imports {name}" for name in imported(tree) if name in {"os.environ", "os.getenv"}]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"print", "input"}:
            found.append(f"line {node.lineno}: {node.func.id}()")
        elif isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today", "environ", "getenv"}:
            found.append(f"line {node.lineno}: .{node.attr}")
    return found


def caught_too_widely(tree: ast.Module) -> list[int]:
    """The lines of `except` clauses that catch everything; BaseException may be caught to undo and raise it again."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (
            node.type is None
            or "Exception" in names_in(node.type)
            or ("BaseException" in names_in(node.type) and not raises_again(node))
        )
    ]


def raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def names_in(node: ast.expr) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def too_long(tree: ast.Module) -> list[str]:
    return [
        f"{node.name}: {lines} lines"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    ]


@pytest.mark.parametrize("module", MODULES)
def test_every_module_stands_in_the_table_once(module: str) -> None:
    assert len(rows_of(module)) == 1


@pytest.mark.parametrize("row", [row for rows in LEVELS for row in rows])
def test_every_row_of_the_table_exists(row: str) -> None:
    assert fnmatch.filter(MODULES, row)


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down_only(module: str) -> None:
    """Or sideways: modules of one level may use each other, which `test_no_imports_go_round_in_a_circle` bounds."""
    upwards = {name for name in imported_modules(module) if level_of(name) > level_of(module)}

    assert upwards == set()


def test_no_imports_go_round_in_a_circle() -> None:
    order = tuple(graphlib.TopologicalSorter({module: imported_modules(module) for module in MODULES}).static_order())

    assert set(order) == set(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_imports_are_absolute(module: str) -> None:
    """A relative import would pass by the other rules of this file unseen."""
    assert [name for name in imported(parsed(module)) if name.startswith(".")] == []


@pytest.mark.parametrize(("here", "there"), STRANGERS)
def test_readers_engines_and_catalog_do_not_know_each_other(here: str, there: str) -> None:
    known = {
        (module, name)
        for module in MODULES
        if module.split(".")[0] == here
        for name in imported_modules(module)
        if name.split(".")[0] == there
    }

    assert known == set()


@pytest.mark.parametrize("library", ONLY_IMPORTERS)
def test_a_library_has_one_importer(library: str) -> None:
    importers = {
        module for module in MODULES if any(name.split(".")[0] == library for name in imported(parsed(module)))
    }

    assert importers
    assert importers <= ONLY_IMPORTERS[library]


@pytest.mark.parametrize("module", [module for module in MODULES if level_of(module) <= PURE])
def test_a_pure_module_neither_logs_nor_prints_nor_reads_clock_or_environment(module: str) -> None:
    assert impure(parsed(module)) == []


@pytest.mark.parametrize("module", MODULES)
def test_nothing_catches_every_exception(module: str) -> None:
    assert caught_too_widely(parsed(module)) == []


@pytest.mark.parametrize("module", MODULES)
def test_no_module_is_longer_than_400_lines(module: str) -> None:
    lines = len(MODULES[module].read_text("utf-8").splitlines())

    assert lines <= LONGEST_MODULE


@pytest.mark.parametrize("module", MODULES)
def test_no_function_is_longer_than_40_lines(module: str) -> None:
    assert too_long(parsed(module)) == []


@pytest.mark.parametrize(
    "fault",
    [
        "import logging",
        "from logging import getLogger",
        "import time",
        "from os import environ",
        "print('here')",
        "import datetime\nmoment = datetime.datetime.now()",
        "from datetime import date\nday = date.today()",
        "import os\nfolder = os.environ['HOME']",
        "import os\nfolder = os.getenv('HOME')",
    ],
)
def test_a_planted_impurity_is_seen(fault: str) -> None:
    assert impure(ast.parse(fault))


@pytest.mark.parametrize(
    "clause", ["except", "except Exception", "except (OSError, Exception)", "except BaseException"]
)
def test_a_planted_catch_all_is_seen(clause: str) -> None:
    assert caught_too_widely(ast.parse(f"try:\n    work()\n{clause}:\n    pass"))


def test_a_planted_long_function_is_seen() -> None:
    assert too_long(ast.parse("def work():\n" + "    step()\n" * LONGEST_FUNCTION))
