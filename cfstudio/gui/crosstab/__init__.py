"""Choosing which users and items the sheet shows."""
