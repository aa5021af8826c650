"""What all tests need: no real window, the same on every machine."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
