"""A row of stars to click or to type into: a slider for the keyboard and for screen readers."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QStyle, QStyleOptionFocusRect, QWidget

from cfstudio.gui.new_person.star_painter import paint_stars, stars_rect
from cfstudio.gui.new_person.star_scale import StarScale
from cfstudio.gui.theme import current_theme
from cfstudio.ratings.table import RatingScale

BLANK_KEYS = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)
HELP = "Click the stars, or press a number; the arrow keys change it by one step, Backspace takes it back."


def rating_of_key(event: QKeyEvent, stars: StarScale) -> tuple[bool, float | None]:
    """Whether a key means a rating, and which; None to blank it."""
    if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
        return False, None
    if event.key() in BLANK_KEYS:
        return True, None
    text = event.text()
    if len(text) != 1 or not text.isascii() or not text.isdigit():
        return False, None
    value = stars.of_key(int(text))
    return (value is not None or text == "0"), value


class StarBar(QSlider):
    """Emits the rating that a person gives, None where they take it back."""

    rated = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("starBar")
        self.setAccessibleName("Stars")
        self.setAccessibleDescription(HELP)
        self.setToolTip(HELP)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._stars = StarScale(RatingScale(1.0, 5.0, 1.0))
        self._preview: float | None = None
        self.use(self._stars)

    def use(self, stars: StarScale) -> None:
        """Offer the ratings of a scale, none given yet."""
        self._stars = stars
        self.setRange(0, stars.n_steps)
        self.setPageStep(max(round(1 / stars.scale.step), 1) if stars.is_plain else 1)
        self.setValue(0)
        self.updateGeometry()

    def show_rating(self, value: float | None) -> None:
        """Show a rating without telling anybody."""
        self._preview = None
        self.setValue(0 if value is None else self._stars.step_of(value))
        self.update()

    @property
    def rating(self) -> float | None:
        """The rating shown, None without."""
        return self._stars.of_step(self.value()) if self.value() else None

    def sizeHint(self) -> QSize:
        """Stars a little higher than letters."""
        height = round(self.fontMetrics().height() * 1.5)
        return QSize(round(height * 0.78 * self._stars.n_stars) + height // 3, height)

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def _room(self) -> QRect:
        return self.rect().adjusted(self.height() // 8, 0, 0, 0)

    def _at(self, x: float) -> float:
        place = stars_rect(self._room(), self._stars.n_stars)
        return self._stars.at(min(max((x - place.left()) / place.width(), 0.001), 1.0))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Give the stars up to here; the same again takes them back."""
        if event.button() == Qt.MouseButton.LeftButton:
            value = self._at(event.position().x())
            self._give(None if value == self.rating else value)
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what a click would give."""
        self._preview = self._at(event.position().x())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Nothing: the click is done."""
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Show what is given."""
        self._preview = None
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Numbers give that many stars, arrows one step more or less."""
        means, value = rating_of_key(event, self._stars)
        if means:
            self._give(value)
            return
        before = self.value()
        super().keyPressEvent(event)
        if self.value() != before:
            self._give(self.rating)

    def _give(self, value: float | None) -> None:
        self.show_rating(value)
        self.rated.emit(value)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """The stars, and the frame of the keyboard."""
        painter, theme = QPainter(self), current_theme()
        shown = self._preview if self._preview is not None else self.rating
        full = QColor(theme.accent)
        full.setAlphaF(0.55 if self._preview is not None else 1.0)
        filled = 0.0 if shown is None else self._stars.filled(shown)
        place = stars_rect(self._room(), self._stars.n_stars)
        paint_stars(painter, place, self._stars.n_stars, filled, full, QColor(theme.muted_text))
        if self.hasFocus():
            option = QStyleOptionFocusRect()
            option.initFrom(self)
            self.style().drawPrimitive(QStyle.PrimitiveElement.PE_FrameFocusRect, option, painter, self)
        painter.end()
