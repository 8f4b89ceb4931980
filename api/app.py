"""The REST interface: routes, who may pass, and how trouble is told. OpenAPI 3.1 describes it at /api/v1/openapi.json."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, FastAPI, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException

from api import reading, shapes
from api.cursor import BadCursor
from api.reading import NotThere, Session, TooFew
from insights.board.quotes import QuoteOrder
from insights.counting.filters import Rank, ThemeQuery
from insights.settings import StoreSettings
from insights.store import Store, StoreError
from insights.trust import tokens
from insights.trust.tokens import TokenRefused

BASE = "/api/v1"
MOST = 200
VALUES = 50

bearer = HTTPBearer(auto_error=False, description="A token of `earshot tokens make`.")
Text = Annotated[str, Query(max_length=200)]
Values = Annotated[list[Annotated[str, Query(max_length=200)]], Query(max_length=VALUES)]
Cursor = Annotated[str, Query(max_length=300, description="“next” of the page before.")]
Limit = Annotated[int, Query(ge=1, le=MOST)]
Id = Annotated[int, Path(ge=1, lt=2**31)]
Kinds = shapes.Kind | None


class NoToken(PermissionError):
    """Nothing says who reads."""


@lru_cache(maxsize=1)
def settings() -> StoreSettings:
    """Return the settings of this process, read once."""
    return StoreSettings()


@lru_cache(maxsize=1)
def store() -> Store:
    """Return this process's read-only store."""
    opened = Store(settings().url, read_only=True)
    opened.check_migrated()
    return opened


def session(given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> Session:
    """Return who asks. Raises NoToken, TokenRefused, StoreError."""
    if given is None:
        raise NoToken("this needs a token: send “Authorization: Bearer …” with one of `earshot tokens make`")
    now = datetime.now(UTC)
    reader = tokens.reader(store(), given.credentials, now)
    return reading.session(store(), reader, settings().min_customers, now)


Asking = Annotated[Session, Depends(session)]
TOLD = (400, 401, 403, 404, 422, 503)

app = FastAPI(
    title="Earshot",
    version="1",
    summary="What customers say, theme by theme, with the words that prove it.",
    openapi_url=f"{BASE}/openapi.json",
    docs_url=None,
    redoc_url=None,
    responses={status: {"model": shapes.Trouble, "description": HTTPStatus(status).phrase} for status in TOLD},
    redirect_slashes=False,
)


@app.get(f"{BASE}/themes")
def themes(
    asking: Asking,
    kind: Kinds = None,
    q: Text = "",
    rank: Rank = Rank.CUSTOMERS,
    product: Values = [],  # noqa: B006 - read only, and how the framework is told of a list
    plan: Values = [],  # noqa: B006
    region: Values = [],  # noqa: B006
    language: Values = [],  # noqa: B006
    channel: Values = [],  # noqa: B006
    app_version: Values = [],  # noqa: B006
    weeks: Annotated[int, Query(ge=0, le=520)] = 0,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> shapes.Themes:
    """Themes, ranked. A theme is listed when the filters leave at least one of its notes in."""
    query = ThemeQuery(
        kind=kind or "",
        text=" ".join(q.split()),
        rank=rank,
        products=tuple(product),
        plans=tuple(plan),
        regions=tuple(region),
        languages=tuple(language),
        channels=tuple(channel),
        app_versions=tuple(app_version),
        weeks=weeks,
        page_size=limit,
    )
    return reading.themes(asking, query, cursor)


@app.get(f"{BASE}/themes/{{theme_id}}")
def theme(asking: Asking, theme_id: Id) -> shapes.OneTheme:
    """One theme: its figures, its 12 full weeks, its lineage. An id that was merged leads on."""
    return reading.one_theme(asking, theme_id)


@app.get(f"{BASE}/themes/{{theme_id}}/quotes")
def quotes(
    asking: Asking, theme_id: Id, order: QuoteOrder = QuoteOrder.NEWEST, limit: Limit = 20, cursor: Cursor = ""
) -> shapes.Quotes:
    """The redacted words behind a theme, with every signal marked."""
    return reading.quotes(asking, theme_id, order, limit, cursor)


@app.get(f"{BASE}/themes/{{theme_id}}/signals")
def signals_of(asking: Asking, theme_id: Id, limit: Limit = 100, cursor: Cursor = "") -> shapes.Signals:
    """The signals of a theme, newest first."""
    return reading.signals_of(asking, theme_id, limit, cursor)


@app.get(f"{BASE}/search")
def search(
    asking: Asking,
    q: Annotated[
        str, Query(min_length=1, max_length=200, description="Words; in quotation marks they stand together.")
    ],
    limit: Limit = 20,
    cursor: Cursor = "",
) -> shapes.Quotes:
    """Notes that say the words, newest first: 200 of them at most."""
    return reading.search(asking, q, limit, cursor)


@app.get(f"{BASE}/signals")
def received(asking: Asking, kind: Kinds = None, limit: Limit = 100, cursor: Cursor = "") -> shapes.Signals:
    """All signals as they were received, oldest first: keep “next” and ask again later for what came since."""
    return reading.received(asking, kind or "", limit, cursor)


@app.get(f"{BASE}/ledger")
def ledger(
    asking: Asking,
    team: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
    limit: Limit = 100,
    cursor: Cursor = "",
) -> shapes.Ledger:
    """What was asked of owner teams, what they answered and why, newest first."""
    return reading.ledger(asking, team, limit, cursor)


@app.get(f"{BASE}/teams")
def teams(asking: Asking) -> shapes.Teams:
    """How each team listens."""
    return reading.teams(asking)


@app.get(f"{BASE}/reviews")
def reviews(asking: Asking) -> shapes.Reviews:
    """The weekly reviews, newest first."""
    return reading.all_reviews(asking)


@app.get(f"{BASE}/reviews/{{week}}")
def review(asking: Asking, week: Annotated[date, Path(description="Any day of the week.")]) -> shapes.Review:
    """The decisions of one weekly review."""
    return reading.one_review(asking, week)


def _told(status: HTTPStatus) -> Callable[[Request, Exception], Awaitable[JSONResponse]]:
    async def answer(_request: Request, error: Exception) -> JSONResponse:
        headers = {"WWW-Authenticate": "Bearer"} if status is HTTPStatus.UNAUTHORIZED else None
        return JSONResponse({"error": str(error)}, status_code=status, headers=headers)

    return answer


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = " ".join(str(part) for part in first["loc"])
    return JSONResponse({"error": f"{place}: {first['msg']}"}, status_code=HTTPStatus.UNPROCESSABLE_ENTITY)


async def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": str(error.detail)}, status_code=error.status_code, headers=error.headers)


for kind_of_error, status in (
    (BadCursor, HTTPStatus.BAD_REQUEST),
    (NoToken, HTTPStatus.UNAUTHORIZED),
    (TokenRefused, HTTPStatus.FORBIDDEN),
    (TooFew, HTTPStatus.FORBIDDEN),
    (NotThere, HTTPStatus.NOT_FOUND),
    (StoreError, HTTPStatus.SERVICE_UNAVAILABLE),
):
    app.add_exception_handler(kind_of_error, _told(status))
app.add_exception_handler(RequestValidationError, _invalid)
app.add_exception_handler(HTTPException, _http)
