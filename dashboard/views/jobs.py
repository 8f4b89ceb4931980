"""Jobs: what customers hire each product for, what stands in the way, and what it is sold for."""

from __future__ import annotations

import streamlit as st

from dashboard import narrowing, session
from dashboard.components.job_story import job_story, obstacle_row
from dashboard.components.page import empty, head, line
from dashboard.components.text import plain
from dashboard.promises import sold_for
from dashboard.words import counted, number
from insights.board import jobs as question
from insights.board.jobs import Job
from insights.board.obstacles import Obstacle

ALL = "All products"


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
        sold_for(found)
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


main()
