"""The present model and loop as code, to read, copy and save."""
