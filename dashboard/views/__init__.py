"""The pages: filter, one query, render."""
