"""Markdown of an archive's own: what it becomes, and what it never becomes."""

import re

import pytest
from hypothesis import given, strategies as st

from archivesearch.markdown import read_blocks, read_line
from archivesearch.pages import OwnBlock, Run


def paragraph(*runs):
    return OwnBlock(kind="paragraph", runs=runs)


def code(text):
    return OwnBlock(kind="code", runs=(Run(text=text),))


def every_run(blocks):
    for block in blocks:
        yield from block.runs
        yield from every_run(block.inside)


def test_each_kind_of_block_is_read():
    text = "# Title\n\n#### Part\n\nOne\ntwo.\n\n> Said.\n\n- a\n- b\n\n3. c\n\n       code <b>\n\n---\n\n```sh\nmore\n\n  less\n```\n"

    assert read_blocks(text) == (
        OwnBlock(kind="heading", level=2, runs=(Run(text="Title"),)),
        OwnBlock(kind="heading", level=4, runs=(Run(text="Part"),)),
        paragraph(Run(text="One two.")),
        OwnBlock(kind="quotation", inside=(paragraph(Run(text="Said.")),)),
        OwnBlock(
            kind="bullets",
            inside=tuple(OwnBlock(kind="item", inside=(paragraph(Run(text=letter)),)) for letter in "ab"),
        ),
        OwnBlock(
            kind="numbers",
            first=3,
            inside=(OwnBlock(kind="item", inside=(paragraph(Run(text="c")), code("code <b>"))),),
        ),
        code("more\n\n  less"),
    )  # fmt: skip


def test_each_kind_of_run_is_read():
    assert read_line("A **b** *c* `d` [e *f*](https://g.example/h) <http://i.example>.") == (
        Run(text="A "),
        Run(text="b", strong=True),
        Run(text=" "),
        Run(text="c", emphasised=True),
        Run(text=" "),
        Run(text="d", code=True),
        Run(text=" "),
        Run(text="e ", address="https://g.example/h"),
        Run(text="f", address="https://g.example/h", emphasised=True),
        Run(text=" "),
        Run(text="http://i.example", address="http://i.example"),
        Run(text="."),
    )


@pytest.mark.parametrize("written", ["one  \ntwo", "one\\\ntwo"])
def test_a_line_that_is_broken_by_hand_is_broken(written):
    assert read_line(written) == (Run(text="one"), Run(text=" ", line_break=True), Run(text="two"))


def test_a_table_stays_text():
    assert read_blocks("| a | b |\n|---|---|\n| c | d |") == (paragraph(Run(text="| a | b | |---|---| | c | d |")),)


@pytest.mark.parametrize(
    "address",
    ["http://x.example", "https://x.example/?a=1#b", "mailto:x@y.example", "/", "/page/terms", "/?q=rain&label=A#hits"],
)
def test_links_lead_to_the_web_to_a_mailbox_or_to_a_path_of_the_archive(address):
    assert [run.address for run in read_line(f"[x]({address})")] == [address]


def test_html_stays_text_and_pictures_become_their_descriptions():
    assert read_line("<b>x</b> ![a *picture*](https://x.example/p.png)") == (
        Run(text="<b>x</b> a "), Run(text="picture", emphasised=True),
    )  # fmt: skip
    assert read_blocks("<script>alert(1)</script>") == (paragraph(Run(text="<script>alert(1)</script>")),)


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "mailto:", "page/x", "#x", "//x.example", "/\t/x.example", "http://"],
)
def test_no_link_leads_anywhere_else(address):
    assert [run.address for run in read_line(f"[x]({address})")] == [""]


pieces = st.sampled_from(
    [
        "http://",
        "https:",
        "mailto:",
        "/",
        "\t",
        "](",
        "<",
        ">",
        "[",
        "]",
        ")",
        "℀",
        "%5B",
        "# ",
        "> ",
        "1. ",
        "- ",
        "**",
        "_",
    ]
)


@given(st.lists(pieces | st.text("ab #>*-_`[](){}<>!&:/\n 1.\\", max_size=4), max_size=20).map("".join))
def test_no_text_is_a_fault_or_links_anywhere_else(text):
    runs = [*every_run(read_blocks(text)), *read_line(text)]

    assert all(re.match(r"(https?://|mailto:|/(?![/\\]))|$", run.address) for run in runs)
    assert not any(re.search(r"[\s\\]", run.address) for run in runs)
