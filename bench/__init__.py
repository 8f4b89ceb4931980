"""Benchmarks: printed, never asserted on time."""
