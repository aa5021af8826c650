"""A movie that the model has never seen: genres, year, a few ratings in, predictions for users out."""
