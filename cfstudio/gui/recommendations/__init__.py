"""What to recommend to the selected user, and why."""
