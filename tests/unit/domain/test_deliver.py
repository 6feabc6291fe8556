"""How notifications are delivered: in what order, how often, and what becomes of those that are not taken."""

import logging
import threading
from collections.abc import Callable, Mapping

import pytest

from deputize.domain import deliver, notifications
from deputize.domain.deliver import Delivery
from deputize.gateway.fetch import FetchFailed, FetchRefused
from deputize.model.bucket_rules import NotificationRule
from deputize.model.notification import Notification
from deputize.model.storage import Bucket
from deputize.store.sqlite import SqliteStore

NOW = 1_800_000_000
TARGETS = {"a": "https://a.example/", "b": "https://b.example/"}


def wait(store: SqliteStore, target: str, *numbers: int, account: str = "1") -> None:
    """Messages to a target, which say their numbers."""

    def put(db: object) -> None:
        for number in numbers:
            one = Notification(
                queue=f"{account}/{target}", number=number, target=target, created=NOW, body=str(number)
            )
            db.notifications.put(one)  # type: ignore[attr-defined]

    store.write(put).result()


def waiting(store: SqliteStore) -> list[tuple[str, int, int, int]]:
    with store.snapshot() as db:
        return [(one.queue, one.number, one.attempts, one.due) for one in db.notifications.page()]


class Post:
    """Keeps what is told; `problem` says why a message is not taken."""

    def __init__(self, problem: Callable[[str, bytes], Exception | None] = lambda url, body: None) -> None:
        self.problem = problem
        self.told: list[tuple[str, bytes]] = []
        self._lock = threading.Lock()

    def __call__(self, url: str, body: bytes) -> None:
        with self._lock:
            self.told.append((url, body))
        problem = self.problem(url, body)
        if problem is not None:
            raise problem


def delivery(
    store: SqliteStore,
    post: Post,
    *,
    targets: Mapping[str, str] = TARGETS,
    stopped: Callable[[], bool] = lambda: False,
) -> Delivery:
    return Delivery(store=store, targets=targets, post=post, stopped=stopped)


def test_nothing_waits(store: SqliteStore) -> None:
    post = Post()
    assert delivery(store, post).round(NOW) == 0
    assert post.told == []


def test_each_queue_in_its_order(store: SqliteStore) -> None:
    wait(store, "a", 3, 1, 2)
    wait(store, "b", 7, 5)
    post = Post()
    assert delivery(store, post).round(NOW) == 5
    for url, bodies in ((TARGETS["a"], [b"1", b"2", b"3"]), (TARGETS["b"], [b"5", b"7"])):
        assert [body for told, body in post.told if told == url] == bodies
    assert waiting(store) == []


def test_so_many_in_one_round(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver, "BATCH", 2)
    wait(store, "a", 1, 2, 3)
    made = delivery(store, Post())
    assert [made.round(NOW), made.round(NOW), made.round(NOW)] == [2, 1, 0]


@pytest.mark.parametrize("problem", [FetchFailed("x"), FetchRefused("status 500")])
def test_a_queue_whose_target_is_dead_holds_up_no_other(store: SqliteStore, problem: Exception) -> None:
    wait(store, "a", 1, 2)
    wait(store, "a", 1, account="2")
    wait(store, "b", 1, 2)
    post = Post(lambda url, body: problem if url == TARGETS["a"] else None)
    made = delivery(store, post)
    assert made.round(NOW) == 2
    assert waiting(store) == [("1/a", 1, 1, NOW + 1), ("1/a", 2, 0, 0), ("2/a", 1, 1, NOW + 1)]
    assert made.round(NOW) == 0
    assert len(post.told) == 4


def test_later_each_time_up_to_five_minutes(store: SqliteStore) -> None:
    wait(store, "a", 1)
    made, now, waits = delivery(store, Post(lambda url, body: FetchFailed("x"))), NOW, []
    for _ in range(11):
        made.round(now)
        (one,) = waiting(store)
        waits.append(one[3] - now)
        now = one[3]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_after_a_day_it_is_given_up(store: SqliteStore, caplog: pytest.LogCaptureFixture) -> None:
    wait(store, "a", 1, 2)
    post = Post(lambda url, body: FetchFailed("TimeoutError") if body == b"1" else None)
    with caplog.at_level(logging.WARNING, "deputize.notifications"):
        assert delivery(store, post).round(NOW + deliver.GIVEN_UP) == 1
    assert waiting(store) == []
    assert caplog.messages == ["a notification to a is given up: FetchFailed: TimeoutError"]


def test_a_target_that_is_no_more(store: SqliteStore, caplog: pytest.LogCaptureFixture) -> None:
    """The operator may name it again within a day."""
    wait(store, "a", 1)
    post = Post()
    assert delivery(store, post, targets={}).round(NOW) == 0
    assert delivery(store, post).round(NOW + 1) == 1
    wait(store, "a", 2)
    with caplog.at_level(logging.WARNING, "deputize.notifications"):
        delivery(store, post, targets={}).round(NOW + deliver.GIVEN_UP)
    assert caplog.messages == ["a notification to a is given up: there is no such target"]


def test_a_server_that_stops(store: SqliteStore) -> None:
    """What was told is forgotten, and the rest waits for the next start."""
    wait(store, "a", 1, 2, 3)
    post = Post()
    assert delivery(store, post, stopped=lambda: len(post.told) == 1).round(NOW) == 1
    assert [one[:3] for one in waiting(store)] == [("1/a", 2, 0), ("1/a", 3, 0)]


def test_a_queue_has_an_end(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(notifications, "WAITING", 3)
    arn = "arn:aws:sqs:us-east-1:111122223333:a"
    rule = NotificationRule(id="r", kind="QueueConfigurations", target=arn, events=("s3:ObjectCreated:*",))
    bucket = Bucket(
        id=1,
        name="b",
        account="111122223333",
        partition="aws",
        region="us-east-1",
        created=NOW,
        notifications=(rule,),
    )
    cause = notifications.by_lifecycle(float(NOW), TARGETS)

    def tell(times: int) -> list[int]:
        for _ in range(times):
            store.write(lambda db: notifications.test(db, bucket, arn, cause)).result()
        return [one[1] for one in waiting(store)]

    with caplog.at_level(logging.WARNING, "deputize.notifications"):
        assert tell(6) == [1, 2, 3]
    assert caplog.messages == ["the queue of notifications to a of account 111122223333 is full"]
    delivery(store, Post()).round(NOW)
    assert tell(1) == [7]
