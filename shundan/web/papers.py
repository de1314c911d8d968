"""The list of one kind of paper that moves goods: receipts, shipments."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shundan.kernel.actor import Actor
from shundan.kernel.listing import Page
from shundan.web.frame import frame
from shundan.web.lists import plain_list, state_of, tabs
from shundan.web.words import Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What a list of papers is called and shows; `place` names its address, its menu entry and its template.

    `active` is the menu entry where that is another. The first view shows everything, each other one the papers in the
    state of its name. `filters` are read from the address and handed to `find` by name.
    """

    place: str
    title: Word
    views: tuple[tuple[str, Word], ...]
    find: Callable[..., Page[Any]]
    row: Callable[[Any], dict[str, Any]]
    placeholder: Word
    empty_title: Word
    empty_text: Word
    filters: tuple[str, ...] = ()
    active: str = ""
    create_url: str | None = None
    create_label: Word = ""
    bulk_actions: tuple[dict[str, str], ...] = ()


def show_papers(
    request: HttpRequest, papers: Papers, *, by: Actor, choices: Mapping[str, list[tuple[str, str]]] | None = None
) -> HttpResponse:
    """Show one page of papers; `choices` are the offered values of its filters."""
    state, everything = state_of(request), papers.views[0][0]
    view = state.choice("view", dict(papers.views), everything)
    wanted = {name: state.text(name) for name in papers.filters}
    found = papers.find(
        by=by,
        state="" if view == everything else view,
        search=state.text("q"),
        cursor=state.cursor,
        limit=state.size,
        counted=True,
        **wanted,
    )
    context = {
        "page": frame(
            request, by, title=str(papers.title), active=papers.active or papers.place, create_url=papers.create_url
        ),
        "views": tabs(state, papers.views, active=view, counts={}),
        "choices": choices or {},
        "query": wanted,
        **plain_list(
            state,
            found,
            [papers.row(one) for one in found.items],
            url=reverse(f"{papers.place}.list"),
            placeholder=str(papers.placeholder),
            caption=str(papers.title),
            create_label=str(papers.create_label),
            empty_title=str(papers.empty_title),
            empty_text=str(papers.empty_text),
        ),
        "bulk_actions": list(papers.bulk_actions),
    }
    return render(request, f"{papers.place}/list.html", context)
