"""Other ways to find themes, on the same vectors, in one table. Needs bench/peers/requirements.txt; nothing else does."""
