"""A page that an archive's maintainers wrote: Markdown in, the records of `pages` out. Pure."""

from dataclasses import replace

from archivesearch.markdown import read_blocks
from archivesearch.pages import Box, OwnBlock, OwnTextPage
from archivesearch.settings import OwnPage
from archivesearch.shown import View, title_of


def show_own_page(view: View, page: OwnPage) -> OwnTextPage:
    """The page for a text of the archive's own."""
    return OwnTextPage(
        frame=view.frame(),
        box=Box(),
        title=title_of(page),
        language=page.language if page.language != view.speech.language else None,
        blocks=tuple(_show_block(view, block) for block in read_blocks(page.text)[1:]),
    )


def _show_block(view: View, block: OwnBlock) -> OwnBlock:
    inside = tuple(_show_block(view, each) for each in block.inside)
    return replace(block, runs=view.runs(block.runs), inside=inside)
