"""The commands that keep the archive: import, review, duplicates, reindex, status, verify."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import click

from archivesearch.cli import imported, reports, terminal
from archivesearch.cli.frame import (
    DATA_PROBLEM,
    DONE,
    NOT_ALL_READ,
    REBUILD,
    commands,
    format_option,
    open_archive,
    write_record,
)
from archivesearch.said import say_posts


@commands.command("import")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", "dry", is_flag=True, help="Only tell what would be new, changed, removed or doubtful.")
@format_option("text", "json")
@click.pass_obj
def import_(root: Path, paths: tuple[Path, ...], form: str, *, dry: bool) -> int:
    """Read dumps and make their posts searchable.

    Each PATH is a dump or a folder of dumps and is first copied into the archive's raw/; then all that lies in raw/ is
    imported. To import the same dumps twice changes nothing, and an import that was interrupted goes on where it was.
    """
    from archivesearch.answers import VERSION

    with open_archive(root) as archive, terminal.progress() as progress:
        report = archive.import_dumps(paths, dry=dry, progress=progress)
    if form == "json":
        write_record({"version": VERSION, **imported.import_record(report)})
    else:
        terminal.show(imported.import_rows(report))
    unreadable = [dump for dump in report.dumps if dump.state == "unreadable"]
    sys.stdout.flush()
    for each in imported.unreadable_rows(unreadable):
        click.echo(each.text, err=True)
    return NOT_ALL_READ if unreadable else DONE


@commands.command()
@format_option("text", "json")
@click.pass_obj
def imports(root: Path, form: str) -> int:
    """List the imports, the last one first; search --since-import finds what came after one."""
    from archivesearch.answers import VERSION

    with open_archive(root) as archive:
        history = list(archive.imports())
    if form == "json":
        write_record({"version": VERSION, "imports": [dataclasses.asdict(each) for each in history]})
    else:
        terminal.show(imported.history_rows(history))
    return DONE


@commands.command()
@format_option("text", "json")
@click.pass_obj
def duplicates(root: Path, form: str) -> int:
    """List the further copies of posts, and why each is one."""
    from archivesearch.answers import VERSION, duplicate_record

    with open_archive(root) as archive:
        copies = list(archive.duplicates())
    if form == "json":
        write_record({"version": VERSION, "duplicates": [duplicate_record(copy) for copy in copies]})
    else:
        terminal.show(reports.duplicate_rows(copies))
    return DONE


@commands.command()
@click.option("--interactive", is_flag=True, help="Ask about each doubt and write the answers into corrections.toml.")
@format_option("text", "json")
@click.pass_obj
def review(root: Path, form: str, *, interactive: bool) -> int:
    """List what a person should look at: cuts, dates, countries, merges; the most doubtful first.

    Below each doubt stand the entries to choose from. Paste one into corrections.toml, or answer with --interactive,
    then run import. What was decided is not listed again.
    """
    from archivesearch.answers import VERSION

    if interactive:
        _check_terminal(form)
    with open_archive(root) as archive:
        with terminal.progress() as progress:
            doubts = archive.doubts(progress=progress)
        if interactive:
            from archivesearch.cli.asking import ask

            ask(doubts, archive.decide)
        elif form == "json":
            write_record({"version": VERSION, "doubts": [reports.doubt_record(doubt) for doubt in doubts]})
        else:
            terminal.show(reports.doubt_rows(doubts))
    return DONE


def _check_terminal(form: str) -> None:
    if form != "text":
        raise click.UsageError("--interactive asks people and has no other form: leave --format out.")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError("--interactive needs a terminal. Without it, review lists what there is to decide.")


@commands.command()
@click.pass_obj
def reindex(root: Path) -> int:
    """Build the index anew from the catalog."""
    with open_archive(root) as archive, terminal.progress() as progress:
        number = archive.reindex(progress=progress)
    click.echo(f"{say_posts(number)} indexed.")
    return DONE


@commands.command()
@format_option("text", "json")
@click.pass_obj
def status(root: Path, form: str) -> int:
    """Say what the archive holds and whether its index is up to date."""
    from archivesearch.answers import VERSION

    with open_archive(root) as archive:
        stands = archive.status()
    if form == "json":
        write_record({"version": VERSION, **dataclasses.asdict(stands)})
    else:
        terminal.show(reports.status_rows(stands))
    return DONE


@commands.command()
@click.option("--deep", is_flag=True, help="Also read every dump and every file of the index again.")
@click.pass_obj
def verify(root: Path, deep: bool) -> int:
    """Check that nothing is lost: dumps, catalog and index must agree."""
    with open_archive(root) as archive:
        problems = archive.verify(deep=deep)
    terminal.show(reports.problem_rows(problems))
    kinds = {problem.kind for problem in problems}
    return DATA_PROBLEM if "data" in kinds else REBUILD if kinds else DONE
