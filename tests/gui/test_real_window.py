"""A stranger's script opens the program in a real X window, trains, and takes a picture."""

import os
import shutil
import subprocess
import sys

import pytest

pytestmark = [
    pytest.mark.xvfb,
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("xvfb-run") is None, reason="Xvfb is not installed"),
]

SCRIPT = """
import sys, time
from PySide6.QtWidgets import QApplication
from cfstudio.gui.app import build_window
window = build_window(["--data", "lesson", "--size", "1200x800"])
app = QApplication.instance()
assert app.platformName() == "xcb", app.platformName()
window.actions_by_name["actionTrain"].trigger()
end = time.monotonic() + 60
while window.control.state != "finished" and time.monotonic() < end:
    app.processEvents()
    time.sleep(0.002)
assert window.control.state == "finished", window.control.state
picture = window.grab()
assert picture.width() >= 1200
colors = {picture.toImage().pixel(x, y) for x in range(0, 1200, 7) for y in range(0, 800, 7)}
assert len(colors) > 50, "the window is blank"
print("RMSE", window.workspace.score.train_rmse)
window.close()
"""


def test_the_lesson_trains_in_a_real_x_window():
    command = ["xvfb-run", "-a", "-s", "-screen 0 1280x900x24", sys.executable, "-c", SCRIPT]
    environment = os.environ | {"QT_QPA_PLATFORM": "xcb"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout.split()[-1]) < 0.45
