"""Methods with one learning rate for both weights: basic SGD, momentum, Nesterov."""

from __future__ import annotations

from cfstudio.optimizer_lab.averages import AVERAGE, VELOCITY, new
from cfstudio.optimizer_lab.methods import Form, Method

_SGD = Form(
    columns=(
        new(
            "value - learning_rate * gradient",
            "{p} before the row, minus the learning rate times the derivative of the error by {p}.",
        ),
    ),
    settings=("learning_rate",),
    explanation="Each row moves a and b a little against its own derivatives.",
)

SGD = Method(
    name="sgd",
    title="Basic SGD",
    workbook=_SGD,
    papers=_SGD,
    difference="Workbook and papers agree: a weight minus the learning rate times its derivative.",
    source="Robbins and Monro 1951",
)

_ALONG_AVERAGE = new(
    "value - learning_rate * average",
    "{p} before the row, minus the learning rate times the average derivative by {p}.",
)

MOMENTUM = Method(
    name="momentum",
    title="Momentum",
    workbook=Form(
        columns=(AVERAGE, _ALONG_AVERAGE),
        settings=("learning_rate", "beta1"),
        explanation="The step follows a moving average of the derivatives: swings to and fro cancel.",
    ),
    papers=Form(
        columns=(VELOCITY, _ALONG_AVERAGE),
        settings=("learning_rate", "beta1"),
        explanation="The step follows a velocity that keeps β₁ of itself: a ball that rolls down with friction.",
    ),
    difference="The workbook averages, so that only 1 − β₁ of a derivative counts; papers and PyTorch add the whole of "
    "it, which makes steps 1 / (1 − β₁) times as long: with β₁ = 0.9, a tenth of the learning rate does the same.",
    source="Polyak 1964; Sutskever et al. 2013",
)

NESTEROV = Method(
    name="nesterov",
    title="Nesterov",
    workbook=Form(
        columns=(
            AVERAGE,
            new(
                "value - learning_rate * (beta1 * average + (1 - beta1) * gradient)",
                "{p} before the row, minus the learning rate times the average derivative by {p} as it would be one "
                "row later if the derivative stayed the same.",
            ),
        ),
        settings=("learning_rate", "beta1"),
        explanation="Momentum that looks one step ahead, and so brakes earlier.",
    ),
    papers=Form(
        columns=(
            VELOCITY,
            new(
                "value - learning_rate * (gradient + beta1 * average)",
                "{p} before the row, minus the learning rate times this row's derivative by {p} plus β₁ of the "
                "velocity.",
            ),
        ),
        settings=("learning_rate", "beta1"),
        explanation="Momentum that looks one step ahead, and so brakes earlier.",
    ),
    difference="As for momentum: written in the workbook's manner, only 1 − β₁ of a derivative counts; papers and "
    "PyTorch add the whole of it.",
    source="Nesterov 1983; Sutskever et al. 2013",
)
