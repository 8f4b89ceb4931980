"""The board: pages over the questions of insights."""
