"""The weekly review: its agenda, its decisions, its minutes, and the opportunity solution tree."""
