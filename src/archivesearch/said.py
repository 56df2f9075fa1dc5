"""Numbers with the words that they count."""


def say_number(number: int, word: str) -> str:
    """The number with its word: "1 dump", "2 dumps"."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def say_posts(number: int) -> str:
    """The number with its word: "1 post", "2 posts"."""
    return say_number(number, "post")
