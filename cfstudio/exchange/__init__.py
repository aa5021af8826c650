"""Other programs' files: Excel workbooks with live formulas, tables of factors and predictions."""
