"""What a message asks to have done later: when, how often and what, and what is no such request."""

from __future__ import annotations

import time

import pytest

from understudy.behaviours.cron import cron
from understudy.behaviours.scheduling import LONGEST_WHAT, MOST_PLANS, plans
from understudy.state.clock import parse_stamp, stamp

NOW = parse_stamp("2026-01-01T10:30:00Z")  # a Thursday


@pytest.mark.parametrize(
    ("text", "at", "what"),
    [
        ("Remind me tomorrow at 9 to call Ann.", "2026-01-02T09:00", "Call Ann."),
        ("Can you remind me in two hours about the kiln?", "2026-01-01T12:30", "The kiln."),
        ("remind me in 30 minutes", "2026-01-01T11:00", "Remind me in 30 minutes."),
        ("Please message me tonight at 8", "2026-01-01T20:00", "Message me."),
        ("Remind me at 9 to stand up", "2026-01-02T09:00", "Stand up."),
        ("Remind me at 11 to stand up", "2026-01-01T11:00", "Stand up."),
        ("Remind me to feed the cat at 6pm tomorrow", "2026-01-02T18:00", "Feed the cat."),
        ("Remind me on 5 March at 2:30 pm to book the train", "2026-03-05T14:30", "Book the train."),
        ("Remind me on March 5 2027 to book the train", "2027-03-05T09:00", "Book the train."),
        ("Remind me on 2026-02-03 at 10:15 of the tax", "2026-02-03T10:15", "The tax."),
        ("Remind me next Thursday to sweep", "2026-01-08T09:00", "Sweep."),
        ("Remind me on Friday at noon to eat", "2026-01-02T12:00", "Eat."),
        ("Please follow up with me next week", "2026-01-08T09:00", "Follow up with me."),
        ("Remind me in 2 days at 7 to water the plants", "2026-01-03T07:00", "Water the plants."),
        ("Erinnere mich übermorgen um 14:30 Uhr daran, Ann anzurufen", "2026-01-03T14:30", "Ann anzurufen."),
        ("Rappelle-moi demain à 9h d'appeler Anne", "2026-01-02T09:00", "Appeler Anne."),
        ("Recuérdame mañana a las 9 llamar a Ana", "2026-01-02T09:00", "Llamar a Ana."),
        ("Lembre-me amanhã às 9 de ligar para a Ana", "2026-01-02T09:00", "Ligar para a Ana."),
    ],
)
def test_once(text: str, at: str, what: str) -> None:
    (plan,) = plans(text, NOW)
    assert plan.at is not None
    assert (stamp(plan.at)[:16], plan.what, plan.cron, plan.times) == (at, what, "", None)


@pytest.mark.parametrize(
    ("text", "line", "times", "what"),
    [
        ("every Monday at 8 send me the report", "0 8 * * 1", None, "Send me the report."),
        ("Please send me the numbers every Monday and Thursday at 8:30.", "30 8 * * 1,4", None,
         "Send me the numbers."),
        ("Remind me mondays at 10 to sweep", "0 10 * * 1", None, "Sweep."),
        ("Remind me every weekday at 7 to water the plants", "0 7 * * 1-5", None, "Water the plants."),
        ("Remind us every evening at 8 about the kiln", "0 20 * * *", None, "The kiln."),
        ("Write to me daily at 18:00, 5 times", "0 18 * * *", 5, "Write to me."),
        ("Remind me every 2 hours to drink", "30 */2 * * *", None, "Drink."),
        ("Remind me every 15 minutes to drink", "*/15 * * * *", None, "Drink."),
        ("Send me the numbers monthly on the 15th at 10:00", "0 10 15 * *", None, "Send me the numbers."),
        ("Check in with me weekly", "0 9 * * 4", None, "Check in with me."),
        ("Schick mir jeden Montag um 8 Uhr den Bericht", "0 8 * * 1", None, "Schick mir den Bericht."),
        ("Envoie-moi le rapport chaque lundi à 8 heures", "0 8 * * 1", None, "Envoie-moi le rapport."),
        ("Envíame el informe todos los lunes a las 8", "0 8 * * 1", None, "Envíame el informe."),
        ("Me envie o relatório toda segunda-feira às 8h", "0 8 * * 1", None, "Me envie o relatório."),
    ],
)  # fmt: skip
def test_again_and_again(text: str, line: str, times: int | None, what: str) -> None:
    (plan,) = plans(text, NOW)
    assert (plan.at, plan.cron, plan.times, plan.what) == (None, line, times, what)
    assert cron(plan.cron).nth(NOW, 1)


@pytest.mark.parametrize(
    "text",
    [
        "", "Hello!", "Remind me about the kiln.", "Don't remind me tomorrow.", "What happens tomorrow at 9?",
        "When will you send me the report every Monday?", "Our shop opens every Monday at 8.",
        "Remind me on 1 January 2020 to laugh", "Remind me on 31 February at 9 to laugh",
        "Remind me in 99999 weeks", "Remind me every 90 minutes", "Remind me every 0 days",
        "Erinnere mich nicht daran.", "Stop sending me the report every Monday, and never write to me.",
    ],
)  # fmt: skip
def test_what_asks_for_nothing_later(text: str) -> None:
    assert plans(text, NOW) == []


def test_several_sentences_are_several_plans_within_a_bound() -> None:
    found = plans("Remind me tomorrow to call Ann. Thanks! Send me the report every Friday at 17:00.", NOW)
    assert [plan.what for plan in found] == ["Call Ann.", "Send me the report."]
    assert len(plans("Remind me tomorrow at 9 to call. " * 40, NOW)) == MOST_PLANS


def test_a_long_thing_is_cut_between_words() -> None:
    (plan,) = plans(f"Remind me tomorrow to {'look ' * 200}", NOW)
    assert len(plan.what) <= LONGEST_WHAT + 1
    assert plan.what.endswith("look.")


def test_the_end_of_time_is_no_failure() -> None:
    last = parse_stamp("9999-12-31T23:00:00Z")
    assert plans("Remind me tomorrow at 9 to rest.", last) == []
    assert plans("Remind me every day to rest.", last)[0].cron == "0 9 * * *"


@pytest.mark.parametrize(
    "text",
    [
        "remind me " * 4000, "every monday, " * 4000, "remind me every monday and " * 2000, "at 1" * 9000,
        "remind me on next this " * 2000, "remind me in 1" + "0" * 40_000, " " * 40_000,
        "remind me every a " * 2000,
    ],
    ids=range(8),
)  # fmt: skip
def test_hostile_messages_cost_little(text: str) -> None:
    began = time.perf_counter()
    plans(text, NOW)
    assert time.perf_counter() - began < 1
