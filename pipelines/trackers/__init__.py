"""Trackers: where product work is planned. One small file for each speaks its documented interface."""
