"""The training panel: readouts, curve, table of epochs, settings, speed."""
