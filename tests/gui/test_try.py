import time, traceback
from PySide6.QtCore import Qt, qInstallMessageHandler
def test_a(lesson):
    def h(kind, ctx, text):
        print("MSG", text); traceback.print_stack()
    qInstallMessageHandler(h)
    view = lesson.select("ratingsView", 0, 0)
    print("sel")
    lesson.qtbot.keyClicks(view, "4")
    print("typed")
    e = lesson.editor(view)
    print([x for x in view.viewport().findChildren(type(e))])
    lesson.qtbot.keyClicks(e, "5")
    print("ret")
    lesson.qtbot.keyClick(e, Qt.Key.Key_Return)
    print("done")
