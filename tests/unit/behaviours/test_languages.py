"""The detection of languages."""

import pytest

from understudy.behaviours.languages import LANGUAGES, detect

SAMPLES = {
    "eng": "The parcel arrived late.",
    "deu": "Das Paket kam gestern viel zu spät an.",
    "fra": "Le colis est arrivé trop tard hier soir.",
    "zho": "包裹昨天很晚才到。",
    "kor": "소포가 어제 너무 늦게 도착했습니다.",
    "ara": "وصل الطرد متأخرا جدا أمس.",
    "rus": "Посылка пришла вчера слишком поздно, и мы были недовольны.",
    "tha": "พัสดุมาถึงช้ามากเมื่อวานนี้",
    "nld": "Het pakket is gisteren veel te laat aangekomen.",
    "ita": "Il pacco è arrivato troppo tardi ieri sera.",
    "por": "O pacote chegou tarde demais ontem à noite.",
    "spa": "El paquete llegó demasiado tarde ayer por la noche.",
    "jpn": "荷物は昨日とても遅く届きました。",
    "pol": "Paczka dotarła wczoraj zbyt późno.",
    "tur": "Paket dün çok geç geldi ve müşteri memnun değildi.",
    "vie": "Gói hàng đã đến quá muộn vào hôm qua.",
    "ind": "Paket itu tiba terlalu lambat kemarin karena hujan deras.",
    "ces": "Balík dorazil včera příliš pozdě.",
    "ukr": "Посилка прийшла вчора занадто пізно.",
    "ell": "Το δέμα έφτασε πολύ αργά χθες.",
    "heb": "החבילה הגיעה אתמול מאוחר מדי.",
    "fas": "بسته دیروز خیلی دیر رسید.",
    "hin": "पार्सल कल बहुत देर से पहुँचा।",
    "urd": "پارسل کل بہت دیر سے پہنچا۔",
    "swe": "Paketet kom alldeles för sent igår kväll.",
    "ben": "পার্সেলটি গতকাল অনেক দেরিতে এসেছে।",
    "msa": "Bungkusan itu tiba terlalu lewat semalam kerana hujan lebat.",
    "ron": "Coletul a ajuns prea târziu aseară.",
}


def test_the_samples_cover_all_languages() -> None:
    assert set(SAMPLES) == set(LANGUAGES)
    assert len(LANGUAGES) == 28


@pytest.mark.parametrize(("code", "text"), SAMPLES.items())
def test_a_sentence_is_recognised(code: str, text: str) -> None:
    assert detect(text) == code


@pytest.mark.parametrize(
    "text", ["", "42", "???", "ok", "Hallo", "★★★", "Solar panel installation", "alpha beta gamma"]
)
def test_text_too_short_to_tell_is_english(text: str) -> None:
    assert detect(text) == "eng"


@pytest.mark.parametrize("text", ["\ud800" * 20, "abc\ud800defghijklmn", "a" * 1_000_000, "\u0300" * 1000])
def test_hostile_text_gets_some_language(text: str) -> None:
    assert detect(text) in LANGUAGES
