"""The page docs/PERFORMANCE.md: each benchmark writes its own section and leaves the others as they are."""

import re
from pathlib import Path

WRITTEN = Path(__file__).parent.parent / "docs" / "PERFORMANCE.md"


def write_section(name: str, text: str) -> None:
    """Put this text where the section of that name stands, or at the end where there is none yet."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    section = f"{begin}\n\n{text.strip()}\n\n{end}"
    page = WRITTEN.read_text("utf-8")
    there = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    found = there.search(page)
    page = there.sub(lambda _: section, page) if found else f"{page.rstrip()}\n\n{section}\n"
    WRITTEN.write_text(page, "utf-8")
