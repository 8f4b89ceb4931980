"""What we know: the store, the questions it answers, and what people decided."""
