"""A full name becomes two."""

import pytest

from bot.sheet.names import split_full_name
from bot.sheet.vocabulary import load_vocabulary


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Jane Doe", "Jane", "Doe"),
        ("Doe, Jane", "Jane", "Doe"),
        ("Mary Ann Smith", "Mary", "Ann Smith"),
        ("Dr. Jane Doe", "Jane", "Doe"),
        ("Prof. Dr. Max Muster", "Max", "Muster"),
        ("Doe, Dr. Jane", "Jane", "Doe"),
        ("Jane Doe, PhD", "Jane", "Doe"),
        ("Doe, Jane, PhD", "Jane", "Doe"),
        ("Dr. med. Anna Klein", "Anna", "Klein"),
        ("Med. Klein", "Med.", "Klein"),
        ("M. Jean Dupont", "Jean", "Dupont"),
        ("M. Smith", "M.", "Smith"),
        ("Hon Li", "Hon", "Li"),
        ("van der Berg, Jan", "Jan", "van der Berg"),
        ("Cher", "Cher", ""),
        ("Dr.", "Dr.", ""),
        ("Doe,", "Doe", ""),
    ],
)
def test_the_given_part_then_the_rest(name, first, last):
    split = split_full_name(name, load_vocabulary())
    assert (split.first_name, split.last_name) == (first, last)


def test_a_heading_of_last_name_first_turns_names_without_a_comma():
    split = split_full_name("DUPONT Marie", load_vocabulary(), last_first=True)
    assert (split.first_name, split.last_name) == ("Marie", "DUPONT")


def test_the_split_is_told_as_a_repair():
    assert split_full_name("Jane Doe", load_vocabulary()).repairs
    assert len(split_full_name("Dr. Jane Doe", load_vocabulary()).repairs) == 2
