"""Methods with a learning rate per weight: Adagrad, RMSprop, Adam, AdamW, Eve."""

from __future__ import annotations

from cfstudio.optimizer_lab.averages import AVERAGE, SQUARE, STEP, SUM_OF_SQUARES, new, rate
from cfstudio.optimizer_lab.methods import ColumnFormula, EpochCell, Form, Method

_BY_LAST_RMS = new(
    "value - rate * gradient",
    "{p} before the row, minus the effective learning rate of {p} times its derivative.",
)
_GRADIENT_BY_ROOT_ABOVE = new(
    "value - over(learning_rate * gradient, sqrt(prev.square))",
    "{p} before the row, minus the learning rate times its derivative, divided by the root of the average square in "
    "the row above; unchanged where that is 0.",
)
_GRADIENT_BY_ROOT = new(
    "value - over(learning_rate * gradient, sqrt(square) + epsilon)",
    "{p} before the row, minus the learning rate times its derivative, divided by ε plus the root of its squares.",
)
_AVERAGE_BY_ROOT = new(
    "value - over(learning_rate * average, sqrt(square))",
    "{p} before the row, minus the learning rate times its average derivative, divided by the root of its average "
    "square; unchanged where that is 0.",
)
_CORRECTED = "over(learning_rate * average / (1 - beta1 ** step), sqrt(square / (1 - beta2 ** step)) + epsilon)"
_CORRECTED_WORDS = (
    "minus the learning rate times its average derivative, divided by ε plus the root of its average square; as both "
    "averages began at 0, each is first divided by 1 − its β to the power of the step."
)
_CORRECTED_BY_ROOT = new(f"value - {_CORRECTED}", f"{{p}} before the row, {_CORRECTED_WORDS}")
_BY_ROOT = rate(
    "over(learning_rate, sqrt(square))",
    "The learning rate divided by the root of the average square of the derivative by {p}; 0 where that is 0.",
)
_BY_ROOT_AND_EPSILON = rate(
    "over(learning_rate, sqrt(square) + epsilon)",
    "The learning rate divided by ε plus the root of the square column of {p}.",
)
_BY_CORRECTED_ROOT = rate(
    "over(learning_rate, sqrt(square / (1 - beta2 ** step)) + epsilon)",
    "The learning rate divided by ε plus the root of the average square of the derivative by {p}, which is divided by "
    "1 − β₂ to the power of the step because it began at 0.",
)
_SQUARES = "Each weight's step is divided by the recent size of its own derivatives, so that a and b move alike."

ADAGRAD = Method(
    name="adagrad",
    title="Adagrad",
    workbook=Form(
        columns=(
            rate(
                "over(learning_rate, last_rms)",
                "The learning rate divided by the root of the mean squared derivative by {p} in the last epoch.",
            ),
            _BY_LAST_RMS,
        ),
        settings=("learning_rate",),
        epoch_cells=(
            EpochCell(
                "last_rms",
                "root-mean gradient of last epoch",
                "sqrt(mean_square)",
                "The root of: the sum of the squared derivatives by {p} of all rows of the last epoch, divided by the "
                "number of rows.",
                per_weight=True,
            ),
        ),
        explanation="In one epoch each weight keeps one learning rate: divided by its root-mean derivative of the "
        "last epoch. Once the derivatives get small the steps get large, and it bursts.",
        rate="rate",
    ),
    papers=Form(
        columns=(SUM_OF_SQUARES, _BY_ROOT_AND_EPSILON, _GRADIENT_BY_ROOT),
        settings=("learning_rate", "epsilon"),
        explanation="Each weight's step is divided by the root of the sum of all its squared derivatives so far: "
        "steps only shrink.",
        rate="rate",
    ),
    difference="The workbook divides by the root-mean derivative of the last epoch, which may shrink again; papers and "
    "PyTorch by the root of the sum of all squares so far, this row's included, plus ε.",
    source="Duchi, Hazan and Singer 2011",
)

RMSPROP = Method(
    name="rmsprop",
    title="RMSprop",
    workbook=Form(
        columns=(
            SQUARE,
            rate(
                "over(learning_rate, sqrt(prev.square))",
                "The learning rate divided by the root of the average square in the row above; 0 where that is 0.",
            ),
            _GRADIENT_BY_ROOT_ABOVE,
        ),
        settings=("learning_rate", "beta2"),
        explanation=_SQUARES,
        rate="rate",
    ),
    papers=Form(
        columns=(SQUARE, _BY_ROOT_AND_EPSILON, _GRADIENT_BY_ROOT),
        settings=("learning_rate", "beta2", "epsilon"),
        explanation=_SQUARES,
        rate="rate",
    ),
    difference="The workbook divides by the average square of the row above, which does not know this row's derivative "
    "yet; papers and PyTorch by this row's, plus ε.",
    source="Tieleman and Hinton 2012",
)

_ADAM_EXPLANATION = (
    "Momentum for the direction, RMSprop for the size: the average derivative divided by its usual size."
)

ADAM = Method(
    name="adam",
    title="Adam",
    workbook=Form(
        columns=(AVERAGE, SQUARE, _BY_ROOT, _AVERAGE_BY_ROOT),
        settings=("learning_rate", "beta1", "beta2"),
        explanation=_ADAM_EXPLANATION,
        rate="rate",
    ),
    papers=Form(
        shared=(STEP,),
        columns=(AVERAGE, SQUARE, _BY_CORRECTED_ROOT, _CORRECTED_BY_ROOT),
        settings=("learning_rate", "beta1", "beta2", "epsilon"),
        explanation=_ADAM_EXPLANATION,
        rate="rate",
    ),
    difference="The workbook has neither the bias correction, which makes up for averages that began at 0, nor ε.",
    source="Kingma and Ba 2015",
)

_SHRUNK = "{p} before the row, first made smaller by learning rate × weight decay of itself, then"

ADAMW = Method(
    name="adamw",
    title="AdamW",
    workbook=Form(
        columns=(
            AVERAGE,
            SQUARE,
            _BY_ROOT,
            new(
                "value - learning_rate * weight_decay * value - over(learning_rate * average, sqrt(square))",
                f"{_SHRUNK} moved as in Adam.",
            ),
        ),
        settings=("learning_rate", "beta1", "beta2", "weight_decay"),
        explanation="Adam whose weight decay stays outside of the averages and of the division.",
        rate="rate",
    ),
    papers=Form(
        shared=(STEP,),
        columns=(
            AVERAGE,
            SQUARE,
            _BY_CORRECTED_ROOT,
            new(
                f"value - learning_rate * weight_decay * value - {_CORRECTED}",
                f"{_SHRUNK} moved as in Adam with its bias corrections.",
            ),
        ),
        settings=("learning_rate", "beta1", "beta2", "epsilon", "weight_decay"),
        explanation="Adam whose weight decay stays outside of the averages and of the division.",
        rate="rate",
    ),
    difference="As for Adam: the workbook's manner has neither bias correction nor ε.",
    source="Loshchilov and Hutter 2019",
    decoupled=True,
)

_LESSER_LOSS = "min(loss, prev.loss)"
_JUMP = f"over(abs(loss - prev.loss), {_LESSER_LOSS})"
_JUMP_WORDS = "how far the loss jumped since the last step, divided by the lesser of the two losses"
_D = ColumnFormula(
    "d",
    f"where({_LESSER_LOSS} > 0, beta3 * prev.d + (1 - beta3) * jump, prev.d)",
    "β₃ of d in the row above, plus 1 − β₃ of the jump; as it was where there is no jump to speak of.",
)
_EVE_EXPLANATION = "Adam divided by d, the average relative jump of the loss: steps shrink while the loss is restless."

EVE = Method(
    name="eve",
    title="Eve",
    workbook=Form(
        shared=(
            ColumnFormula("jump", _JUMP, f"r: {_JUMP_WORDS}; 0 where there is no last loss."),
            _D,
        ),
        columns=(
            AVERAGE,
            SQUARE,
            rate(
                "over(learning_rate, d * sqrt(square))",
                "The learning rate divided by d and by the root of the average square of the derivative by {p}.",
            ),
            new(
                "value - over(learning_rate * average, sqrt(square)) / d",
                "{p} before the row, minus Adam's step divided by d.",
            ),
        ),
        settings=("learning_rate", "beta1", "beta2", "beta3"),
        explanation=_EVE_EXPLANATION,
        rate="rate",
    ),
    papers=Form(
        shared=(
            STEP,
            ColumnFormula(
                "jump",
                f"where({_LESSER_LOSS} > 0, max(1 / clip, min(clip, {_JUMP})), 0)",
                f"r: {_JUMP_WORDS}, but no more than the most allowed and no less than 1 / that.",
            ),
            _D,
        ),
        columns=(
            AVERAGE,
            SQUARE,
            rate(
                "over(learning_rate, d * (sqrt(square / (1 - beta2 ** step)) + epsilon))",
                "Adam's effective learning rate of {p}, bias correction and ε included, divided by d.",
            ),
            new(f"value - {_CORRECTED} / d", "{p} before the row, minus Adam's step divided by d."),
        ),
        settings=("learning_rate", "beta1", "beta2", "beta3", "epsilon", "clip"),
        explanation=_EVE_EXPLANATION,
        rate="rate",
    ),
    difference="The workbook has neither Adam's bias correction nor ε, and takes a jump of the loss as it is; the "
    "paper keeps it between 1/10 and 10.",
    source="Koushik and Hayashi 2016 (arXiv 1611.01505), with a least loss of 0",
)
