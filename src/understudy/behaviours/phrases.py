"""Phrases: what is said when no source has the words, in five languages; other languages hear English."""

from __future__ import annotations

import re
from collections.abc import Mapping

from understudy.behaviours.languages import detect
from understudy.behaviours.regex import regex

_PHRASES: Mapping[str, Mapping[str, str]] = {
    "greeting": {
        "eng": "Hello! What can I do for you?",
        "deu": "Hallo! Was kann ich für Sie tun?",
        "fra": "Bonjour ! Que puis-je faire pour vous ?",
        "spa": "¡Hola! ¿En qué puedo ayudarle?",
        "por": "Olá! Em que posso ajudar?",
    },
    "agreed": {
        "eng": "All right. What else can I do for you?",
        "deu": "In Ordnung. Was kann ich noch für Sie tun?",
        "fra": "Très bien. Que puis-je faire d'autre pour vous ?",
        "spa": "De acuerdo. ¿En qué más puedo ayudarle?",
        "por": "Certo. Em que mais posso ajudar?",
    },
    "thanks": {
        "eng": "You are welcome.",
        "deu": "Gern geschehen.",
        "fra": "Je vous en prie.",
        "spa": "De nada.",
        "por": "De nada.",
    },
    "farewell": {
        "eng": "Goodbye!",
        "deu": "Auf Wiedersehen!",
        "fra": "Au revoir !",
        "spa": "¡Hasta luego!",
        "por": "Até logo!",
    },
    "noted": {
        "eng": "Noted: {what}",
        "deu": "Notiert: {what}",
        "fra": "C'est noté : {what}",
        "spa": "Anotado: {what}",
        "por": "Anotado: {what}",
    },
    "said": {
        "eng": "You said: “{what}”",
        "deu": "Sie sagten: „{what}“",
        "fra": "Vous avez dit : « {what} »",
        "spa": "Usted dijo: «{what}»",
        "por": "Você disse: “{what}”",
    },
    "known": {
        "eng": "This is what I know of you: {what}",
        "deu": "Das weiß ich von Ihnen: {what}",
        "fra": "Voici ce que je sais de vous : {what}",
        "spa": "Esto es lo que sé de usted: {what}",
        "por": "Isto é o que sei de você: {what}",
    },
    "nothing known": {
        "eng": "I know nothing of you yet: I have no memories, and you have told me nothing so far.",
        "deu": "Ich weiß noch nichts von Ihnen: Ich habe keine Erinnerungen, und Sie haben mir nichts "
        "erzählt.",
        "fra": "Je ne sais encore rien de vous : je n'ai aucun souvenir, et vous ne m'avez rien dit.",
        "spa": "Aún no sé nada de usted: no tengo recuerdos y no me ha contado nada.",
        "por": "Ainda não sei nada de você: não tenho memórias e você não me contou nada.",
    },
    "lacking": {
        "eng": "I cannot answer that: nothing I was given and nothing said in this conversation tells it.",
        "deu": "Das kann ich nicht beantworten: Weder meine Angaben noch unser Gespräch sagen etwas dazu.",
        "fra": "Je ne peux pas répondre : ni mes données ni notre conversation ne le disent.",
        "spa": "No puedo responder a eso: ni mis datos ni nuestra conversación lo dicen.",
        "por": "Não posso responder a isso: nem os meus dados nem a nossa conversa o dizem.",
    },
    "lacking in sources": {
        "eng": "I cannot answer that: the sources I was given hold nothing about it, nor does our "
        "conversation.",
        "deu": "Das kann ich nicht beantworten: Weder die Quellen, die ich habe, noch unser Gespräch sagen "
        "etwas dazu.",
        "fra": "Je ne peux pas répondre : les sources dont je dispose n'en disent rien, notre conversation "
        "non plus.",
        "spa": "No puedo responder a eso: las fuentes que tengo no dicen nada al respecto, ni nuestra "
        "conversación.",
        "por": "Não posso responder a isso: as fontes que tenho não dizem nada a respeito, nem a nossa "
        "conversa.",
    },
    "received": {
        "eng": "I have received {what}, but I cannot look into it.",
        "deu": "Ich habe {what} erhalten, kann aber nicht hineinsehen.",
        "fra": "J'ai reçu {what}, mais je ne peux pas en voir le contenu.",
        "spa": "He recibido {what}, pero no puedo ver su contenido.",
        "por": "Recebi {what}, mas não consigo ver o conteúdo.",
    },
    "nothing received": {
        "eng": "No image, sound, video or file came with your message.",
        "deu": "Mit Ihrer Nachricht kam kein Bild, kein Ton, kein Video und keine Datei.",
        "fra": "Votre message ne contient ni image, ni son, ni vidéo, ni fichier.",
        "spa": "Su mensaje no trae ninguna imagen, audio, vídeo ni archivo.",
        "por": "A sua mensagem não traz nenhuma imagem, áudio, vídeo ou arquivo.",
    },
    "nothing asked": {
        "eng": "There is no message to answer.",
        "deu": "Es gibt keine Nachricht, auf die ich antworten könnte.",
        "fra": "Il n'y a aucun message auquel répondre.",
        "spa": "No hay ningún mensaje al que responder.",
        "por": "Não há nenhuma mensagem para responder.",
    },
    "divided by zero": {
        "eng": "Nothing can be divided by zero.",
        "deu": "Durch null kann man nicht teilen.",
        "fra": "On ne peut pas diviser par zéro.",
        "spa": "No se puede dividir entre cero.",
        "por": "Não se pode dividir por zero.",
    },
    "empty result": {
        "eng": "{what} gave an empty result.",
        "deu": "{what} hat ein leeres Ergebnis geliefert.",
        "fra": "{what} a donné un résultat vide.",
        "spa": "{what} dio un resultado vacío.",
        "por": "{what} deu um resultado vazio.",
    },
    "image": {
        "eng": "an image",
        "deu": "ein Bild",
        "fra": "une image",
        "spa": "una imagen",
        "por": "uma imagem",
    },
    "audio": {"eng": "a sound", "deu": "einen Ton", "fra": "un son", "spa": "un audio", "por": "um áudio"},
    "video": {"eng": "a video", "deu": "ein Video", "fra": "une vidéo", "spa": "un vídeo", "por": "um vídeo"},
    "file": {
        "eng": "a file",
        "deu": "eine Datei",
        "fra": "un fichier",
        "spa": "un archivo",
        "por": "um arquivo",
    },
    "and": {"eng": "and", "deu": "und", "fra": "et", "spa": "y", "por": "e"},
}
_SOCIAL: Mapping[str, Mapping[str, str]] = {
    "greeting": {
        "eng": r"hi|hello|hey|good (?:morning|afternoon|evening|day)|greetings|how are you",
        "deu": r"hallo|guten (?:morgen|tag|abend)|servus|moin|grüß gott|wie geht's|wie geht es (?:dir|ihnen)",
        "fra": r"bonjour|bonsoir|salut|coucou|comment (?:ça va|allez-vous)|ça va",
        "spa": r"hola|buenos días|buenas (?:tardes|noches)|qué tal|cómo está[s]?",
        "por": r"olá|oi|bom dia|boa (?:tarde|noite)|como vai(?: você)?|tudo bem",
    },
    "agreed": {
        "eng": r"ok|okay|all right|alright|great|perfect|got it|yes|no|sure|fine",
        "deu": r"gut|alles klar|super|ja|nein|in ordnung|einverstanden",
        "fra": r"d'accord|oui|non|parfait|très bien",
        "spa": r"vale|de acuerdo|sí|perfecto|muy bien",
        "por": r"certo|está bem|sim|não|perfeito|muito bem",
    },
    "thanks": {
        "eng": r"thank you|thanks|many thanks|thx|cheers",
        "deu": r"danke|vielen dank|besten dank|herzlichen dank",
        "fra": r"merci",
        "spa": r"muchas gracias|gracias",
        "por": r"muito obrigad[oa]|obrigad[oa]",
    },
    "farewell": {
        "eng": r"goodbye|bye|see you|good night",
        "deu": r"tschüss|tschüß|auf wiedersehen|bis bald|gute nacht",
        "fra": r"au revoir|à bientôt|bonne nuit",
        "spa": r"adiós|hasta luego|hasta pronto",
        "por": r"tchau|adeus|até logo",
    },
}
_SMALL_TALK = (
    "there|all|everyone|you|so|very|much|a lot|again|for (?:your|the|all your) help|that was all|"
    "that(?:'s| is) all|dear|how are you(?: today| doing)?|schön|sehr|zusammen|für (?:die|ihre|deine) hilfe|"
    "das war alles|wie geht(?:'s| es (?:dir|ihnen))|beaucoup|bien|à tous|pour votre aide|comment (?:ça va|"
    "allez-vous)|por (?:su|tu|la) ayuda|a todos|qué tal|cómo está[s]?|pela ajuda|tudo bem|como vai"
)
_COURTESIES = [
    (
        kind,
        language,
        regex(rf"(?:{begun})\b(?:[\s,.!?¡¿]*(?:{_SMALL_TALK})\b)*[\s,.!?¡¿]*", re.IGNORECASE),
    )
    for kind, languages in _SOCIAL.items()
    for language, begun in languages.items()
]
_LONGEST_COURTESY = 80
_FEWEST_LETTERS = 8


def say(phrase: str, language: str, what: str = "") -> str:
    """A phrase in a language (ISO 639-3), with `what` in its place; English where we have no other."""
    forms = _PHRASES[phrase]
    return forms.get(language, forms["eng"]).replace("{what}", what)


def listed(items: list[str], language: str) -> str:
    """`a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {say('and', language)} {items[-1]}"


def courtesy(text: str) -> tuple[str, str] | None:
    """Kind and language of a text that only greets, thanks, agrees or says farewell."""
    plain = text.strip().lstrip("¡¿ ")
    if len(plain) > _LONGEST_COURTESY:
        return None
    return next(((kind, language) for kind, language, form in _COURTESIES if form.fullmatch(plain)), None)


def language_of(texts: list[str]) -> str:
    """The language of the first text that is long enough to tell; English when none is."""
    for text in texts:
        polite = courtesy(text)
        if polite:
            return polite[1]
        if sum(map(str.isalpha, text[:200])) >= _FEWEST_LETTERS:
            return detect(text)
    return "eng"


def is_lacking(text: str) -> bool:
    """Whether a text is one of ours that says that nothing is known."""
    return any(
        text in _PHRASES[phrase].values() for phrase in ("lacking", "lacking in sources", "nothing known")
    )
