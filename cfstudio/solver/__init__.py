"""Spreadsheet-style optimization: make one cell small by changing others, as Excel's Solver does."""
