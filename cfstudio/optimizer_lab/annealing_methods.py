"""Methods whose learning rate itself changes from epoch to epoch."""

from __future__ import annotations

from dataclasses import replace

from cfstudio.optimizer_lab.adaptive_methods import ADAM
from cfstudio.optimizer_lab.formula import Formula
from cfstudio.optimizer_lab.methods import EpochCell, Form, Method
from cfstudio.optimizer_lab.plain_methods import SGD

_WHEN_GROWN = (
    EpochCell(
        "annealed_rate",
        "annealed learning rate",
        "where(last_mean_square > 0, "
        "where(mean_square > last_mean_square, annealed_rate / divisor, annealed_rate), annealed_rate)",
        "The learning rate of the last epoch; divided if its mean squared derivative was larger than that of the epoch "
        "before.",
    ),
    EpochCell(
        "last_mean_square",
        "mean squared gradient of last epoch",
        "mean_square",
        "The squared derivatives by a and by b of all rows of the last epoch, added up and divided by the number of "
        "rows.",
    ),
)
_COSINE = (
    EpochCell(
        "annealed_rate",
        "annealed learning rate",
        "learning_rate * (1 + cos(pi * mod(epoch_of_cycle + 1, cycle) / cycle)) / 2",
        "Half the learning rate times 1 plus the cosine of π times the part of the cycle that is over.",
    ),
    EpochCell(
        "epoch_of_cycle",
        "epoch of the cycle",
        "mod(epoch_of_cycle + 1, cycle)",
        "Epochs since the learning rate was whole; after a cycle it is again.",
    ),
)


def _annealed(form: Form, cells: tuple[EpochCell, ...], setting: str, explanation: str) -> Form:
    """A form whose learning rate is the cell that changes once an epoch."""
    names = {"learning_rate": "annealed_rate"}
    columns = tuple(
        replace(
            one,
            formula=Formula(one.formula).renamed(names).text,
            words=one.words.replace("he learning rate", "he annealed learning rate"),
        )
        for one in form.columns
    )
    return replace(
        form,
        columns=columns,
        epoch_cells=cells,
        settings=(*form.settings, setting),
        explanation=f"{form.explanation} {explanation}",
        rate=form.rate.replace("learning_rate", "annealed_rate"),
    )


def _annealing(method: Method, name: str, title: str) -> Method:
    return Method(
        name=name,
        title=title,
        workbook=_annealed(
            method.workbook,
            _WHEN_GROWN,
            "divisor",
            "After an epoch whose derivatives were larger than those of the one before, the learning rate is divided.",
        ),
        papers=_annealed(
            method.papers,
            _COSINE,
            "cycle",
            "The learning rate follows half a cosine down to 0 within a cycle of epochs, then starts again.",
        ),
        difference="In the workbook's manner the gradients decide: the learning rate is divided after an epoch whose "
        "mean squared derivative has grown; in the papers the calendar does: half a cosine down, then a warm restart.",
        source=f"{method.source}; Loshchilov and Hutter 2017 (SGDR)",
    )


SGD_ANNEALING = _annealing(SGD, "sgd-annealing", "SGD with annealing")
ADAM_ANNEALING = _annealing(ADAM, "adam-annealing", "Adam with annealing")
