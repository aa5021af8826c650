"""A sentence of one's own becomes indexes and rows of numbers, and the same word always gets the same row."""

import numpy as np

from cfstudio.explore.word_embedding import MOST_WORDS, WordEmbedding


def test_the_example_has_fifteen_words_and_five_factors():
    words = WordEmbedding()
    assert len(words.words) == 15
    assert words.looked_up().shape == (15, 5)
    assert words.table.shape == (len(words.vocabulary), 5)
    assert words.n_multiplications == 15 * len(words.vocabulary) * 5


def test_the_vocabulary_is_in_order_of_first_appearance_and_words_may_come_again():
    words = WordEmbedding("A rose is a Rose, is a rose!")
    assert words.vocabulary == ("a", "rose", "is")
    assert words.indexes.tolist() == [0, 1, 2, 0, 1, 2, 0, 1]
    np.testing.assert_array_equal(words.looked_up()[1], words.looked_up()[7])
    np.testing.assert_array_equal(words.looked_up()[2], words.table[2])


def test_the_numbers_are_the_seeds_and_lie_between_0_and_1():
    first, again, other = WordEmbedding(seed=3), WordEmbedding(seed=3), WordEmbedding(seed=4)
    np.testing.assert_array_equal(first.table, again.table)
    assert not np.array_equal(first.table, other.table)
    assert first.table.min() >= 0
    assert first.table.max() < 1
    np.testing.assert_array_equal(first.table[0], np.random.default_rng(3).random(5))


def test_a_changed_sentence_keeps_the_numbers_of_the_words_that_stay():
    words = WordEmbedding("one two three")
    words.table[1] = [1, 2, 3, 4, 5]
    three = words.table[2].copy()
    words.read("three four two")
    assert words.vocabulary == ("three", "four", "two")
    np.testing.assert_array_equal(words.table[0], three)
    np.testing.assert_array_equal(words.table[2], [1, 2, 3, 4, 5])
    assert not np.array_equal(words.table[1], three)


def test_reset_brings_back_sentence_and_numbers():
    words = WordEmbedding()
    sentence, table = words.sentence, words.table.copy()
    words.table[0] = 9
    words.read("something else")
    words.reset()
    assert words.sentence == sentence
    np.testing.assert_array_equal(words.table, table)


def test_apostrophes_hyphens_and_other_alphabets_stay_within_words():
    words = WordEmbedding("It's a well-known Œuvre: МИР мир")
    assert words.words == ("it's", "a", "well-known", "œuvre", "мир", "мир")


def test_an_empty_sentence_is_an_empty_table():
    words = WordEmbedding("")
    words.read("  …!  ")
    assert words.words == ()
    assert words.table.shape == (0, 5)
    assert words.looked_up().shape == (0, 5)
    assert words.n_multiplications == 0
    words.read("back again")
    assert words.table.shape == (2, 5)


def test_a_pasted_novel_is_cut():
    words = WordEmbedding(" ".join(f"word{n}" for n in range(10_000)))
    assert len(words.words) == len(words.vocabulary) == MOST_WORDS
