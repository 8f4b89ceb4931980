"""What other programs read: the board's own questions as a REST interface and as tools of an assistant."""
