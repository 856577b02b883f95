"""The signs of the roster's officers, as A4 pages to be printed and set up at their points (R13)."""

from __future__ import annotations

import asyncio
from io import BytesIO

from starlette.exceptions import HTTPException
from starlette.responses import Response

from broker.office import Roster
from broker.office_rules import current
from display.desk.page import SUPERVISORS, Page, Visit
from display.paper.case import write
from display.paper.sign import signs

ONE_AT_A_TIME = asyncio.Semaphore(1)  # setting pages takes a core for a second


async def pdf(visit: Visit) -> Response:
    """Of all, or of the one whose place in the roster, from 0, is asked for (``officer``)."""
    roster = current(visit.desk.centre, "roster")
    assert isinstance(roster, Roster)
    chosen, asked = roster.officers, visit.request.query_params.get("officer")
    if asked is not None:
        if not (asked.isascii() and asked.isdigit() and len(asked) < 4):
            raise HTTPException(404)
        chosen = roster.officers[int(asked) : int(asked) + 1]
    if not chosen:
        raise HTTPException(404)
    made = BytesIO()
    async with ONE_AT_A_TIME:
        await asyncio.to_thread(write, signs(chosen, visit.desk.centre, visit.language), made)
    headers = {"Content-Disposition": 'inline; filename="signs.pdf"'}
    return Response(made.getvalue(), headers=headers, media_type="application/pdf")


PAGES = (Page("/office/roster/signs.pdf", SUPERVISORS, pdf),)
