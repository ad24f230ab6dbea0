"""Who the assistant says it is."""

from __future__ import annotations

import pytest

from understudy.behaviours.identity import introduction


@pytest.mark.parametrize(
    ("question", "instructions", "text"),
    [
        (
            "Who are you?",
            "Be brief. You are Mia, the assistant of a bakery. Never lie.",
            "I am Mia, the assistant of a bakery.",
        ),
        ("What is your name?", "Your name is Mia.", "My name is Mia."),
        ("Wer bist du?", "Du bist Mia.", "Ich bin Mia."),
        ("Qui êtes-vous ?", "Tu es Mia.", "Je suis Mia."),
        ("¿Quién eres?", "Eres Mia.", "Soy Mia."),
        ("Quem é você?", "Você é Mia.", "Eu sou Mia."),
        ("Who are you?", "Answer briefly.", None),
        ("Who are they?", "You are Mia.", None),
        ("Who are you?", "", None),
    ],
)
def test_it_is_who_the_instructions_say(question: str, instructions: str, text: str | None) -> None:
    assert introduction(question, instructions) == text
