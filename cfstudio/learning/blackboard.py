"""What stands under the microscope, whatever it shows: lines, a table, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass

WORD_WIDTH = 12


@dataclass(frozen=True)
class Blackboard:
    """Lines, each a word in `WORD_WIDTH` letters and a text, then a table with its header, and the outcome."""

    lines: list[str]
    header: list[str]
    rows: list[list[str | float]]
    outcome: str

    def as_text(self, title: str) -> str:
        """All of it as plain text with tabs in the table, to paste anywhere."""
        table = ["\t".join(self.header)]
        table += ["\t".join(one if isinstance(one, str) else f"{one:.6g}" for one in row) for row in self.rows]
        return "\n".join([title, *self.lines, self.outcome, "", *table]) + "\n"


def number(value: float) -> str:
    """Four digits after the point, three that count of very small numbers, a true minus sign: readable from afar."""
    text = f"{value:.4f}" if 1e-3 <= abs(value) < 1e4 else f"{value:.{3 if abs(value) < 1 else 4}g}"
    return text.replace("e-0", "e-").replace("e+0", "e+").replace("-", "−")


def change_line(before: float, after: float, rating: float) -> str:
    """How a prediction and its error have changed."""
    return (
        f"prediction  {number(before)} → {number(after)};  error {number(before - rating)} → {number(after - rating)}"
    )
