"""What a product is sold for beside what it is hired for, and the form in which its owner writes it down."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.components.job_story import promise, unsold
from dashboard.components.page import heading, line, notice
from dashboard.components.text import plain
from dashboard.who import who
from insights.board import offers
from insights.board.jobs import ProductJobs
from insights.board.offers import NotAnOffer, Offer
from insights.trust.people import Role

_SAID = "jobs-said"


def sold_for(found: ProductJobs) -> None:
    """What the product is sold for beside what it is hired for."""
    said = offers.offers(session.store(), found.product)
    by_theme = {job.theme_id: job for job in found.jobs}
    left, right = st.columns(2, gap="large")
    with left:
        st.html(heading("Sold for", f"what {found.product} promises"))
        if said:
            lines = (promise(one.text, by_theme.get(one.theme_id or 0), tied=one.theme_id is not None) for one in said)
            st.html(f'<ul class="offer">{"".join(lines)}</ul>')
        else:
            st.html(line(("Nobody has written down what it is sold for.",)))
        if who().role in (Role.PRODUCT_OWNER, Role.ADMIN):
            _edit(found, said)
    with right:
        st.html(heading("Hired for, and not sold for"))
        rest = [job for job in found.jobs if job.theme_id not in {one.theme_id for one in said}]
        st.html(
            f'<ul class="offer">{unsold(rest)}</ul>'
            if rest
            else line(("Everything it is hired for is also promised.",))
        )


def _edit(found: ProductJobs, said: tuple[Offer, ...]) -> None:
    names = {job.theme_id: job.name for job in found.jobs}
    if wrong := st.session_state.pop(_SAID, ""):
        st.html(notice(wrong))
    with st.popover("Change what it is sold for", key="sold"), st.form("sold-form", border=False):
        rows: list[Offer] = []
        for at, one in enumerate([*said, Offer(""), Offer("")]):
            text = st.text_input(
                f"Promise {at + 1}", one.text, key=f"sold-{found.product}-{at}-{one.text}", max_chars=offers.LONGEST
            )
            options = list(names)
            index = options.index(one.theme_id) if one.theme_id in names else None
            theme = st.selectbox(
                f"Which job promise {at + 1} is about", options, index=index, format_func=lambda job: plain(names[job]),
                key=f"sold-job-{found.product}-{at}-{one.text}", placeholder="None that was heard",
            )  # fmt: skip
            rows.append(Offer(text, theme))
        if st.form_submit_button("Save", type="primary"):
            try:
                offers.state(session.writer(), found.product, rows, by=who(), at=session.now())
            except NotAnOffer as error:
                st.session_state[_SAID] = str(error)
            st.rerun()
