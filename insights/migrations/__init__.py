"""The numbered story of the tables."""
