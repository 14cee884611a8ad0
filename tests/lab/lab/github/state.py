"""What the server knows: repositories, pull requests and comments; and how the control API sets them up."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Any

BOT = "github-actions[bot]"
HEAD_SHA = "6dcb09b5b57875f334f61aebed695e2e4193db5e"
# What the runner's events are about, with nothing in it.
BASE_SHA = "ba5e000000000000000000000000000000000001"
EPOCH = datetime(2026, 1, 1, tzinfo=timezone.utc)


@dataclass
class Comment:
    """A comment on a pull request. Without an author its user is gone. `edited_by` has one entry for each edit."""

    id: int
    repository: str
    number: int
    author: str
    body: str
    created_at: str
    updated_at: str
    edited_by: list[str] = field(default_factory=list)


@dataclass
class Pull:
    """A pull request. `head_repository` differs from `repository` when it comes from a fork."""

    repository: str
    number: int
    head_repository: str = ""
    head_ref: str = "topic"
    head_sha: str = HEAD_SHA
    base_ref: str = "main"
    state: str = "open"
    merged: bool = False
    locked: bool = False
    author: str = "octocat"
    commits: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.head_repository = self.head_repository or self.repository

    def has_commit(self, sha: str) -> bool:
        """Whether the commit is the head or one of the listed commits of the pull request."""
        return sha == self.head_sha or sha in self.commits


@dataclass
class Repository:
    """A repository. `commits` are those that are known without a pull request."""

    full_name: str
    private: bool = False
    default_branch: str = "main"
    commits: list[str] = field(default_factory=list)
    # What a commit holds: commit → path → text.
    files: dict[str, dict[str, str]] = field(default_factory=dict)


class State:
    """All of it. Time passes by one second for each change, so that runs can be compared."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.pulls: dict[tuple[str, int], Pull] = {}
        self.comments: dict[int, Comment] = {}
        self.deleted: list[Comment] = []
        self._ids = count(1001)
        self._ticks = count()
        self.add_repository(full_name="octo-org/images", files={BASE_SHA: {}, HEAD_SHA: {}})
        self.add_pull(repository="octo-org/images", number=7)

    def add_repository(self, **fields: Any) -> Repository:
        """Adds or replaces a repository."""
        repository = Repository(**fields)
        self.repositories[repository.full_name.lower()] = repository
        return repository

    def add_pull(self, **fields: Any) -> Pull:
        """Adds or replaces a pull request, and its repository where that is new."""
        pull = Pull(**fields)
        if pull.repository.lower() not in self.repositories:
            self.add_repository(full_name=pull.repository)
        self.pulls[pull.repository.lower(), pull.number] = pull
        return pull

    def add_comment(self, repository: str, number: int, author: str, body: str) -> Comment:
        """Adds a comment with the next id; later comments have higher ids, as on GitHub."""
        now = self._now()
        comment = Comment(next(self._ids), repository, number, author, body, now, now)
        self.comments[comment.id] = comment
        return comment

    def edit_comment(self, comment: Comment, author: str, body: str) -> None:
        """Changes the body. The author stays, whoever edits."""
        comment.body, comment.updated_at = body, self._now()
        comment.edited_by.append(author)

    def delete_comment(self, comment: Comment) -> None:
        """Removes a comment and remembers that it was there."""
        self.deleted.append(self.comments.pop(comment.id))

    def comments_of(self, repository: str, number: int) -> list[Comment]:
        """The comments of one pull request in ascending order of id."""
        found = [item for item in self.comments.values() if (item.repository, item.number) == (repository, number)]
        return sorted(found, key=lambda item: item.id)

    def as_json(self) -> dict[str, Any]:
        """Everything, for a test to look at."""
        return {
            "repositories": [asdict(item) for item in self.repositories.values()],
            "pulls": [asdict(item) for item in self.pulls.values()],
            "comments": [asdict(item) for item in self.comments.values()],
            "deleted": [asdict(item) for item in self.deleted],
        }

    def _now(self) -> str:
        return (EPOCH + timedelta(seconds=next(self._ticks))).strftime("%Y-%m-%dT%H:%M:%SZ")
