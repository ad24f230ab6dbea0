"""Words, stems and sentences."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.behaviours.tokens import content_stems, is_content, sentence_spans, stems, words


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def test_words_are_folded_and_numbers_stay_whole() -> None:
    assert words("The STRASSE, die Straße: 3.5 kg!") == ["the", "strasse", "die", "strasse", "3.5", "kg"]


def test_scripts_without_spaces_become_character_pairs() -> None:
    assert words("日本語のiPhone") == ["日本", "本語", "語の", "iphone"]
    assert words("พัสดุ")[0] == "พั"


def test_combining_marks_do_not_split_words() -> None:
    assert words("हिन्दी भाषा") == ["हिन्दी", "भाषा"]


def test_stems_join_the_forms_of_a_word_and_leave_numbers_and_other_scripts() -> None:
    assert stems(["returns", "returned", "returning", "42", "посылки"]) == (
        "return", "return", "return", "42", "посылки",
    )  # fmt: skip


def test_stop_words_carry_no_content_unless_there_is_nothing_else() -> None:
    assert content_stems("How do I return the shoes?") == ("return", "shoe")
    assert content_stems("what is it") == ("what", "is", "it")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dr. Gray paid 3.5 euros. He left.", ["Dr. Gray paid 3.5 euros.", "He left."]),
        ("Use nuts, e.g. Almonds. Stir.", ["Use nuts, e.g. Almonds.", "Stir."]),
        ("It opens at 5 p.m. and closes late.", ["It opens at 5 p.m. and closes late."]),
        ("Really?! Yes. \"Stop!\" he said.", ["Really?!", "Yes.", '"Stop!" he said.']),
        ("J. R. Hale came. So did I. Then we ate.", ["J. R. Hale came.", "So did I.", "Then we ate."]),
        ("1. Mix. 2. Bake.", ["1. Mix.", "2. Bake."]),
        ("Am 3. Mai war es kalt. Nr. 5 fehlt.", ["Am 3. Mai war es kalt.", "Nr. 5 fehlt."]),
        ("今日は晴れ。明日は？はい！", ["今日は晴れ。", "明日は？", "はい！"]),
        ("A heading\nA line\r\n\r\n  another one  ", ["A heading", "A line", "another one"]),
        ("See example.com/a.html for more", ["See example.com/a.html for more"]),
        ("", []),
        (" \n ", []),
    ],
)  # fmt: skip
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_words_that_mean_something_in_english_are_content_wherever_they_are_grammar() -> None:
    assert [word for word in ("plus", "bin", "dies", "son") if not is_content(word)] == []
    assert [word for word in ("the", "die", "avec", "para", "dont", "wanting") if is_content(word)] == []


def test_a_line_that_an_editor_broke_is_one_sentence() -> None:
    text = "An editor broke this rather long line before\nits end."
    assert sentences(text) == [text]


@settings(deadline=None)  # the first example loads the stemmer
@given(st.text(alphabet=st.sampled_from('aA1 .?!\n。"é…'), max_size=80) | st.text(max_size=80))
def test_sentences_are_trimmed_in_order_and_lose_nothing_but_white_space(text: str) -> None:
    spans = sentence_spans(text)
    assert all(text[a:b] == text[a:b].strip() != "" for a, b in spans)
    assert [at for span in spans for at in span] == sorted(at for span in spans for at in span)
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    "unit",
    [".", "a.", ". ", "\n", " ", "e.g. ", "1.1", "9", "x", "あ", "\u0300\u0316", "\n a", '."', "i. ", "_é"],
)
def test_hostile_text_takes_linear_time(unit: str) -> None:
    text = "a" + unit * (1_000_000 // len(unit))
    start = time.process_time()
    sentence_spans(text)
    words(text)
    assert time.process_time() - start < 10  # about 1 s; a quadratic scan would take hours
