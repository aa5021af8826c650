"""Why the selected prediction is what it is."""
