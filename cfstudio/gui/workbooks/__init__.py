"""Workbooks out and in: what an export will hold, how far it is, and what was understood of an import."""
