"""The operations: what each one answers and changes. Requests arrive here checked and typed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lab.github.pages import page_of
from lab.github.render import Renderer
from lab.github.replies import Reply, not_accessible, not_found, problem, unprocessable
from lab.github.settings import Settings
from lab.github.state import Comment, Pull, Repository, State

# https://github.com/pulumi/actions/issues/482 shows the answer that goes with it.
BODY_LIMIT = 65_536


@dataclass(frozen=True)
class Call:
    """One checked request, with all that answering it needs. `url` is the whole URL, for links to other pages."""

    state: State
    settings: Settings
    render: Renderer
    url: str
    path: dict[str, Any]
    query: dict[str, Any]
    body: Any

    def repository(self) -> Repository | None:
        """The repository that the path names, if the caller may see it."""
        found = self.state.repositories.get(f"{self.path['owner']}/{self.path['repo']}".lower())
        return None if found and found.private and not self.settings.may_read() else found

    def pull(self, number: int) -> Pull | None:
        """A pull request of the repository that the path names."""
        repository = self.repository()
        return self.state.pulls.get((repository.full_name.lower(), number)) if repository else None

    def comment(self) -> Comment | None:
        """The comment that the path names."""
        repository = self.repository()
        found = self.state.comments.get(self.path["comment_id"])
        return found if found and repository and found.repository == repository.full_name else None


def list_comments(call: Call) -> Reply:
    """Ascending by id, so a marker's oldest comment comes first."""
    pull = call.pull(call.path["issue_number"])
    if pull is None:
        return not_found()
    since = call.query.get("since", "")
    comments = [item for item in call.state.comments_of(pull.repository, pull.number) if item.updated_at >= since]
    return page_of([call.render.comment(item) for item in comments], call.url, call.query)


def create_comment(call: Call) -> Reply:
    """Creates a comment in the caller's name."""
    pull = call.pull(call.path["issue_number"])
    if pull is None:
        return not_found()
    if not call.settings.may_write():
        return not_accessible()
    if pull.locked:
        return problem(403, "Unable to create comment because issue is locked.")
    refusal = _refusal(call.body["body"])
    if refusal:
        return refusal
    comment = call.state.add_comment(pull.repository, pull.number, call.settings.login, call.body["body"])
    return Reply(201, call.render.comment(comment), {"location": call.render.comment(comment)["url"]})


def get_comment(call: Call) -> Reply:
    """One comment by id."""
    comment = call.comment()
    return Reply(200, call.render.comment(comment)) if comment else not_found()


def update_comment(call: Call) -> Reply:
    """Edits a comment. A token that may write can edit other people's comments too: the client has to be careful."""
    comment = call.comment()
    if comment is None:
        return not_found()
    if not call.settings.may_write():
        return not_accessible()
    refusal = _refusal(call.body["body"])
    if refusal:
        return refusal
    call.state.edit_comment(comment, call.settings.login, call.body["body"])
    return Reply(200, call.render.comment(comment))


def delete_comment(call: Call) -> Reply:
    """Deletes a comment."""
    comment = call.comment()
    if comment is None:
        return not_found()
    if not call.settings.may_write():
        return not_accessible()
    call.state.delete_comment(comment)
    return Reply(204)


def get_pull(call: Call) -> Reply:
    """One pull request."""
    pull = call.pull(call.path["pull_number"])
    return Reply(200, call.render.pull(pull)) if pull else not_found()


def list_pulls(call: Call) -> Reply:
    """The pull requests of a repository; open ones unless asked otherwise, newest first."""
    repository = call.repository()
    if repository is None:
        return not_found()
    pulls = [pull for pull in call.state.pulls.values() if pull.repository == repository.full_name]
    wanted = [pull for pull in pulls if _is_wanted(pull, call.query)]
    ascending = call.query.get("direction", "desc") == "asc"
    wanted.sort(key=lambda pull: pull.number, reverse=not ascending)
    return page_of([call.render.pull(pull, "pull-request-simple") for pull in wanted], call.url, call.query)


def pulls_of_commit(call: Call) -> Reply:
    """The pull requests that contain a commit, open or not."""
    repository = call.repository()
    if repository is None:
        return not_found()
    sha = call.path["commit_sha"]
    pulls = [pull for pull in call.state.pulls.values() if pull.repository == repository.full_name]
    found = [pull for pull in pulls if pull.has_commit(sha)]
    if not found and sha not in repository.commits:
        return problem(422, f"No commit found for SHA: {sha}")
    return page_of([call.render.pull(pull, "pull-request-simple") for pull in found], call.url, call.query)


def get_repository(call: Call) -> Reply:
    """The repository."""
    repository = call.repository()
    return Reply(200, call.render.repository(repository)) if repository else not_found()


def get_own_user(call: Call) -> Reply:
    """A workflow's token has no user, and GitHub says so with 403."""
    if call.settings.login.endswith("[bot]"):
        return not_accessible()
    return Reply(200, call.render.own_user(call.settings.login))


def get_rate_limit(call: Call) -> Reply:
    """What is left; this call itself costs nothing."""
    return Reply(200, call.render.rate_limit(call.settings.remaining, 1_800_000_000))


def get_tree(call: Call) -> Reply:
    """Every file of a commit; trees themselves are left out, and the answer is never cut short."""
    files = _files_of(call, call.path["tree_sha"])
    if files is None:
        return not_found()
    sha = call.path["tree_sha"]
    entries = [_entry(call, path, text) for path, text in sorted(files.items())]
    return Reply(200, {"sha": sha, "url": call.url, "tree": entries, "truncated": False})


def get_content(call: Call) -> Reply:
    """One file of a commit. Directories are left out."""
    path = call.path["path"]
    files = _files_of(call, call.query.get("ref", ""))
    if files is None or path not in files:
        return not_found()
    blob = _entry(call, path, files[path])
    packed = base64.encodebytes(files[path].encode()).decode()
    links = {"self": call.url, "git": blob["url"], "html": call.url}
    fixed = {"type": "file", "encoding": "base64", "size": blob["size"], "name": path.rsplit("/", 1)[-1], "path": path}
    urls = {"url": call.url, "git_url": blob["url"], "html_url": call.url, "download_url": call.url}
    return Reply(200, {**fixed, "content": packed, "sha": blob["sha"], **urls, "_links": links})


def _files_of(call: Call, commit: str) -> dict[str, str] | None:
    repository = call.repository()
    if repository is None:
        return None
    # Nobody said what the commits of a pull request hold, but they are there.
    is_of_pull = any(pull.has_commit(commit) for pull in call.state.pulls.values())
    return repository.files.get(commit, {} if is_of_pull else None)


def _entry(call: Call, path: str, text: str) -> dict[str, Any]:
    content = text.encode()
    sha = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
    return {
        "path": path,
        "mode": "100644",
        "type": "blob",
        "sha": sha,
        "size": len(content),
        "url": f"{call.url}#{sha}",
    }


def _refusal(body: str) -> Reply | None:
    if not body.strip():
        return unprocessable("IssueComment", "body", "missing_field", "Body can't be blank")
    if len(body) > BODY_LIMIT:
        text = f"Body is too long (maximum is {BODY_LIMIT} characters)"
        return unprocessable("IssueComment", "body", "unprocessable", text)
    return None


def _is_wanted(pull: Pull, query: dict[str, Any]) -> bool:
    """`head` is `owner:branch`; GitHub ignores one without an owner and answers with every pull request."""
    head = f"{pull.head_repository.split('/')[0]}:{pull.head_ref}"
    wanted_head = query.get("head", "")
    return (
        query.get("state", "open") in (pull.state, "all")
        and (":" not in wanted_head or wanted_head == head)
        and query.get("base", pull.base_ref) == pull.base_ref
    )


HANDLERS: dict[tuple[str, str], Callable[[Call], Reply]] = {
    ("get", "/repos/{owner}/{repo}/issues/{issue_number}/comments"): list_comments,
    ("post", "/repos/{owner}/{repo}/issues/{issue_number}/comments"): create_comment,
    ("get", "/repos/{owner}/{repo}/issues/comments/{comment_id}"): get_comment,
    ("patch", "/repos/{owner}/{repo}/issues/comments/{comment_id}"): update_comment,
    ("delete", "/repos/{owner}/{repo}/issues/comments/{comment_id}"): delete_comment,
    ("get", "/repos/{owner}/{repo}/pulls/{pull_number}"): get_pull,
    ("get", "/repos/{owner}/{repo}/pulls"): list_pulls,
    ("get", "/repos/{owner}/{repo}/commits/{commit_sha}/pulls"): pulls_of_commit,
    ("get", "/repos/{owner}/{repo}/git/trees/{tree_sha}"): get_tree,
    ("get", "/repos/{owner}/{repo}/contents/{path}"): get_content,
    ("get", "/repos/{owner}/{repo}"): get_repository,
    ("get", "/user"): get_own_user,
    ("get", "/rate_limit"): get_rate_limit,
}
