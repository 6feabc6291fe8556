"""What IAM keeps by name and path: how it is found, shown in a denial, renamed and counted."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from deputize.config import IamQuotas
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Resource, ResourceReader
from deputize.iam import errors
from deputize.iam.paging import PageEnd, after, batch_of, cut, walk
from deputize.iam.quotas import limits
from deputize.model.identity import fold
from deputize.store.api import Records, Snapshot, Table, Transaction


class NamedRecord(Protocol):
    """A record that an account has under a name."""

    @property
    def account(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def arn(self) -> str: ...


N = TypeVar("N", bound=NamedRecord)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named(Generic[N]):
    """One kind of what has a name. `word` stands in ARNs and denials, `title` in the quota's name,
    `parameter` is the request member that names one, `prefix` begins its unique id. `missing` and `taken`
    make the errors for a name that nothing, or something, has.
    """

    word: str
    title: str
    parameter: str
    prefix: str
    missing: Callable[[str], ApiError]
    taken: Callable[[str], ApiError]
    read: Callable[[Snapshot], Records[N]]
    write: Callable[[Transaction], Table[N]]
    quota: Callable[[IamQuotas], int]

    def find(self, db: Snapshot, account: str, name: str) -> N | None:
        return self.read(db).get(account, name)

    def require(self, db: Snapshot, call: Call, name: str) -> N:
        """The caller's account's one of this name; raises NoSuchEntity."""
        found = self.find(db, call.account, name)
        if found is None:
            raise self.missing(name)
        return found

    def check_free(self, db: Snapshot, call: Call, name: str) -> None:
        """Raises EntityAlreadyExists if the account has one of this name, whatever its case and path."""
        if self.find(db, call.account, name) is not None:
            raise self.taken(name)

    def check_room(self, db: Snapshot, call: Call) -> None:
        """Raises LimitExceeded if the account holds as many as it may."""
        limit = self.quota(limits(db, call))
        if self.read(db).count(call.account) >= limit:
            raise errors.over_quota(f"{self.title}sPerAccount", limit)

    def rename(self, db: Transaction, call: Call, old: N, new: N) -> None:
        """Put `new` in the place of `old`; raises EntityAlreadyExists if another one has its name."""
        if fold(new.name) != fold(old.name):
            self.check_free(db, call, new.name)
            self.write(db).delete(old.account, old.name)
        self.write(db).put(new)

    def page(self, db: Snapshot, call: Call, request: Mapping[str, Any]) -> tuple[list[N], PageEnd]:
        """The page of those whose path begins with the request's `PathPrefix`, by name."""
        prefix = request.get("PathPrefix", "/")
        every = walk(
            self.read(db),
            call.account,
            start=after(call, request),
            position=lambda one: one.name,
            batch=batch_of(request),
        )
        inside = (one for one in every if one.path.startswith(prefix))
        return cut(call, request, inside, lambda one: one.name)

    def arn(self, call: Call, path: str, name: str) -> str:
        return f"arn:{call.partition}:iam::{call.account}:{self.word}{path}{name}"

    def resource(self, db: Snapshot, call: Call, name: str) -> Resource:
        """The one of this name; one that does not exist is authorized as if it stood under the path `/`.

        So a caller who is limited to a path is refused, and does not learn that there is none (measured on
        AWS).
        """
        found = self.find(db, call.account, name)
        return Resource(
            arn=self.arn(call, "/", name) if found is None else found.arn,
            account=call.account,
            shown=f"{self.shown} {name}",
            tags=tags_of(found),
        )

    @property
    def shown(self) -> str:
        """What a denial calls it."""
        return self.word.replace("-", " ")

    @property
    def named(self) -> ResourceReader:
        """Reads the one that the request names."""
        return lambda db, call, request: self.resource(db, call, request[self.parameter])

    @property
    def both_names(self) -> ResourceReader:
        """Reads the one that the request names as it is and as it is to be: a rename needs the right to both
        (IAM guide, "Renaming or deleting an IAM user", and its like).
        """
        return self._both_names

    def _both_names(self, db: Snapshot, call: Call, request: Any) -> Iterator[Resource]:
        yield self.resource(db, call, request[self.parameter])
        found = self.find(db, call.account, request[self.parameter])
        if found is not None and (f"New{self.parameter}" in request or "NewPath" in request):
            name = request.get(f"New{self.parameter}", found.name)
            arn = self.arn(call, request.get("NewPath", found.path), name)
            yield Resource(arn=arn, account=call.account, shown=f"{self.shown} {name}", tags=tags_of(found))

    @property
    def fresh(self) -> ResourceReader:
        """Reads the ARN of what is to be created; AWS counts the tags of the request as its tags."""
        return lambda _db, call, request: Resource(
            arn=self.arn(call, request.get("Path", "/"), request[self.parameter]),
            account=call.account,
            tags={tag["Key"]: tag["Value"] for tag in request.get("Tags", [])},
        )

    @property
    def listed(self) -> ResourceReader:
        """Reads what a List operation is done to: everything under a path."""
        return lambda _db, call, request: Resource(
            arn=self.arn(call, request.get("PathPrefix", "/"), ""), account=call.account
        )


def tags_of(record: object) -> Mapping[str, str]:
    """The tags of a record; some kinds, groups among them, have none."""
    tags: Mapping[str, str] = getattr(record, "tags", {})
    return tags
