"""What two questions share exactly when the same rows answer both. Nothing is found by likeness."""

from dataclasses import dataclass
from hashlib import sha256

import msgspec

from backend.domain.identity import TenantId
from backend.semantic.layer import Prepared
from backend.semantic.model import SemanticModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What besides the query decides its rows. `version` is the data's, where it can be told."""

    tenant_id: TenantId
    source_id: str
    #: When the source was last changed: behind another login lie other rows.
    source_stamp: str
    role: str
    #: The member whose rows alone the asker sees.
    own: str | None
    version: str | None


def key_of(model: SemanticModel, prepared: Prepared, setting: Setting) -> str:
    """A digest of the statement, with its absolute dates and members, and of its setting."""
    parts = [
        str(setting.tenant_id),
        setting.source_id,
        setting.source_stamp,
        model.version,
        model.time_zone,
        prepared.compiled.sql,
        sorted((name, repr(value)) for name, value in prepared.compiled.params.items()),
        # Roles that see all rows see the same ones.
        setting.role if setting.role in model.row_scope else "",
        setting.own,
        setting.version,
    ]
    return sha256(msgspec.json.encode(parts)).hexdigest()
