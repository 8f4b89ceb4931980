"""What care agents judge, and what is learnt from it."""
