"""Feedback that is sent to Earshot as it happens: who may send it, how it is checked, and what is handed on to be kept."""
