"""The learning-rate finder: the loss over rates from tiny to huge, and a rate to use."""
