"""The documents of a service on the kiosk: found, read in both languages, opened on a telephone by their code."""

from __future__ import annotations

import datetime as dt
import subprocess
from dataclasses import replace

import pytest
from documents import DOCUMENTS, LINK, TITLE
from window_render import render

from broker.centre import DEFAULT, load
from broker.hours import Open
from broker.office import Catalogue as Documents
from broker.office_rules import overlay
from kiosk import flow, pages
from kiosk.catalogue import Catalogue, CatalogueOpened
from kiosk.view import view

CENTRE = overlay(load(DEFAULT), DOCUMENTS)
RULES = pages.Rules("th", ticket_seconds=6, idle_seconds=30, untaken_seconds=60)
NOON = dt.datetime(2026, 11, 23, 12, tzinfo=CENTRE.zone)
BEGIN = replace(flow.start(RULES, Open(NOON)), voices=frozenset({"th", "en"}))
LIST = Catalogue("1.1")


def after(*events: pages.Event) -> pages.State:
    state = BEGIN
    for event in events:
        state, _ = flow.step(RULES, state, event)
    return state


def test_the_steps_lead_to_the_documents_a_document_and_back() -> None:
    one = replace(LIST, document="d2")
    state = after(pages.StepsOpened("1.1"), CatalogueOpened(LIST), CatalogueOpened(one))
    assert (state.page, view(state, CENTRE).page) == (one, "document")
    state, _ = flow.step(RULES, state, CatalogueOpened(LIST))
    assert view(state, CENTRE).page == "catalogue"
    state, _ = flow.step(RULES, state, pages.StepsOpened("1.1"))
    assert view(state, CENTRE).page == "steps"


def test_only_a_service_that_has_documents_offers_them() -> None:
    offers = {s.id: view(after(pages.StepsOpened(s.id)), CENTRE).documents for s in CENTRE.services}
    assert offers == {"1.1": True, "1.2": False, "1.3": False}


def test_titles_stand_in_both_languages_and_the_link_is_that_of_the_document() -> None:
    rows = view(after(pages.StepsOpened("1.1"), CatalogueOpened(LIST)), CENTRE).rows
    assert (len(rows), rows[0].title) == (7, (TITLE["th"], TITLE["en"]))
    shown = view(after(pages.StepsOpened("1.1"), CatalogueOpened(replace(LIST, document="d2"))), CENTRE)
    assert (shown.link, shown.title) == (LINK, (TITLE["th"], TITLE["en"]))


def test_a_document_on_paper_alone_has_no_code_and_says_whom_to_ask() -> None:
    shown = view(after(pages.StepsOpened("1.1"), CatalogueOpened(replace(LIST, document="paper"))), CENTRE)
    assert (shown.link, shown.hint, shown.notice) == ("", ("", ""), "กรุณาขอรับจากเจ้าหน้าที่")


def test_nobody_stays_among_the_documents() -> None:
    state = after(pages.StepsOpened("1.1"), CatalogueOpened(LIST))
    state, _ = flow.step(RULES, state, pages.TimeUp(state.turn))
    assert isinstance(state.page, pages.Home)


def test_documents_lead_nowhere_when_the_centre_closes() -> None:
    state = after(pages.StepsOpened("1.1"), CatalogueOpened(LIST), pages.CardKnown(False))
    assert isinstance(state.page, pages.Stopped)


@pytest.mark.parametrize("page", [LIST, replace(LIST, document="d2"), replace(LIST, first=6)])
def test_what_the_office_takes_out_of_the_catalogue_leaves_a_page_that_can_be_used(page: Catalogue) -> None:
    state = after(pages.StepsOpened("1.1"), CatalogueOpened(page))
    fewer = overlay(CENTRE, Documents("1.1", DOCUMENTS.documents[:1]))
    shown = view(state, fewer)
    assert (shown.page, [row.document for row in shown.rows], shown.first) == ("catalogue", ["d1"], 0)


def test_who_listens_is_led_back_to_the_steps_for_no_pack_speaks_titles() -> None:
    state = after(pages.StepsOpened("1.1"), CatalogueOpened(LIST), pages.ModeToggled("spoken"))
    assert state.page == pages.Steps("1.1")
    assert not view(state, CENTRE).documents


@pytest.mark.parametrize("size", [(1080, 1920), (1280, 800)])
def test_the_code_on_the_glass_opens_the_document(tmp_path, size: tuple[int, int]) -> None:
    (scene,) = render(size, tmp_path, "kiosk", "kiosk-document-th$")
    (picture,) = tmp_path.glob("*.png")
    read = subprocess.run(["zbarimg", "--quiet", "--raw", picture], capture_output=True, text=True, timeout=30)
    assert (read.stdout.strip(), scene.faults) == (LINK, [])
