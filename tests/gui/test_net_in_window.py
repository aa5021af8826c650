"""A net in the window: embeddings of both sizes, its formula in words, and what it cannot do said in a sentence."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QTabBar, QWidget

from cfstudio.gui.product_bars import NO_PRODUCTS, ProductBars


@pytest.fixture
def window(open_window):
    window = open_window("--data", "lesson")
    workspace = window.window.workspace
    workspace.configure(
        replace(
            workspace.config,
            model="net",
            sigmoid=True,
            n_factors=4,
            n_item_factors=3,
            hidden="6, 5",
            learning_rate=0.02,
            epochs=40,
        )
    )
    return window


def test_the_panes_show_embeddings_of_both_sizes(window):
    users, items = window.numbers("userFactorsView"), window.numbers("itemFactorsView")
    assert (users.shape, items.shape) == ((15, 4), (3, 15))
    net = window.window.workspace.factors
    np.testing.assert_allclose(users, net.user_factors, rtol=1e-6)
    tabs = window.find("sheetTabs", QTabBar)
    assert tabs.tabText(tabs.currentIndex()) == "Neural net"


def test_the_lesson_has_four_pages_and_a_net_a_fifth(open_window):
    window = open_window("--data", "lesson")
    workspace, tabs = window.window.workspace, window.find("sheetTabs", QTabBar)
    assert [tabs.isTabVisible(page) for page in range(5)] == [True, True, True, True, False]
    window.do("actionPreviousPage")
    assert tabs.tabText(tabs.currentIndex()) == "One-hot"
    window.do("actionNextPage")
    assert tabs.tabText(tabs.currentIndex()) == "Dot product"
    workspace.configure(replace(workspace.config, model="net"))
    assert tabs.isTabVisible(4)
    assert tabs.tabText(tabs.currentIndex()) == "Neural net"
    net = workspace.factors
    assert (net.width("user"), net.width("item"), net.hidden) == (5, 5, (100,))
    window.do("actionUndo")
    assert tabs.tabText(tabs.currentIndex()) == "Dot product"
    assert not tabs.isTabVisible(4)
    assert workspace.config.model == "dot"


def test_a_bayesian_model_stays_one_on_the_page_with_biases(open_window):
    window = open_window("--data", "lesson")
    workspace, tabs = window.window.workspace, window.find("sheetTabs", QTabBar)
    workspace.configure(replace(workspace.config, model="bayes", features="all"))
    for page in (2, 1):
        tabs.setCurrentIndex(page)
    assert (tabs.tabText(tabs.currentIndex()), workspace.config.model) == ("With bias", "bayes")
    tabs.setCurrentIndex(0)
    assert workspace.config.model == "dot"


def test_a_typed_number_moves_the_rmse_and_the_formula_tells_of_the_layers(window):
    before = window.shown_rmse()
    window.type_into("userFactorsView", 2, 1, "9")
    assert window.shown_rmse() != before
    window.select("ratingsView", 2, 3)
    texts = [one.text() for one in window.find("formulaBar", QWidget).findChildren(QLineEdit)]
    net = window.window.workspace.factors
    *hidden, _ = net.activations(2, 3)
    active = [int((layer > 0).sum()) for layer in hidden]
    wanted = f"7 inputs → hidden 6 ({active[0]} active) → 5 ({active[1]} active) → output"
    assert any(wanted in text and text.endswith("5.5 · sigmoid") for text in texts)
    assert any("net(user row B" in text and "movie column" in text for text in texts)
    assert window.find("productBars", ProductBars).accessibleDescription() == NO_PRODUCTS


def test_training_moves_everything_and_the_sheet_shows_what_the_net_predicts(window):
    before = window.shown_rmse()
    window.train()
    assert window.shown_rmse() < before
    workspace = window.window.workspace
    everything = np.arange(15), np.arange(15)
    predicted = workspace.factors.predict_block(*everything)
    table = workspace.ratings.block(*everything)
    rated = ~np.isnan(table)
    expected = np.sqrt(np.mean((predicted - table)[rated] ** 2))
    assert window.shown_rmse() == pytest.approx(expected, abs=1e-3)


def test_the_pages_of_look_up_and_one_hot_take_both_sizes(window):
    tabs = window.find("sheetTabs", QTabBar)
    for place, widths in ((2, "15 × 3"), (3, "15 × 4")):
        tabs.setCurrentIndex(place)
        said = [one.text() for one in window.window.findChildren(QLabel)]
        assert any(widths in text for text in said)
    tabs.setCurrentIndex(1)
    assert window.window.workspace.config.model == "dot-bias"
    window.window.workspace.edits.undo()
    assert not window.window.workspace.factors.is_dot_product
