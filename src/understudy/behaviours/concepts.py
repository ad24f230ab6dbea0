"""Concepts: words that mean the same to a tool, a parameter or a question, in five languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from understudy.behaviours.regex import regex
from understudy.behaviours.stop_words import words_of
from understudy.behaviours.tokens import is_content, stems, words

# Each line is one concept, named by its first word; indented lines go on.
_SAME = """
weather forecast wetter wettervorhersage météo temps tiempo clima tempo previsão pronóstico rain raining
  snow regen regnet schnee pluie pleut neige lluvia llueve nieve chuva neve
temperature temperatur température temperatura
time clock uhrzeit spät heure hora horas
order orders bestellung bestellungen bestellnummer auftrag commande commandes pedido pedidos encomenda
price prices cost costs preis preise kosten kostet prix tarif coûte coût precio precios cuesta preço
  preços custa custo
buy purchase kaufen kaufe acheter achète comprar compra compre
search suche suchen cherche chercher recherche busca buscar pesquisa pesquise procure
send schicke schicken sende senden envoie envoyer envía enviar envie mande
email mail emails courriel correo
book reserve booking reservation buche buchen reserviere reservieren reservierung réserve réserver
  réservation reserva reservar
cancel cancellation storniere stornieren stornierung annule annuler annulation cancela cancelar cancele
flight flights flug flüge vol vols vuelo vuelos voo voos
delivery shipping shipment shipped lieferung versand livraison expédition envío entrega
return refund refunds rückgabe zurückgeben zurückschicken umtausch umtauschen rendre renvoyer devolver
  erstattung remboursement retour reembolso devolución devolução
open opening opened öffnungszeiten geöffnet öffnet offen ouvert ouverte ouvre horaires abierto abre abren
  horario horarios aberto horário
close closed closing geschlossen schließt fermé ferme cerrado cierra fechado fecha
name named called heiße heißt heißen nom appelle nombre llamo llama nome chamo chama
customer client clients kunde kunden cliente clientes
translate translation übersetze übersetzen traduis traduire traduce traducir traduza
calculate compute calculation calculator arithmetic math berechne berechnen calcule calculer calcula
add addition plus addiere addieren additionne additionner suma sumar some somar
subtract subtraction minus subtrahiere subtrahieren soustrais soustraire resta restar subtraia subtrair
multiply multiplication times multipliziere multiplizieren multiplie multiplier multiplica multiplicar
divide division dividiere dividieren teile divise diviser dividir
news nachrichten nouvelles noticias notícias
address adresse dirección direccion endereço
phone telephone telefon telefonnummer téléphone teléfono telefone
appointment meeting termin rendezvous cita reunión reunion reunião
date datum fecha data
city town stadt ville ciudad cidade
country land pays país
people persons person guests guest personen gäste gast personnes invités personas huéspedes pessoas
  hóspedes
night nights nächte nacht nuit nuits noche noches noite noites
day days tag tage tagen jour jours día días dia dias
child children kids kinder kind enfant enfants niño niños criança crianças
age old alt jahre âge ans años edad anos idade
language sprache langue idioma
amount betrag montant importe valor sum
quantity menge quantité cantidad quantidade anzahl
product produkt produit producto produto item artikel article artículo artigo
invoice rechnung facture factura fatura
account konto compte cuenta conta
number nummer numéro número
colour color farbe couleur cor
favourite favorite
policy richtlinie politique política
"""
_GENERIC = words_of(
    "get fetch retrieve lookup look list show give given find current currently info information data value "
    "values function tool call calls use uses used user users specific specified provide provided detail "
    "details api service helper handle handler run execute perform do make read query new all by for of to "
    "the an and or in id"
)
_CAMEL = regex(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LONGEST_NAME = 200


@lru_cache(maxsize=1)
def _concepts() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for line in _SAME.replace("\n ", " ").split("\n"):
        for word in (known := stems(line.split())):
            found.setdefault(word, known[0])
    return found


def concepts_of(text_words: Iterable[str]) -> list[str]:
    """The concept of each word, or its stem where it stands for itself."""
    known = _concepts()
    return [known.get(stem, stem) for stem in stems(text_words)]


def content_concepts(text: str) -> list[str]:
    """The concepts of the words of a text that carry meaning."""
    return concepts_of(word for word in words(text) if is_content(word))


def name_words(name: str) -> list[str]:
    """The words of a name in code: `get_orderStatus` has get, order, status."""
    return words(_CAMEL.sub(" ", name[:_LONGEST_NAME]).replace("_", " "))


def name_concepts(name: str) -> list[str]:
    """The concepts of a name in code, without words such as get and data that all names have."""
    return concepts_of(word for word in name_words(name) if word not in _GENERIC)


def telling_concepts(text: str) -> list[str]:
    """The concepts of a description, without words that all descriptions have."""
    return concepts_of(word for word in words(text) if is_content(word) and word not in _GENERIC)
