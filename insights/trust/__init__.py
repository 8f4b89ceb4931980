"""Who may do what, what was done, and what must go: people, audit, erasure, retention, backup."""
