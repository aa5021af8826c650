"""The one-step microscope: one gradient step on one rated cell, with all of its numbers."""
