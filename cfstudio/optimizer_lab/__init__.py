"""The optimizer worksheets: gradient descent on a line, row by row."""
