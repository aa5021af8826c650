"""The panel of neighbors: what is most like the selected movie or user."""
