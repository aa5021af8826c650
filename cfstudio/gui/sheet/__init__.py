"""The sheet: item factors on top, user factors at the left, the user × item grid in the middle."""
