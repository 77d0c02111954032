"""The word lists: they compile, they agree on their tags, and they match as their notation says."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.request.clauses import language_of, split_sentences
from bot.request.spelling import clean
from bot.request.vocabulary import LANGUAGES, LAYERS, Hit, lexicon

NEEDED = {"mail", "weak", "notify", "send", "get", "skip", "neg", "them", "me", "fine", "other"}


def tags(language: str, text: str) -> set[str]:
    lex = lexicon(language)
    return {hit.tag for hit in lex.find("meaning", lex.words_of(clean(text)))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_names_what_the_rules_look_for(language: str) -> None:
    lex = lexicon(language)
    assert set(lex.layers) == set(LAYERS)
    assert {tag for tag, _ in lex.layers["meaning"].phrases} >= NEEDED


def test_contractions_are_written_out() -> None:
    assert lexicon("en").words_of(clean("Don’t, they’ll")) == ["Do", "not", ",", "they", "will"]


def test_the_longest_phrase_wins() -> None:
    assert "neg" not in tags("en", "no objection to it")
    assert "neg" in tags("en", "no email to them")


def test_words_between_are_allowed_where_the_list_says_so() -> None:
    assert {"tell", "them"} <= tags("en", "let all the new learners know")


def test_short_words_and_negations_are_never_guessed() -> None:
    assert "neg" not in tags("en", "a note on it")
    assert "neg" not in tags("en", "withot")


def test_an_accent_is_the_meaning_of_the_shortest_words_only() -> None:
    assert "mail" in tags("es", "la notificacion")
    assert {hit.tag for hit in lexicon("es").find("replies", ["sí"])} == {"yes"}


def test_the_language_is_told_by_its_small_words() -> None:
    assert language_of("Bitte senden Sie die Liste an alle") == "de"
    assert language_of("Please send the list to all") == "en"
    assert language_of("") == "en"


def test_wrapped_lines_are_one_sentence_and_bullets_stand_alone() -> None:
    wrapped = "Please could you make sure that all of the new learners on\nthis list get the email. Thanks"
    assert split_sentences(wrapped)[0].endswith("get the email.")
    assert split_sentences("- one thing\n- another") == ["one thing", "another"]


def test_threads_that_look_at_once_all_see_the_whole_tree() -> None:
    for _ in range(5):
        lexicon.cache_clear()
        words = lexicon("en").words_of("please do not send them the welcome email")
        barrier = threading.Barrier(4)

        def look(barrier: threading.Barrier = barrier, words: list[str] = words) -> list[Hit]:
            barrier.wait()
            return lexicon("en").find("meaning", words)

        with ThreadPoolExecutor(4) as pool:
            found = [future.result() for future in [pool.submit(look) for _ in range(4)]]
        assert {"neg", "send", "mail"} <= {hit.tag for hit in found[0]}
        assert all(hits == found[0] for hits in found)
