"""The panel of biases: how good movies are and how generous users, corrected for who rated what."""
