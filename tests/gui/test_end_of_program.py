"""The program's end is an end in peace, whatever was done before."""

import subprocess
import sys

COPYING = """
from cfstudio.gui.app import build_window
window = build_window(["--data", "lesson"])
window.sheet.ratings_view.select_cell(1, 1)
window.actions_by_name["actionCopy"].trigger()
window.workspace.edits.mark_saved()
window.close()
"""


def test_a_copy_on_a_machine_without_a_screen_does_not_crash_the_end():
    done = subprocess.run([sys.executable, "-c", COPYING], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
