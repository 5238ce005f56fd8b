"""As whom a person reads the warehouse through the pages."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from include.settings import SettingsError

ROLES = ("analyst", "investigator", "reviewer", "privacy_officer")  # what the pages' login may become


@dataclass(frozen=True)
class Access:
    """The pages' own login, the key of the audit trail, and which role each person was given."""

    dsn: str = field(repr=False)
    audit_key: str = field(repr=False)
    roles: Mapping[str, str]

    def role(self, name: str) -> str:
        """Who was given no role reads as an analyst: nobody's identity, no protected fact."""
        return self.roles.get(name, "analyst")


def access(dsn: str, env: Mapping[str, str] = os.environ) -> Access:
    """From `CROSSCHECK_AUDIT_KEY` and `CROSSCHECK_DESK_ROLES` (`login=role`, with commas). Raises `SettingsError`."""
    key = env.get("CROSSCHECK_AUDIT_KEY", "")
    if not key:
        raise SettingsError("setting [CROSSCHECK_AUDIT_KEY] is missing: without it no read can be recorded")
    roles = {}
    for pair in filter(None, env.get("CROSSCHECK_DESK_ROLES", "").split(",")):
        name, _, role = (part.strip() for part in pair.partition("="))
        if not name or role not in ROLES:
            raise SettingsError(
                f"setting [CROSSCHECK_DESK_ROLES] has [{pair}]; write login=role, of {', '.join(ROLES)}"
            )
        roles[name] = role
    return Access(dsn, key, roles)
