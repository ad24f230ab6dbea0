"""The table of conversations: what is said, and what is answered."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import pytest

from understudy.behaviours.answers import Answer, answer, is_courtesy, situation
from understudy.behaviours.conversation import last_exchange
from understudy.behaviours.grounding import Material

SHOP = [
    "Customers may send back any unworn item within 45 days of delivery. The refund goes to the same card.",
    "Standard shipping is free for orders above 60 euros. Smaller orders cost 4.90 euros to ship.",
]
BAKERY = (
    "You are Mia, the assistant of a bakery. Our opening hours are Monday to Friday from 7 to 18. Be brief."
)
LACKS = {
    "eng": "I cannot answer that: nothing I was given and nothing said in this conversation tells it.",
    "deu": "Das kann ich nicht beantworten: Weder meine Angaben noch unser Gespräch sagen etwas dazu.",
    "fra": "Je ne peux pas répondre : ni mes données ni notre conversation ne le disent.",
    "spa": "No puedo responder a eso: ni mis datos ni nuestra conversación lo dicen.",
    "por": "Não posso responder a isso: nem os meus dados nem a nossa conversa o dizem.",
}
PIXEL = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}


def answered(
    *contents: Any, sources: Sequence[str] = (), memories: Sequence[str] = (), instructions: str = ""
) -> Answer:
    roles = ("user", "assistant")
    messages = [{"role": roles[at % 2], "content": content} for at, content in enumerate(contents)]
    return answer(situation(last_exchange(messages), Material(sources, memories, instructions)))


@pytest.mark.parametrize(
    ("contents", "given", "text"),
    [
        (["Hello!"], {}, "Hello! What can I do for you?"),
        (["Guten Tag"], {}, "Hallo! Was kann ich für Sie tun?"),
        (["Merci beaucoup !"], {}, "Je vous en prie."),
        (["ok"], {}, "All right. What else can I do for you?"),
        (["Tchau"], {}, "Até logo!"),
        ([""], {}, "There is no message to answer."),
        (
            ["my order is 7731 and it came broken", "Sorry.", "which order was it, and what was wrong?"],
            {"sources": SHOP},
            "You said: “my order is 7731 and it came broken”",
        ),
        (
            ["Meine Bestellnummer ist 7731.", "Gut.", "Welche Bestellung war es?"],
            {},
            "Sie sagten: „Meine Bestellnummer ist 7731.“",
        ),
        (["Mi pedido es el 7731.", "Sí.", "¿Cuál era mi pedido?"], {}, "Usted dijo: «Mi pedido es el 7731.»"),
        (["Hi, I'm Bob", "Hello!", "What's my name?"], {}, "You said: “Hi, I'm Bob”"),
        (["One.", "Two.", "What did I just say?"], {}, "You said: “One.”"),
        (["One.", "Two.", "Three.", "Four.", "What was my first message?"], {}, "You said: “One.”"),
        (["What did I just say?"], {}, LACKS["eng"]),
        (["How long can I send back an item?"], {"sources": SHOP}, SHOP[0].partition(". ")[0] + "."),
        (["Is shipping free?"], {"sources": SHOP}, SHOP[1]),
        (
            ["When are you open?"],
            {"instructions": BAKERY},
            "Our opening hours are Monday to Friday from 7 to 18.",
        ),
        (["Who are you?"], {"instructions": BAKERY}, "I am Mia, the assistant of a bakery."),
        (["Where do I live?"], {"memories": ["The person lives in Oslo."]}, "The person lives in Oslo."),
        (
            ["What do you know about me?"],
            {"memories": ["Is vegan."]},
            "This is what I know of you: Is vegan.",
        ),
        (
            ["I have a cat.", "Nice.", "Was weißt du über mich?"],
            {"memories": ["Is vegan."]},
            "Das weiß ich von Ihnen: Is vegan. I have a cat.",
        ),
        (
            ["What do you remember?"],
            {},
            "I know nothing of you yet: I have no memories, and you have told me nothing so far.",
        ),
        (["Remember that my dog is called Rex"], {}, "Noted: My dog is called Rex."),
        (["Merk dir, dass ich vegan bin."], {}, "Notiert: Ich bin vegan."),
        (
            ["Remember that I'm vegan. Is shipping free?"],
            {"sources": SHOP},
            f"Noted: I'm vegan.\n{SHOP[1]}",
        ),
        (["My order is 7731."], {}, "Noted: My order is 7731."),
        (["Reply with exactly the word: PONG"], {"sources": SHOP}, "PONG"),
        (["What is 12 * (3 + 4)?"], {}, "84"),
        (["Wie viel ist 5 geteilt durch 0?"], {}, "Durch null kann man nicht teilen."),
        (["How many words are in 'a b c'?"], {}, "3"),
        (["Write a poem about the sea"], {}, LACKS["eng"]),
        (["Was ist die Hauptstadt von Frankreich?"], {}, LACKS["deu"]),
        (["Quelle est la capitale de la France ?"], {}, LACKS["fra"]),
        (["¿Cuál es la capital de Francia?"], {}, LACKS["spa"]),
        (["Qual é a capital da França?"], {}, LACKS["por"]),
        (
            ["What is the capital of France?"],
            {"sources": SHOP},
            "I cannot answer that: the sources I was given hold nothing about it, nor does our conversation.",
        ),
        (
            [[{"type": "text", "text": "What is in this picture?"}, PIXEL]],
            {},
            "I have received an image (image/png, 8 bytes), but I cannot look into it.",
        ),
        (
            [
                [
                    {"type": "text", "text": "Was ist auf diesen Bildern zu sehen?"},
                    PIXEL,
                    {"type": "image_url", "image_url": {"url": "https://example.com/a.jpg"}},
                ]
            ],
            {},
            "Ich habe ein Bild (image/png, 8 bytes) und ein Bild (a.jpg) erhalten, "
            "kann aber nicht hineinsehen.",
        ),
        ([[PIXEL]], {}, "I have received an image (image/png, 8 bytes), but I cannot look into it."),
        (
            [
                [
                    {
                        "type": "text",
                        "text": "If you can see this image, reply with exactly the word: VISIBLE",
                    },
                    PIXEL,
                ]
            ],
            {},
            "VISIBLE",
        ),
        (
            ["If you can see this image, reply with exactly the word: VISIBLE"],
            {},
            "No image, sound, video or file came with your message.",
        ),
    ],
)
def test_conversations(contents: list[Any], given: dict[str, Any], text: str) -> None:
    assert answered(*contents, **given).text == text


def test_results_of_tools_come_first() -> None:
    call = {"id": "c", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}
    messages = [
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c", "content": '{"sky": "sunny"}'},
    ]
    found = answer(situation(last_exchange(messages), Material([], [], "")))
    assert found == Answer("sky: sunny", "The reply tells what get_weather gave.")


def test_each_answer_has_an_account_of_itself() -> None:
    asked = [
        "Hello",
        "2 + 2",
        "Who?",
        "Remember that I sing",
        "Is shipping free?",
        "My tent is red.",
        "Say yes",
    ]
    accounts = [answered(text, sources=SHOP).account for text in asked]
    assert len(set(accounts)) == len(accounts)
    assert answered("Is shipping free?", sources=SHOP).account == "The reply rests on the sources."


def test_nothing_of_another_conversation_is_known() -> None:
    answered("My order is 7731.")
    assert answered("What is my order?").text == LACKS["eng"]


def test_courtesies_are_known() -> None:
    assert is_courtesy("Thank you!")
    assert not is_courtesy("Thank you for nothing, where is it?")


def test_a_text_file_is_named_like_any_other() -> None:
    data = base64.b64encode(b"abc").decode()
    file = {"type": "file", "file": {"filename": "a.txt", "file_data": f"data:text/plain;base64,{data}"}}
    assert (
        answered([file]).text
        == "I have received a file (a.txt, text/plain, 3 bytes), but I cannot look into it."
    )
