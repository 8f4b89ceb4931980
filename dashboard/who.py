"""Who is looking at the board, and which pages are for whom.

People sign in through the provider of the settings; without one the board is in local mode, listens on this machine
only, and says so. The store is asked anew in every run, so an account that was switched off ends with the next click.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import streamlit as st

from dashboard import session
from dashboard.components.page import line, trouble
from dashboard.settings import settings
from insights.trust import people
from insights.trust.anonymity import CARE_TEAM
from insights.trust.people import NotAllowed, Person, Role

EVERYBODY = frozenset(Role)
WRITING = EVERYBODY - {Role.VIEWER}
RUNNING = frozenset({Role.PRODUCT_OWNER, Role.TEAM_OWNER, Role.ADMIN})

PAGES: Mapping[str, frozenset[Role]] = {
    session.THEMES: EVERYBODY,
    session.THEME: EVERYBODY,
    session.NOTES: EVERYBODY,
    session.EXPLORE: EVERYBODY,
    session.REVIEW: EVERYBODY,
    session.TREE: EVERYBODY,
    session.PIPELINE: EVERYBODY,
    session.LISTENING: EVERYBODY,
    session.LITMUS: EVERYBODY,
    session.OWNERS: EVERYBODY,
    session.LEDGER: EVERYBODY,
    session.STAFF: EVERYBODY,
    session.ADMIN: frozenset({Role.ADMIN}),
    session.LEARNING: EVERYBODY,
    session.JOBS: EVERYBODY,
    session.MOVERS: EVERYBODY,
    session.WORTH: EVERYBODY,
    session.DESK: CARE_TEAM,
    session.MY_NOTES: WRITING,
}
"""Every page and the roles it is for. A page that is not here is for admins only."""

_CHOSEN = "working_as"


class SignedOut(Exception):
    """Nobody is signed in, or the session is over."""


def who() -> Person:
    """Return the person looking at this page, as the store has them now.

    Raises SignedOut when nobody is signed in, and NotAllowed for a stranger or an account that is switched off.
    """
    return _signed_in() if settings().signs_in else _local()


def page_allowed(person: Person, page: str) -> bool:
    """Tell whether a page is for a person; ``page`` is its file as in ``dashboard.session``."""
    return person.role in PAGES.get(page, frozenset({Role.ADMIN}))


def sidebar(person: Person) -> None:
    """Say at the foot of the sidebar who is working, and offer the way out, or, in local mode, another name."""
    if settings().signs_in:
        st.html(line((f"{person.name}, {person.role}",)))
        st.button("Sign out", key="sign-out", on_click=st.logout, type="tertiary")
        return
    names = {found.id: f"{found.name}, {found.role}" for found in people.all(session.store(), active_only=True)}
    if len(names) > 1:
        st.selectbox(
            "Working as", list(names), list(names).index(person.id), format_func=lambda one: names[one], key=_CHOSEN
        )
    else:
        st.html(line((f"{person.name}, {person.role}",)))
    st.html(line(("Local mode: no sign-in, this machine only",)))


def door(refused: Exception) -> None:
    """The page of somebody who is not let in: how to sign in, or what is missing."""
    if isinstance(refused, SignedOut):
        st.html(trouble("Sign in to go on", "Earshot is for the people of this company.", ""))
        st.button("Sign in", key="sign-in", type="primary", on_click=st.login)
        return
    st.html(trouble("This account is not let in", f"{str(refused)[:1].upper()}{str(refused)[1:]}.", ""))
    if settings().signs_in:
        st.button("Sign in with another account", key="sign-out", on_click=st.logout)


def _signed_in() -> Person:
    claims = st.user.to_dict()
    if not claims.get("is_logged_in"):
        raise SignedOut
    since = claims.get("iat")
    longest = timedelta(hours=settings().board_session_hours).total_seconds()
    if not isinstance(since, (int, float)) or not 0 <= session.now().timestamp() - since + 300 <= longest + 300:
        raise SignedOut
    email = str(claims.get("email") or "")
    if claims.get("email_verified") is False:
        raise NotAllowed("your provider has not confirmed your e-mail address; confirm it there first")
    found = people.by_email(session.store(), email)
    if found is None:
        raise NotAllowed(f"nobody with the address {email or '(none given)'} is known here; ask an admin to add you")
    return people.require(session.store(), found.id)


def _local() -> Person:
    chosen = st.session_state.get(_CHOSEN)
    if isinstance(chosen, int):
        found = people.get(session.store(), chosen)
        if found is not None and found.active:
            return found
    return people.require(session.store(), people.local(session.writer(), settings().local_user).id)
