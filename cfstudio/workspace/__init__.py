"""The open document: its state, undoable edits, training control, session file."""
