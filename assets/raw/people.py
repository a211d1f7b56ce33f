"""Who is named in what was delivered, so that nobody is named right of `raw`.

`raw_people` has every login, name and mail address of the accounts in the payloads. A person may
also be named where nobody should be: in a label, a runner, a workflow, a mapped column. Such
texts of conformed tables lose the name; what they say otherwise stays.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import polars as pl

from assets.home import Home
from assets.raw import forgotten
from assets.raw.erasing import NAME_KEYS
from assets.raw.feed import Feed, matches_glob
from assets.raw.forgotten import PSEUDONYM, Forgotten
from assets.raw.names import Finder, normal, words_of

TABLE = "raw_people"
SCHEMA = {"name": pl.String()}
PERSON, ADDRESS = "[person]", "[address]"
_MAIL = re.compile(r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)+")
_PSEUDONYM = re.compile(rf"{PSEUDONYM}(?:bot-)?[0-9a-f]{{12}}")
# The innermost object around such a key; an organisation has a login, too.
_ACCOUNTS = (
    r'[{}][^{}]*"(?:login|email|username|user_name|userName|displayName|display_name|'
    r'emailAddress|email_address|accountId)"[^{}]*|[{}][^{}]*"type"\s*:\s*"[Uu]ser[^{}]*|'
    r'"from"\s*:\s*\{[^{}]*"address"[^{}]*'
)
_ORGANISATION = r'"(?:type|__typename)"\s*:\s*"Organization"'
_TEXT = r'\s*:\s*"((?:[^"\\]|\\.)+)"'
_NAMED = rf'"(?:{"|".join(sorted(NAME_KEYS))})"{_TEXT}'
# Accounts by which platforms act themselves, and words that are too short to tell a person.
_PLATFORMS = ("github", "gitlab", "jenkins", "bitbucket")
NOT_PEOPLE = frozenset((*_PLATFORMS, "root", "admin", "system", "web", "ci"))
SHORTEST = 3


def people_in(payloads: pl.Series, feed: Feed) -> pl.DataFrame:
    """Everybody named in payloads of a feed (SCHEMA), each name once."""
    accounts = payloads.str.extract_all(_ACCOUNTS).explode().drop_nulls().unique()
    accounts = accounts.filter(~accounts.str.contains(_ORGANISATION))
    found = accounts.str.extract_all(_NAMED).explode().drop_nulls().str.extract(_NAMED)
    names = {_unescaped(name) for name in found.unique()}
    for key in feed.people:
        told = payloads.str.extract(rf'"{re.escape(key)}"{_TEXT}').drop_nulls().unique()
        names.update(map(_unescaped, told))
    return pl.DataFrame({"name": sorted(names)}, schema=SCHEMA)


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"'))
    except ValueError:
        return text


def unknown_people(home: Home, new: pl.Series, feed: Feed) -> pl.DataFrame:
    """Of the people named in new payloads those that `raw_people` does not have yet."""
    found = people_in(new, feed)
    if not home.store.has(TABLE):
        return found
    return found.join(home.store.read(TABLE).collect(), on="name", how="anti")


class People:
    """Everybody who must not be named right of `raw`, by the normal form of their names."""

    def __init__(self, names: frozenset[str], key: Callable[[], Forgotten]) -> None:
        self._names, self._key = names, key
        self._finder = Finder({len(name.split()) for name in names}, names.__contains__)

    def without(self, texts: pl.Series) -> pl.Series:
        """Texts, or lists of texts, with `[person]` and `[address]` where somebody was named."""
        if isinstance(texts.dtype, pl.List):
            replaced = self._replaced(texts.explode())
            return texts if not replaced else texts.list.eval(pl.element().replace(replaced))
        replaced = self._replaced(texts)
        return texts.replace(replaced) if replaced else texts

    def keys(self, texts: pl.Series) -> pl.Series:
        """Keys of records; one that names somebody becomes a number of its own."""
        if not (naming := self._replaced(texts)):
            return texts
        memory = self._key()

        def pseudonym(name: str) -> str:
            return memory.pseudonym(name, is_bot=False)

        def key(text: str) -> str:
            """The same before and after somebody in it was forgotten."""
            mailless = _MAIL.sub(lambda found: pseudonym(found.group()), text)
            return f"#{memory.digest(f'key/{self._finder.replaced(mailless, pseudonym)}')}"

        return texts.replace({text: key(text) for text in naming})

    def _replaced(self, texts: pl.Series) -> dict[str, str]:
        """The texts that name somebody, and what they say without."""
        unique = texts.drop_nulls().unique()
        words = unique.str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", " ")
        may_name = unique.str.contains("@", literal=True)
        may_name |= unique.str.contains(PSEUDONYM, literal=True)
        if self._names:
            patterns = [f" {name} " for name in self._names]
            may_name |= (" " + words + " ").str.contains_any(patterns)
        found = {text: self._without(text) for text in unique.filter(may_name)}
        return {text: without for text, without in found.items() if without != text}

    def _without(self, text: str) -> str:
        text = _PSEUDONYM.sub(PERSON, _MAIL.sub(ADDRESS, text))
        return self._finder.replaced(text, lambda _name: PERSON)


NOBODY = People(frozenset(), lambda: Forgotten(b""))


def people_of(home: Home) -> People:
    """The people of a home, without the words of its configuration and the names of bots."""
    key = partial(forgotten.kept, home.folder)
    if not home.store.has(TABLE):
        return People(frozenset(), key)
    configuration = home.configuration
    known = home.store.read(TABLE).collect()
    humans = known.filter(~matches_glob(pl.col("name"), configuration.rules.bots))
    ordinary = NOT_PEOPLE.union(_words(configuration.model_dump(mode="json")))
    names = map(normal, humans.get_column("name"))
    return People(frozenset(name for name in names if _tells(name, ordinary)), key)


def _tells(name: str, ordinary: frozenset[str]) -> bool:
    """Whether a name tells who is meant, and is no word of the organisation's own."""
    return len(name) >= SHORTEST and not name.isdecimal() and name not in ordinary


def _words(value: Any) -> Iterator[str]:  # noqa: ANN401
    if isinstance(value, str):
        yield normal(value)
        yield from words_of(value)
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _words(part)
