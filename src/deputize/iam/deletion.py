"""What stands in the way of deleting a user, group or role. IAM never deletes one thing along with
another.
"""

from deputize.iam import errors
from deputize.iam.entities import Entity
from deputize.store.api import Snapshot


def check_bare(db: Snapshot, entity: Entity) -> None:
    """Raises DeleteConflict while policies are attached to or embedded in the entity."""
    if db.attachments.page(entity.id, limit=1):
        raise errors.in_use("detach all policies")
    if db.inline_policies.page(entity.id, limit=1):
        raise errors.in_use("delete policies")
