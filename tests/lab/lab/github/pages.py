"""Lists in pages, with the `Link` header.

https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from lab.github.replies import Reply

DEFAULT_SIZE = 30
# A larger `per_page` is not an error on GitHub; it is cut.
LARGEST_SIZE = 100


def page_of(items: list[Any], url: str, query: dict[str, Any]) -> Reply:
    """The page that the query asks for, with links to its neighbours."""
    size = min(max(int(query.get("per_page", DEFAULT_SIZE)), 1), LARGEST_SIZE)
    page = max(int(query.get("page", 1)), 1)
    last = max((len(items) + size - 1) // size, 1)
    links = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    backward = ["prev", "first"] if page > 1 else []
    wanted = backward + (["next", "last"] if page < last else [])
    header = ", ".join(f'<{_page_url(url, query, links[name])}>; rel="{name}"' for name in wanted)
    return Reply(200, items[(page - 1) * size : page * size], {"link": header} if header else {})


def _page_url(url: str, query: dict[str, Any], page: int) -> str:
    return f"{url.split('?')[0]}?{urlencode({**query, 'page': page})}"
