"""Takes forgotten people out of payloads: their accounts, their ids, their names in texts.

A record stays what it was: its clocks, states and ids of things stay, an account keeps its kind
(human, bot), and one person keeps one pseudonym, so that an author is still nobody's reviewer.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

from assets.raw.forgotten import PSEUDONYM, Forgotten
from assets.raw.names import Finder, normal

_MAIL_KEYS = ("email", "emailAddress", "email_address")
_LOGIN_KEYS = ("login", "username", "user_name", "userName", "nickname")
_DISPLAY_KEYS = ("displayName", "display_name", "full_name", "fullName", "real_name")
NAME_KEYS = frozenset((*_MAIL_KEYS, *_LOGIN_KEYS, *_DISPLAY_KEYS, "name", "summary"))
# An object with one of these is an account; with a name alone it may be anything.
ACCOUNT_MARKS = frozenset((*_MAIL_KEYS, *_LOGIN_KEYS, "accountId"))
# Words that programs wrote, for programs: nobody is meant by them.
_STATE_KEYS = ("type", "__typename", "state", "status", "conclusion", "event", "kind", "role")
_MACHINE_KEYS = frozenset((*_STATE_KEYS, "metric", "field_name", "channel"))
_PERSON_ID = re.compile(
    r"(?i)(?:^|_)(?:requester|assignee|author|submitter|user|actor|creator|owner|agent|reviewer|"
    r"collaborator|follower|email_cc|updater|organizer|account)_?ids?$"
)
_INSTANT = re.compile(r"(?:^date|_at|At|_on)$")


class Eraser:
    """Erases from the payloads of one system; `bots` are the globs of `rules.bots`."""

    def __init__(self, forgotten: Forgotten, bots: Iterable[str], system: str = "") -> None:
        names = [one for one in forgotten.by_digest.values() if not one.system]
        lengths = [one.words for one in names]
        self._forgotten, self._system = forgotten, system
        self._finder = Finder(lengths, self._is_anywhere)
        globs = (re.escape(glob).replace(r"\*", ".*").replace(r"\?", ".") for glob in bots)
        self._bots = re.compile(f"(?is)^(?:{'|'.join(globs) or '(?!)'})$")
        self.accounts: set[str] = set()  # ids of the accounts that were met …
        self.beside: set[str] = set()  # … and other names that stand in them

    def payload(self, text: str, is_account: bool = False) -> str:
        """The payload without them; the same text if they do not stand in it."""
        try:
            record = json.loads(text)
        except ValueError:
            return self.text(text)
        if is_account and self._is_own(record, is_account):
            erased = self._account(record)
        elif isinstance(record, dict):  # a flat row with a mail address is more than an account
            erased = self._members(record)
        else:
            erased = self._of(record)
        return text if erased == record else json.dumps(erased, ensure_ascii=False)

    def text(self, text: str) -> str:
        """A text without them."""
        return self._finder.replaced(text, self.pseudonym)

    def pseudonym(self, text: str) -> str:
        """What stands for a name or an id."""
        if text.startswith(PSEUDONYM):
            return text
        return self._forgotten.pseudonym(text, bool(self._bots.match(text)))

    def is_named(self, text: str) -> bool:
        """Whether a text is one of their names, or holds one."""
        return self._is_person(text) or self.text(text) != text

    def _is_anywhere(self, name: str) -> bool:
        found = self._forgotten.find(name)
        return found is not None and not found.is_account_only

    def _is_person(self, value: object) -> bool:
        return isinstance(value, str) and self._forgotten.find(normal(value)) is not None

    def _is_own(self, value: object, is_account: bool) -> bool:
        """Whether an object is the account of one of them."""
        if not isinstance(value, dict):
            return False
        kind = str(value.get("type", value.get("__typename", ""))).lower()
        if not (is_account or ACCOUNT_MARKS & value.keys() or kind.startswith("user")):
            return False
        named = any(self._is_person(value[key]) for key in NAME_KEYS & value.keys())
        return named or self._forgotten.has_account(self._system, str(value.get("id")))

    def _account(self, account: dict[str, Any]) -> dict[str, Any]:
        """What stays of an account: its kind, its dates, and pseudonyms where names were."""
        kept = {}
        for key, value in account.items():
            if key == "id":
                self.accounts.add(str(value))
                kept[key] = self._number(value)
            elif key in NAME_KEYS and isinstance(value, str):
                self.beside |= set() if self._is_person(value) else {value}
                kept[key] = self.pseudonym(value)
            elif key in _STATE_KEYS or _INSTANT.search(key) or isinstance(value, bool):
                kept[key] = value
        return kept

    def _number(self, value: Any) -> Any:  # noqa: ANN401
        """An id, or what stands for it where it is remembered."""
        is_known = self._forgotten.has_account(self._system, str(value))
        return self._forgotten.pseudonym(f"{self._system}/{value}", False) if is_known else value

    def _of(self, value: Any, key: str = "") -> Any:  # noqa: ANN401
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, list):
            return [self._of(part, key) for part in value]
        if isinstance(value, bool) or value is None:
            return value
        if _PERSON_ID.search(key):
            numbered = self._number(value)
            if numbered != value:
                return numbered
        if not isinstance(value, str) or (key in _MACHINE_KEYS and " " not in value):
            return value
        if key in NAME_KEYS and self._is_person(value) and key not in ("name", "summary"):
            return self.pseudonym(value)
        return self.text(value)

    def _object(self, value: dict[str, Any]) -> dict[str, Any]:
        own = self._is_own(value, is_account=False)
        return self._account(value) if own else self._members(value)

    def _members(self, value: dict[str, Any]) -> dict[str, Any]:
        # A change of an assignee comes as the name of the field beside its value.
        told = str(value.get("field_name") or "")
        places = {"value", "previous_value"} if _PERSON_ID.search(told) else set()
        return {
            self.text(key): self._of(part, told if key in places else key)
            for key, part in value.items()
        }
