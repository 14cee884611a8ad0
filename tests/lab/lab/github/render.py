"""State as GitHub's JSON."""

from __future__ import annotations

from typing import Any

from lab.github.openapi import Description
from lab.github.sample import MOMENT, sample
from lab.github.state import BOT, Comment, Pull, Repository

# The id of the GitHub Actions app's user, as every github.com answer has it.
BOT_ID = 41898282


class Renderer:
    """Renders for one base URL, since every object carries links to itself."""

    def __init__(self, description: Description, api_url: str) -> None:
        self._description = description
        self._api = api_url
        self._web = "https://github.example"

    def user(self, login: str) -> dict[str, Any]:
        """A user or an app's bot."""
        bot = login.endswith("[bot]")
        kind = "Bot" if bot else "User"
        number = BOT_ID if login == BOT else 1000 + sum(login.encode())
        url = f"{self._api}/users/{login}"
        # The description lets `gravatar_id` be null; GitHub itself always sends a string.
        return self._fill("simple-user", login=login, id=number, type=kind, url=url, gravatar_id="", site_admin=False)

    def comment(self, comment: Comment) -> dict[str, Any]:
        """A comment, with what the caller needs to link to it and to judge its author."""
        path = f"{comment.repository}/pull/{comment.number}#issuecomment-{comment.id}"
        return self._fill(
            "issue-comment",
            id=comment.id,
            node_id=f"IC_{comment.id}",
            url=f"{self._api}/repos/{comment.repository}/issues/comments/{comment.id}",
            html_url=f"{self._web}/{path}",
            issue_url=f"{self._api}/repos/{comment.repository}/issues/{comment.number}",
            body=comment.body,
            user=self.user(comment.author) if comment.author else None,
            author_association="NONE",
            created_at=comment.created_at,
            updated_at=comment.updated_at,
            performed_via_github_app=None,
        )

    def repository(self, repository: Repository, shape: str = "full-repository") -> dict[str, Any]:
        """A repository."""
        owner, name = repository.full_name.split("/")
        return self._fill(
            shape,
            id=1296269,
            name=name,
            full_name=repository.full_name,
            private=repository.private,
            owner=self.user(owner),
            default_branch=repository.default_branch,
            html_url=f"{self._web}/{repository.full_name}",
            url=f"{self._api}/repos/{repository.full_name}",
            fork=False,
        )

    def pull(self, pull: Pull, shape: str = "pull-request") -> dict[str, Any]:
        """A pull request, in the short form of a list or the long one."""
        url = f"{self._api}/repos/{pull.repository}/pulls/{pull.number}"
        return self._fill(
            shape,
            id=100000 + pull.number,
            number=pull.number,
            url=url,
            html_url=f"{self._web}/{pull.repository}/pull/{pull.number}",
            state=pull.state,
            locked=pull.locked,
            merged_at=MOMENT if pull.merged else None,
            title=f"Pull request {pull.number}",
            user=self.user(pull.author),
            head=self._branch(pull.head_repository, pull.head_ref, pull.head_sha),
            base=self._branch(pull.repository, pull.base_ref, "0" * 39 + "1"),
            _links=self._links(url),
            labels=[],
        )

    def own_user(self, login: str) -> dict[str, Any]:
        """The answer of `/user`."""
        return self._fill("public-user", **self.user(login))

    def rate_limit(self, remaining: int, reset: int) -> dict[str, Any]:
        """The answer of `/rate_limit`."""
        rate = {"limit": 1000, "remaining": remaining, "reset": reset, "used": 1000 - remaining}
        return {"resources": {"core": rate, "search": rate}, "rate": rate}

    def _branch(self, full_name: str, ref: str, sha: str) -> dict[str, Any]:
        owner = full_name.split("/")[0]
        repository = self.repository(Repository(full_name), "repository")
        return {"label": f"{owner}:{ref}", "ref": ref, "sha": sha, "user": self.user(owner), "repo": repository}

    def _links(self, url: str) -> dict[str, Any]:
        names = ("comments", "commits", "statuses", "html", "issue", "review_comments", "review_comment", "self")
        return {name: {"href": url} for name in names}

    def _fill(self, shape: str, **fields: Any) -> dict[str, Any]:
        schema = {"$ref": f"#/components/schemas/{shape}"}
        filled: dict[str, Any] = sample(self._description, schema, **fields)
        return filled
