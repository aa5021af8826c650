"""The lesson's pages beside the sheet: the same document as a long form, and a look-up as a multiplication."""
