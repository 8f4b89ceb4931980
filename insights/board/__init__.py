"""The questions that the pages of product people ask, and their answers."""
