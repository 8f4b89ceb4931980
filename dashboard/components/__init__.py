"""What the pages are made of: plain values in, one escaped HTML string out."""
