from pathlib import Path
def path_of(name): return Path("/nonexistent")/name
