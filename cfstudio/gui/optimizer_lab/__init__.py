"""The window of the optimizer worksheets: sheet, pictures, microscope, race, data."""
