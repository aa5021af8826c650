"""What was learned: neighbors."""
