"""An archive's own colours on the page, held to the contrast that people need to read."""

import re
from dataclasses import dataclass

ENOUGH = 4.5
"""The least contrast between text and what lies behind it (WCAG 2.2, 1.4.3, level AA)."""

GROUNDS = {
    "accent": ("#fbfaf7", "#f2f0ea", "#fbe7a1"),
    "accent-dark": ("#15181b", "#1e2327", "#584911"),
}
"""What each of them stands on, as in page.css: the ground of the page, raised parts of it, marked words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """The colour of links and buttons, as "#rrggbb"; None leaves the one that the page has."""

    accent: str | None = None
    accent_dark: str | None = None

    @property
    def stylesheet(self) -> str:
        """The rules that give the page these colours; dark letters stand on buttons where the page is dark."""
        rules = []
        if self.accent:
            rules.append(_rule("light", {"link": self.accent, "button": self.accent}))
        if self.accent_dark:
            own = {"link": self.accent_dark, "button": self.accent_dark, "on-button": GROUNDS["accent-dark"][0]}
            rules.append(_rule("dark", own))
        return "".join(rules)


def _rule(scheme: str, colours: dict[str, str]) -> str:
    declared = " ".join(f"--{name}: {colour};" for name, colour in colours.items())
    return f"@media (prefers-color-scheme: {scheme}) {{ :root {{ {declared} }} }}\n"


def contrast(one: str, other: str) -> float:
    """The contrast of two colours written as "#rrggbb": 1 to 21, as WCAG 2.2 defines it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def check_colour(name: str, colour: object) -> str:
    """What is wrong with a colour as the accent of this name, in a sentence; empty where it is well."""
    if not isinstance(colour, str) or not re.fullmatch("#[0-9A-Fa-f]{6}", colour):
        return f'{name} must be a colour with six digits, as in "#1a5a70".'
    ground = min(GROUNDS[name], key=lambda ground: contrast(colour, ground))
    found = contrast(colour, ground)
    if found < ENOUGH:
        change = "darker" if name == "accent" else "lighter"
        return (
            f"{name} {colour} stands on {ground} with a contrast of {int(found * 100) / 100}, and text needs {ENOUGH}: "
            f"choose a {change} one."
        )
    return ""


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
