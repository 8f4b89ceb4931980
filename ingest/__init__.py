"""What was said: Feedback from files, topics and help desks, checked and cleaned."""
