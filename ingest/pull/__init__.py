"""Feedback that Earshot fetches from help desks: page by page, behind a cursor, at the pace they allow."""
