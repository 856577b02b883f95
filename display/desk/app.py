"""The desk as an ASGI application: pages behind the gate, static files, errors."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from display.desk import case_page, cases, console, handouts, live, office, reports, signin, signs, staffing, users
from display.desk.desk import Desk
from display.desk.gate import Gate, Headers

# Every page family, in the order of the menu.
PAGES = (
    *live.PAGES,
    *console.PAGES,
    *cases.PAGES,
    *case_page.PAGES,
    *reports.PAGES,
    *staffing.PAGES,
    *handouts.PAGES,
    *office.PAGES,
    *signs.PAGES,
    *users.PAGES,
    *signin.PAGES,
)
STATIC = Path(__file__).with_name("static")


def application(desk: Desk) -> ASGIApp:
    """The whole desk; what it hears comes by `Desk.hear`."""
    gate = Gate(desk, PAGES)
    face = f':root {{ --face: "{desk.centre.centre.font}" }}'.encode()

    async def face_css(_request: Request) -> Response:
        return Response(face, media_type="text/css")

    routes = [Route("/face.css", face_css)]
    routes += [Route(page.path, gate.endpoint(page), methods=["GET", "POST"]) for page in PAGES]
    return Headers(
        Starlette(
            routes=[*routes, Mount("/static", StaticFiles(directory=STATIC))],
            exception_handlers={HTTPException: gate.error, Exception: gate.error},
        )
    )
