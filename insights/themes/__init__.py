"""Themes as records: what they hold, how they change, who decided, and the way back."""
