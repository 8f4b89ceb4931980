"""Invented personal data in sentences of several languages, with its places: the corpus of acceptance test X7.

Values are made with valid check digits; every sentence was written for this file.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import phonenumbers
from stdnum import iban, luhn

SENTENCES: dict[str, tuple[str, ...]] = {
    "CARD": (
        "The card ending the trouble is {}, please take the fee off it.",
        "I gave {} over the phone and now there are two charges.",
        "card no {} exp 04/29 declined again",
        "Cust read out {} twice, terminal still refuses it.",
        "Meine Kreditkarte {} wurde zweimal belastet.",
        "Me han cobrado dos veces en la tarjeta {}.",
        "Ma carte {} a été débitée deux fois.",
        "mi tarjeta es {} y no pasa",
        "Please remove {} from my account!",
        "It says {} is not a Visa, but it is.",
    ),
    "IBAN": (
        "Please pay the refund to {}.",
        "iban {} was typed in wrong by your colleague",
        "Die Rückzahlung bitte auf {} überweisen.",
        "El reembolso debe ir a {}, no a la cuenta vieja.",
        "Le virement est parti sur {} par erreur.",
        "My account is {} and the rent did not leave.",
        "cu confirms acct {} for direct debit",
        "Bank details: {}",
        "Not {}? Then tell me which one you have on file.",
        "they keep collecting from {} although I moved banks",
    ),
    "EMAIL": (
        "Write to {} when the part is in.",
        "my login is {} and the reset never arrives",
        "Bitte schicken Sie die Rechnung an {}.",
        "Mi correo es {}, mandadme la factura.",
        "Envoyez-moi le contrat à {} s'il vous plaît.",
        "reset link went to {} (old address)",
        "I registered as {} in May.",
        "From: {}",
        "cc {} on that, she handles our invoices",
        "The address {} is not mine any more!",
    ),
    "PHONE": (
        "Call me back on {} after six.",
        "my number is {}",
        "cb requested {} before noon",
        "Rufen Sie mich unter {} zurück.",
        "Llamadme al {} por la tarde.",
        "Rappelez-moi au {} ce soir.",
        "I changed my mobile to {}, your text went to the old one.",
        "Tel. {}",
        "phone: {} ask for the workshop",
        "The courier was to ring {} but did not.",
    ),
    "PERSON": (
        "My name is {} and I have waited three weeks.",
        "I spoke to {} on Tuesday, who promised a call.",
        "Kind regards, {}",
        "Customer {} rang about the invoice.",
        "cu {} says the lift is stuck",
        "Mr {} wants the contract in writing.",
        "Ich heiße {} und warte seit Montag.",
        "Me llamo {} y no me llega el pedido.",
        "Je m'appelle {} et j'attends toujours.",
        "this is {} calling about the meter",
    ),
    "SECRET": (
        "my password is {} and it still says wrong",
        "I typed the PIN {} three times.",
        "pw: {} does not work on the tablet",
        "The code is {}, it expired while I was on hold.",
        "passcode {} was never asked for",
    ),
}
FIRST = (
    "Anneliese", "Bartholomew", "Chiara", "Dagmar", "Esteban", "Fiona", "Gunnar", "Henrietta", "Ignacio", "Jolanda",
    "Katarzyna", "Leopold", "Marguerite", "Nikolai", "Ottilie", "Pascal", "Rosalind", "Sebastian", "Theresa", "Umberto",
)  # fmt: skip
LAST = (
    "Achterberg", "Bonnefoy", "Castellano", "Dreyer", "Eastwick", "Ferreira", "Goldhahn", "Hollingworth", "Ibarra",
    "Jankowski", "Kirchhoff", "Lindqvist", "Moreau", "Novotny", "Oberholzer", "Pennington", "Quintana", "Rasmussen",
)  # fmt: skip
BANKS = (("DE", 18), ("GB", 18), ("FR", 23), ("ES", 20), ("NL", 14))


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence, the kind of data in it, and where it stands."""

    text: str
    kind: str
    start: int
    end: int

    @property
    def value(self) -> str:
        return self.text[self.start : self.end]


def corpus(of_each: int = 100) -> Iterator[Labelled]:
    """Yield ``of_each`` labelled sentences of each kind, the same at every call."""
    dice = random.Random(7)
    for kind, sentences in SENTENCES.items():
        for number in range(of_each):
            before, after = sentences[number % len(sentences)].split("{}")
            value = VALUES[kind](dice)
            yield Labelled(before + value + after, kind, len(before), len(before) + len(value))


def card(dice: random.Random) -> str:
    body = dice.choice(("4", "51", "53", "37")) + "".join(dice.choices("0123456789", k=15))
    body = body[: 14 if body.startswith("37") else 15]
    number = body + luhn.calc_check_digit(body)
    return number if dice.random() < 0.5 else " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def account(dice: random.Random) -> str:
    while True:
        country, length = dice.choice(BANKS)
        letters = "".join(dice.choices("ABCDEFGHKLMN", k=4)) if country in {"GB", "NL"} else ""
        body = letters + "".join(dice.choices("0123456789", k=length - len(letters)))
        number = country + iban.calc_check_digits(f"{country}00{body}") + body
        if iban.is_valid(number, check_country=False):
            return number if dice.random() < 0.5 else iban.format(number)


def address(dice: random.Random) -> str:
    name = dice.choice(FIRST).lower() + dice.choice((".", "_", "", "-")) + dice.choice(LAST).lower()
    host = dice.choice(("post", "mail", "web-haus")) + dice.choice((".example", ".org", ".co.uk", ".de", ".com"))
    return f"{name}{dice.choice(('', '7', '1983'))}@{host}"


def phone(dice: random.Random) -> str:
    region = dice.choice(("GB", "US", "DE", "ES", "FR", "NL"))
    kind = phonenumbers.PhoneNumberType.MOBILE if dice.random() < 0.5 else phonenumbers.PhoneNumberType.FIXED_LINE
    example = phonenumbers.example_number_for_type(region, kind)
    assert example is not None
    style = dice.choice((phonenumbers.PhoneNumberFormat.INTERNATIONAL, phonenumbers.PhoneNumberFormat.NATIONAL))
    return str(phonenumbers.format_number(example, style))


def person(dice: random.Random) -> str:
    return f"{dice.choice(FIRST)} {dice.choice(LAST)}"


def secret(dice: random.Random) -> str:
    return dice.choice(FIRST)[:5] + "".join(dice.choices("0123456789", k=3)) + dice.choice("!?#x")


VALUES: dict[str, Callable[[random.Random], str]] = {
    "CARD": card,
    "IBAN": account,
    "EMAIL": address,
    "PHONE": phone,
    "PERSON": person,
    "SECRET": secret,
}
