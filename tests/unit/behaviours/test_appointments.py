"""Appointments: what is to be kept, on which day, and which days a question is about."""

from __future__ import annotations

from datetime import date

import pytest

from understudy.behaviours.appointments import appointment_in, asks_for_dates, days_in

THURSDAY = date(2026, 1, 1)
FRIDAY = "Friday, 2 January 2026"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Put the dentist in my calendar on Friday at 10", f"Dentist on {FRIDAY} at 10:00."),
        ("Add lunch with Ann to my calendar tomorrow at 12:30 pm.", f"Lunch with Ann on {FRIDAY} at 12:30."),
        ("Remind me to call Ann on 6 March 2026", "Call Ann on Friday, 6 March 2026."),
        ("Schedule a review on 2026-03-06 at 9am, please.", "Review on Friday, 6 March 2026 at 09:00."),
        ("In 3 days put a swim in my calendar", "Swim on Sunday, 4 January 2026."),
        ("Trag Zahnarzt am Freitag um 10 Uhr in meinen Kalender ein", f"Zahnarzt on {FRIDAY} at 10:00."),
        ("Ajoute dentiste à mon agenda vendredi à 10h", f"Dentiste on {FRIDAY} at 10:00."),
        ("Pon dentista en mi calendario el viernes a las 10", f"Dentista on {FRIDAY} at 10:00."),
        ("Marque dentista na minha agenda na sexta-feira às 10h", f"Dentista on {FRIDAY} at 10:00."),
        ("Put a party in my calendar on Thursday", "Party on Thursday, 8 January 2026."),
    ],
)
def test_a_request_says_what_and_when(said: str, kept: str) -> None:
    found = appointment_in(said, THURSDAY)
    assert found is not None
    assert found.text == kept


@pytest.mark.parametrize(
    "said",
    ["Put the dentist in my calendar", "See you on Friday at 10", "Put it in my calendar on 2026-02-30", ""],
)
def test_without_a_day_or_a_request_nothing_is_kept(said: str) -> None:
    assert appointment_in(said, THURSDAY) is None


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("What do I have today?", 1, 1),
        ("And the day after tomorrow?", 3, 3),
        ("What is in my calendar next week?", 5, 11),
        ("Anything between Friday and Monday?", 2, 5),
    ],
)
def test_a_question_is_about_days(said: str, first: int, last: int) -> None:
    assert days_in(said, THURSDAY) == (date(2026, 1, first), date(2026, 1, last))
    assert days_in("Who are you?", THURSDAY) is None


def test_a_question_asks_for_dates_by_its_words() -> None:
    assert asks_for_dates("What do I have on Friday?")
    assert asks_for_dates("When is my next appointment?")
    assert not asks_for_dates("My calendar is on the wall.")
    assert not asks_for_dates("How are you?")
