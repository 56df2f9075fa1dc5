"""What a search or a post looks like as JSON: a public promise that the command line and the page share."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from archivesearch.params import to_params
from archivesearch.posts import Post, Provenance
from archivesearch.query import plain, say, to_text
from archivesearch.search import FACETS, FacetCount, Hit, Results, Search, Suggestion

if TYPE_CHECKING:  # a search from the command line has no use for what they import
    from collections.abc import Iterable

    from archivesearch.coverage import Counts, Coverage, Step
    from archivesearch.dedupe import Duplicate

VERSION = 1
"""Raised whenever a key of `as_record` changes its meaning or goes; new keys may come without."""


def as_record(search: Search, results: Results) -> dict[str, Any]:
    """The answer to a search: version, total, query (how it was read, in words), hits of this page, facets, months.

    `relaxed` says that no post has all of the words, and that these have most of them. Where there is none, `repairs`
    are the filters that could be dropped (in words, with the number of posts that it would bring and the query and
    parameters of the search without it), and `suggestion` is a query that finds something, or empty.
    """
    return {
        "version": VERSION,
        "total": results.total,
        "query": say(search.query),
        "hits": [hit_record(hit) for hit in results.hits],
        "facets": {facet: [_count_record(count) for count in results.facets.get(facet, ())] for facet in FACETS},
        "months": [_count_record(count) for count in results.months],
        "relaxed": results.relaxed,
        "repairs": [
            {"dropped": say(repair.dropped), "count": repair.count, "params": to_params(repair.search)}
            for repair in results.repairs
        ],
        "suggestion": results.suggestion,
    }


def hit_record(hit: Hit) -> dict[str, Any]:
    """A hit of a search: the head of its post, its score, its snippet as plain text, and where the blog had it."""
    return {
        **_head_record(hit.post),
        "score": hit.score,
        "snippet": "".join(fragment.text for fragment in hit.snippet),
        "permalink": hit.post.permalink,
    }


def explained_record(search: Search, steps: Iterable[tuple[str, float]]) -> dict[str, Any]:
    """How a search was answered: `read` (the query in words), `as` (the query as typed plainly), `steps`, `ms`.

    Each step says what was done and how many milliseconds it took; `ms` is their sum. The words of a step are for
    people and may change.
    """
    timed = list(steps)
    return {
        "read": say(search.query),
        "as": to_text(search.query),
        "steps": [{"what": what, "ms": round(ms, 3)} for what, ms in timed],
        "ms": round(sum(ms for _, ms in timed), 3),
    }


def similar_record(post_id: str, hits: Iterable[Hit]) -> dict[str, Any]:
    """The posts most like the one with this id, best first: version, of, posts."""
    return {"version": VERSION, "of": post_id, "posts": [like_record(hit) for hit in hits]}


def like_record(hit: Hit) -> dict[str, Any]:
    """A post that is like another one: a hit of a search without a snippet, its score how much alike they are."""
    return {**_head_record(hit.post), "score": hit.score}


def suggestions_record(typed: str, suggestions: Iterable[Suggestion]) -> dict[str, Any]:
    """What may be meant by somebody who has typed so far: version, typed, suggestions.

    The `kind` of a suggestion is "label", "title" or "word", `text` all that may be meant, `count` the posts with it.
    `params` are those of the search that finds them; `id` is that of the post, of a title that one alone has, or None.
    """
    return {
        "version": VERSION,
        "typed": typed,
        "suggestions": [asdict(each) | {"params": _params_of(each)} for each in suggestions],
    }


def _params_of(suggestion: Suggestion) -> list[tuple[str, str]]:
    """The parameters of the search that finds it: of a title its words, for to a query its signs may mean more."""
    if suggestion.kind == "label":
        return [("label", suggestion.text)]
    return [("q", plain(suggestion.text) if suggestion.kind == "title" else suggestion.text)]


def post_record(post: Post) -> dict[str, Any]:
    """A whole post: its text is plain, `published` ISO 8601 as exact as it is known, or None."""
    return {
        **_head_record(post),
        "permalink": post.permalink,
        "text": post.text,
        "provenance": [_provenance_record(copy) for copy in post.provenance],
    }


def error_record(message: str, position: int | None = None) -> dict[str, Any]:
    """Why there is no answer: version, error with the sentence for people and the place in the query, or None."""
    return {"version": VERSION, "error": {"message": message, "position": position}}


def duplicate_record(duplicate: Duplicate) -> dict[str, Any]:
    """A further copy of a post: `of` and `title` are the survivor's; `differences` a word diff, where it was asked for.

    `kind` is "exact", "near" or "excerpt", `similarity` 0 to 1, `reason` why it is a copy, in words.
    """
    return {
        "of": duplicate.of,
        "title": duplicate.title,
        "kind": duplicate.kind,
        "similarity": duplicate.similarity,
        "reason": duplicate.reason,
        "differences": list(duplicate.differences.lines()),
        "provenance": _provenance_record(duplicate.provenance),
    }


def coverage_record(coverage: Coverage, step: Step) -> dict[str, Any]:
    """How many posts there are in each month or year ("by") from the first to the last dated post, and the gaps.

    "periods" counts each post once; in "dumps" it counts in each dump that it stands in, and only months or years with
    posts are told there. By month, posts of which only the year is known stand in "year_only"; by year they are in
    "periods" too. A gap's "uncertain" posts may be of it: of them only the year is known.
    """
    from archivesearch.coverage import every

    counts = coverage.counts
    return {
        "version": VERSION,
        "by": step,
        "posts": counts.posts,
        "periods": [_period_record(period, posts) for period, posts in every(counts, step)],
        **_rest_record(counts),
        "dumps": [
            {
                "dump": each.dump,
                "posts": each.counts.posts,
                "only": each.only,
                "periods": [_period_record(period, posts) for period, posts in each.counts.by(step).items()],
                **_rest_record(each.counts),
            }
            for each in coverage.dumps
        ],
        "gaps": [asdict(gap) for gap in coverage.gaps],
    }


def _period_record(period: str, posts: int) -> dict[str, Any]:
    return {"period": period, "posts": posts}


def _rest_record(counts: Counts) -> dict[str, Any]:
    return {"year_only": [_period_record(*each) for each in counts.years.items()], "undated": counts.undated}


def _head_record(post: Post) -> dict[str, Any]:
    return {
        "id": post.id,
        "title": post.title,
        "published": post.published.iso if post.published else None,
        "labels": list(post.labels),
        "countries": list(post.countries),
        "language": post.language,
    }


def _count_record(count: FacetCount) -> dict[str, Any]:
    return {"value": count.value, "count": count.count, "selected": count.selected}


def _provenance_record(copy: Provenance) -> dict[str, Any]:
    return {
        "dump": copy.dump,
        "sha256": copy.sha256,
        "reader": copy.reader,
        "line": copy.line,
        "start": copy.start,
        "end": copy.end,
        "certainty": copy.certainty,
        "evidence": copy.evidence,
    }
