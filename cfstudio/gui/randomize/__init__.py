"""Drawing other starting numbers, with a look at what they imply."""
