"""What predicts: dot product, with and without biases."""
