"""The table of runs: compare them, name them, take their numbers back."""
