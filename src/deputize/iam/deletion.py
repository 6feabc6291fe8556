"""What stands in the way of deleting a user, group or role. IAM never deletes one thing along with
another.
"""

from collections.abc import Callable, Mapping
from typing import Any

from deputize.domain import mfa
from deputize.iam import errors
from deputize.iam.entities import Entity
from deputize.model.identity import Group, Role, User
from deputize.store.api import Snapshot, Transaction

# What the caller must do first, and whether it is still to do.
Obstacle = tuple[str, Callable[[Snapshot, Any], object]]

POLICIES: tuple[Obstacle, ...] = (
    ("detach all policies", lambda db, entity: db.attachments.page(entity.id, limit=1)),
    ("delete policies", lambda db, entity: db.inline_policies.page(entity.id, limit=1)),
)
OBSTACLES: Mapping[type[Entity], tuple[Obstacle, ...]] = {
    User: (
        *POLICIES,
        ("remove users from group", lambda db, user: db.memberships.find("user", user.id)),
        ("delete access keys", lambda db, user: db.access_keys.find("owner", user.account, user.id)),
        ("delete MFA device", lambda db, user: mfa.devices(db, user.id)),
        ("delete login profile", lambda db, user: db.login_profiles.get(user.id) is not None),
        ("remove referenced objects", lambda db, user: db.ssh_keys.find("owner", user.id)),
        (
            "remove referenced objects",
            lambda db, user: db.signing_certificates.find("owner", user.account, user.id),
        ),
        (
            "remove referenced objects",
            lambda db, user: db.service_credentials.find("owner", user.account, user.id),
        ),
    ),
    Group: (
        *POLICIES,
        ("remove users from group", lambda db, group: db.memberships.page(group.id, limit=1)),
    ),
    Role: (
        ("remove roles from instance profile", lambda db, role: db.instance_profiles.find("role", role.id)),
        *POLICIES,
    ),
}


def check_bare(db: Snapshot, entity: Entity) -> None:
    """Raises DeleteConflict while anything hangs on the entity, for the first such thing."""
    for obstacle, stands in OBSTACLES[type(entity)]:
        if stands(db, entity):
            raise errors.in_use(obstacle)


def forget_uses(db: Transaction, entity: User | Role) -> None:
    """Forget when a user or role, who is gone now, was used last, and what it tried."""
    db.role_uses.delete(entity.id)
    for use in db.action_uses.page(entity.id):
        db.action_uses.delete(use.entity, use.action)
