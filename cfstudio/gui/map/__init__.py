"""The panel with the map of the factors: points, colors, labels, lasso, t-SNE."""
