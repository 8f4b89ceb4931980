"""Jobs: what customers hire each product for, what stands in the way, and what it is sold for."""

from __future__ import annotations

import streamlit as st

from dashboard import narrowing, session
from dashboard.components.job_story import job_story, obstacle_row, promise, unsold
from dashboard.components.page import empty, head, heading, line, notice
from dashboard.components.text import plain
from dashboard.who import who
from dashboard.words import counted, number
from insights import jobs as question
from insights import offers
from insights.jobs import Job, Obstacle, ProductJobs
from insights.offers import NotAnOffer, Offer
from insights.people import Role

ALL = "All products"
_SAID = "jobs-said"


def main() -> None:
    st.html(session.HERE / "desk.css")
    store = session.store()
    named = question.products(store)
    top = st.container()
    chosen = st.selectbox(
        "Product", [ALL, *named], key="of", bind="query-params", label_visibility="collapsed", width=220
    )
    product = str(chosen) if chosen in named else ""
    found = question.jobs(store, product)
    heard = (f"{counted(found.customers, 'customer')} told what they hire it for", f"{counted(found.notes, 'note')}")
    with top:
        st.html(head("Jobs", heard))
    if not found.jobs:
        st.html(
            empty("No job was heard yet", "A job appears once several customers have said what they want to get done.")
        )
    narrowed = {f"{narrowing.ONLY}product": product} if product else {}
    for job in found.jobs:
        _job(job, narrowed)
    if found.more:
        st.html(line((f"{counted(found.more, 'more job')} of fewer customers",)))
        with st.container(key="link-more-jobs"):
            st.page_link(session.THEMES, label="All jobs among the themes", query_params={"kind": "Jobs"})
    if product:
        _sold_for(found)
    else:
        st.html(line(("Choose a product to see what it is sold for beside what it is hired for.",)))


def _job(job: Job, narrowed: dict[str, str]) -> None:
    """The story left, what stands in its way right."""
    with st.container(key=f"job-{job.theme_id}", gap="small"):
        left, right = st.columns([55, 45], gap="medium")
        with left:
            with st.container(key=f"row-job-{job.theme_id}", gap=None):
                st.html(job_story(job))
                st.page_link(session.THEME, label=plain(job.name), query_params={"id": str(job.theme_id)})
            with st.container(key=f"link-job-{job.theme_id}"):
                st.page_link(
                    session.NOTES, label=f"{counted(job.customers, 'customer')}, {counted(job.notes, 'note')}",
                    query_params={"theme": str(job.theme_id), **narrowed},
                )  # fmt: skip
        with right:
            st.html(line(("In the way",)) if job.obstacles else line(("Nothing was heard to stand in its way.",)))
            for one in job.obstacles:
                _obstacle(job, one, narrowed)


def _obstacle(job: Job, one: Obstacle, narrowed: dict[str, str]) -> None:
    key = f"{job.theme_id}-{one.theme_id}"
    name, same = st.columns([62, 38], gap="small", vertical_alignment="center")
    with name, st.container(key=f"row-ob-{key}", gap=None):
        st.html(obstacle_row(one))
        st.page_link(session.THEME, label=plain(one.name), query_params={"id": str(one.theme_id)})
    at = {"theme": str(one.theme_id), **narrowed}
    with same, st.container(horizontal=True, gap="small", key=f"ob-{key}"):
        if one.notes:
            label = f"in {number(one.notes)} of its notes"
            st.page_link(session.NOTES, label=label, query_params=at | {"beside": str(job.theme_id)})
        if one.customers > one.notes:
            label = f"by {number(one.customers)} of its customers"
            st.page_link(session.NOTES, label=label, query_params=at | {"shared": str(job.theme_id)})


def _sold_for(found: ProductJobs) -> None:
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


main()
