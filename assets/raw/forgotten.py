"""Whom a home has forgotten: `<home>/forgotten.json`, which holds keyed digests and no names.

A digest tells whether a name that is delivered again is one of the forgotten, and gives the
pseudonym that stands for it. Its key lies beside it: whoever may read the home could try names
out, nobody else can. The file outlives the warehouse, so that a rebuilt one forgets, too.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from assets.raw.names import words_of

FILE = "forgotten.json"
PSEUDONYM = "erased-"
BOT_PSEUDONYM = "erased-bot-"
_DIGEST_BYTES, _PSEUDONYM_LETTERS, _HINT_LETTERS = 16, 12, 4


@dataclass(frozen=True)
class Erased:
    """One forgotten name, or the id of an account (`system` names whose).

    `hint` is what a quick search goes by: the beginning of the first word's digest, too short
    to tell the word. `is_account_only`: the name is an ordinary word of the records as well, so
    it is erased only where an account is named.
    """

    digest: str
    hint: str
    words: int
    is_account_only: bool = False
    system: str = ""


class Forgotten:
    """The forgotten of one home; an empty one forgets nobody."""

    def __init__(self, key: bytes, erased: Iterable[Erased] = ()) -> None:
        self._key = key
        self._digests: dict[str, str] = {}
        self.by_digest = {one.digest: one for one in erased}

    def __bool__(self) -> bool:
        return bool(self.by_digest)

    def digest(self, text: str) -> str:
        """The keyed digest of a text; the same texts come again and again, so it is kept."""
        known = self._digests.get(text)
        if known is None:
            made = hashlib.blake2b(text.encode(), key=self._key, digest_size=_DIGEST_BYTES)
            known = self._digests[text] = made.hexdigest()
        return known

    def hint(self, word: str) -> str:
        """What stands for a first word in a quick search."""
        return self.digest(f"first/{word}")[:_HINT_LETTERS]

    def name(self, normal: str, is_account_only: bool = False) -> Erased:
        """A name in its normal form (`assets.raw.names`), as it is remembered."""
        words = words_of(normal)
        return Erased(self.digest(normal), self.hint(words[0]), len(words), is_account_only)

    def account(self, system: str, number: str) -> Erased:
        """The id of an account, as it is remembered."""
        words = words_of(number)
        digest = self.digest(f"{system}/{number}")
        return Erased(digest, self.hint(words[0]), len(words), True, system)

    def find(self, normal: str) -> Erased | None:
        """The forgotten name with this normal form."""
        found = self.by_digest.get(self.digest(normal))
        return found if found is not None and not found.system else None

    def has_account(self, system: str, number: str) -> bool:
        """Whether the id of a forgotten account."""
        return self.digest(f"{system}/{number}") in self.by_digest

    def pseudonym(self, text: str, is_bot: bool) -> str:
        """What stands for a text from now on: another text gets another, whoever is meant."""
        kind = BOT_PSEUDONYM if is_bot else PSEUDONYM
        return kind + self.digest(f"pseudonym/{text}")[:_PSEUDONYM_LETTERS]

    def hash_of(self, payload_hash: str) -> str:
        """The hash of a version whose payload was erased.

        It orders versions of one instant, so its beginning stays; the rest is keyed, because the
        names in a short record could be found by trying hashes out.
        """
        return payload_hash[:_HINT_LETTERS] + self.digest(payload_hash)[_HINT_LETTERS:]

    def with_more(self, erased: Iterable[Erased]) -> "Forgotten":
        """These and more."""
        return Forgotten(self._key, [*self.by_digest.values(), *erased])

    def save(self, home: Path) -> None:
        """Write the file, all or nothing, readable for its owner only."""
        people = [asdict(one) for one in self.by_digest.values()]
        making = home / f"{FILE}.new"
        with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump({"key": self._key.hex(), "erased": people}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        making.replace(home / FILE)


def load(home: Path) -> Forgotten:
    """Whom the home has forgotten; with a new key where it has forgotten nobody yet."""
    path = home / FILE
    if not path.exists():
        return Forgotten(secrets.token_bytes(32))
    kept = json.loads(path.read_text(encoding="utf-8"))
    return Forgotten(bytes.fromhex(kept["key"]), (Erased(**one) for one in kept["erased"]))


def kept(home: Path) -> Forgotten:
    """As `load`, with a key that stays the same from now on."""
    found = load(home)
    if not (home / FILE).exists():
        found.save(home)
    return found
