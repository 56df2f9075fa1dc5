"""Measure pages of the demonstration archive with Lighthouse and write docs/LIGHTHOUSE.md: `make lighthouse`."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from addresses import PAGES, address_of
from browsers import FLAGS, NO_BROWSER, ROOT, find_chromium, import_demonstration, served

REPORT = ROOT / "docs/LIGHTHOUSE.md"
CATEGORIES = {
    "performance": "performance",
    "accessibility": "accessibility",
    "best-practices": "best practices",
    "seo": "SEO",
}
MEASURED = {"start page": "/", "results": "/?q=bicycle&country=Kenya&country=Peru", "post": PAGES["post"]}
DEVICES = {"phone": (), "desk": ("--preset=desktop",)}
"""Lighthouse's own: a slow phone on a slow network, and a desk on a fast one, both simulated."""

GOOD = 0.9  # of an audit: what Lighthouse itself shows in green
FLOOR = 95
UNINDEXED = {("results", "seo")}
"""Results ask search engines not to index them, which Lighthouse counts against them."""

PREFACE = """\
# What Lighthouse says

`make lighthouse` serves the demonstration archive, has Lighthouse {version} look at three of its pages with Debian's
Chromium, and writes this page. Each score is of 100. The phone is Lighthouse's simulated one, slow and on a slow network.
Results ask search engines not to index them (`noindex`), which Lighthouse's SEO score counts against them; all others
must reach {floor}.

"""


def main() -> None:
    """Measure every page on every device; SystemExit where a score is below the floor."""
    lighthouse = Path(sys.argv[1]) / "node_modules/.bin/lighthouse"
    scores = {}
    with tempfile.TemporaryDirectory() as folder:
        import_demonstration(Path(folder))
        with served(Path(folder)) as site:
            for name, page in MEASURED.items():
                for device, options in DEVICES.items():
                    report = measure(lighthouse, address_of(site, page), options)
                    scores[name, device] = {each: score(report, each) for each in CATEGORIES}
                    lines = [f"{name} on a {device}: {scores[name, device]}", *shortcomings(report)]
                    sys.stdout.write("\n  ".join(lines) + "\n")
    REPORT.write_text(PREFACE.format(version=report["lighthouseVersion"], floor=FLOOR) + table(scores), "utf-8")
    low = [f"{name} on a {device}: {each}" for name, device, each in below(scores)]
    if low:
        raise SystemExit(f"below {FLOOR}: {', '.join(low)}")


def measure(lighthouse: Path, address: str, options: tuple[str, ...]) -> dict:
    """Lighthouse's report of one page."""
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit(NO_BROWSER)
    command = [
        str(lighthouse),
        address,
        *options,
        "--quiet",
        "--output=json",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags=--headless=new {' '.join(FLAGS)}",
    ]
    environment = os.environ | {"CHROME_PATH": chromium}
    return json.loads(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout)


def score(report: dict, category: str) -> int:
    return round(report["categories"][category]["score"] * 100)


def shortcomings(report: dict) -> list[str]:
    """The audits that took something from a score."""
    weighed = {each["id"] for one in report["categories"].values() for each in one["auditRefs"] if each["weight"]}
    audits = (report["audits"][each] for each in sorted(weighed))
    return [f"{each['id']}: {each['title']}" for each in audits if each["score"] is not None and each["score"] < GOOD]


def below(scores: dict) -> list[tuple[str, str, str]]:
    return [
        (name, device, each)
        for (name, device), values in scores.items()
        for each, value in values.items()
        if value < FLOOR and (name, each) not in UNINDEXED
    ]


def table(scores: dict) -> str:
    """The scores as Markdown."""
    lines = [["page", "device", *CATEGORIES.values()], ["---"] * (2 + len(CATEGORIES))]
    lines += [[name, device, *map(str, values.values())] for (name, device), values in scores.items()]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    main()
