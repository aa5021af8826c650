"""While a run is on, every grid of the sheet follows it, also where the grids are not painted in the same frames."""

import pytest
from PySide6.QtCore import QEvent, QObject

GRIDS = ("ratingsView", "userFactorsView", "itemFactorsView")


class Paints(QObject):
    """Counts how often something is painted."""

    def __init__(self, widget):
        super().__init__()
        self.n = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched, event):
        self.n += event.type() == QEvent.Type.Paint
        return False


@pytest.fixture
def paints(lesson, monkeypatch):
    """Of each grid, of a run whose numbers come when the test says so."""
    live, control = lesson.window.training, lesson.window.control
    monkeypatch.setattr(type(control), "is_active", property(lambda _: True))
    monkeypatch.setattr(live, "_after_painting", lambda refresh: None)
    monkeypatch.setattr(live, "_look_again_after", lambda late: None)
    monkeypatch.setattr(lesson.window.sheet.link, "trace", lambda: None)
    counted = [Paints(lesson.find(name).viewport()) for name in GRIDS]
    yield counted
    monkeypatch.undo()


def tick(person, monkeypatch, *, has_news):
    monkeypatch.setattr(person.window.control, "poll", lambda users, items: has_news)
    person.window.training._on_tick()
    person.qtbot.wait(1)


def test_one_step_is_seen_in_all_grids_within_three_frames(lesson, paints, monkeypatch):
    for phase in range(6):
        before = [one.n for one in paints]
        tick(lesson, monkeypatch, has_news=True)
        assert paints[0].n == before[0] + 1, phase
        for _ in range(2):
            tick(lesson, monkeypatch, has_news=False)
        assert [one.n - n for one, n in zip(paints, before, strict=True)] == [1, 1, 1], phase
        # on to the next phase of the six frames
        for _ in range(4):
            tick(lesson, monkeypatch, has_news=False)


def test_at_full_speed_ratings_move_in_every_frame_and_factors_in_half_of_them(lesson, paints, monkeypatch):
    for _ in range(12):
        tick(lesson, monkeypatch, has_news=True)
    assert [one.n for one in paints] == [12, 6, 6]


def test_a_run_that_comes_to_rest_leaves_no_grid_behind(lesson, paints, monkeypatch):
    live = lesson.window.training
    while live._n_ticks % 6 != 5:
        tick(lesson, monkeypatch, has_news=False)
    tick(lesson, monkeypatch, has_news=True)
    before = [one.n for one in paints]
    live._come_to_rest()
    lesson.qtbot.wait(1)
    assert all(one.n > n for one, n in zip(paints, before, strict=True))


def test_new_axes_come_before_the_curves_that_need_them_and_the_curves_right_after(tastes):
    """In one frame both would take longer than the frame; a run at rest shows all it has."""
    plot = tastes.window.training_panel.plot
    tastes.train()
    tastes.wait_until(lambda: tastes.window.control.state == "finished")
    drawn, shown = [], plot.canvas.show_curves
    plot.canvas.show_curves = lambda *args, **named: (drawn.append(len(args[0])), shown(*args, **named))
    history = tastes.window.workspace.history
    last = int(history.steps[-1])

    def measure(step, rmse):
        history.append(step, step / last, rmse, rmse, 1.0, 0.01)
        plot.refresh_live()

    measure(last + 1, float(history.train_rmse[-1]))
    assert len(drawn) == 1
    measure(last + 2, 10.0)
    assert len(drawn) == 1
    assert plot.canvas.getPlotItem().viewRange()[1][1] > 10.0
    plot.refresh_live()
    assert drawn[1:] == [len(history)]
    measure(last + 3, 100.0)
    plot.refresh()
    assert drawn[2:] == [len(history)]
