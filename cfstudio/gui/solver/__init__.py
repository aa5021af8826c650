"""The Solver's window: parameters as in Excel, the search to watch, results to keep or to take back."""
