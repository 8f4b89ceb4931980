"""Composes ingest, nlp and insights; holds the `earshot` command. Nobody imports pipelines."""
