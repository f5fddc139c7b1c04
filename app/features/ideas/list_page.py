"""Puts the page with a list of ideas together: as cards, or on a map with the same list by neighbourhood."""

from datetime import datetime
from typing import Any

from flask import render_template

from app.domain.lifecycle import IdeaState
from app.features.ideas import facets, fragments, highlights, listing, map_view
from app.features.ideas.listing import Choice, Listing, Slice
from app.kit import headers, shown
from app.models.person import Person
from app.policies.taking_part import may_submit, may_vote
from app.records import ballots, ideas
from app.records.order import Sort


def render(choice: Choice, person: Person | None, now: datetime) -> str:
    """The page of a choice for whoever looks."""
    number = person.id if person else None
    found = listing.read(choice, now, number)
    choice = found.choice
    submitting = may_submit(person, choice.call, now)
    feed = "" if choice.is_personal else _feed_of(choice)
    counts = not choice.call.hides_counts(now)
    about: dict[str, Any] = {
        "choice": choice,
        "call": choice.call,
        "total": found.total,
        "around": fragments.around(found, choice.call.phase(now), submitting, feed),
        "is_empty": len(found.sheet) == 0,
        "counts": counts,
        "submitting": submitting,
        "feed": feed,
        "explains_seen": choice.sort is Sort.LEAST_SEEN,
    }
    if choice.is_map:
        headers.allow_map()
        return render_template("ideas/map.html", **about, map=map_view.read(found))
    page = found.slice(listing.seed(choice.lot, number))
    if not found.total:
        about["ways_out"] = facets.ways_out(found)
        about["nearest"] = _nearest(choice)
    return render_template(
        "ideas/index.html", **about, page=page, cards=_cards(found, page, person, now, counts=counts)
    )


def _cards(found: Listing, page: Slice, person: Person | None, now: datetime, *, counts: bool) -> str:
    call = found.choice.call
    rows = ideas.cards(page.ids) if person else ideas.kept_cards(page.ids)
    shown.note(tuple(page.ids))
    return fragments.cards(
        rows,
        may_vote(person, IdeaState.PUBLISHED, call, now),
        ballots.my_votes(person.id, page.ids) if person and page.ids else {},
        counts=counts,
        threshold=call.threshold,
        marked=highlights.of_cards(rows, found.choice.search) if found.choice.search else {},
    )


def _nearest(choice: Choice) -> list[tuple[str, str]]:
    if not choice.search:
        return []
    words = highlights.nearest(choice.search, choice.call.id)
    return [(search, choice.address(zoek=search)) for search in words]


def _feed_of(choice: Choice) -> str:
    """The address of the same view as a feed: always newest first."""
    return choice.address(base=f"{choice.base}.atom", oproep=choice.call.slug, sort="", kaart="")
