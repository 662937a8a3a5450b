"""The HTTP service and the web page (extra `serve`).

app.py            the application put together
server.py         listening: addresses, certificates, graceful end
state.py          what the requests of one process share
routes/           one file for each kind of thing that can be asked
schemas/          what requests and answers look like
problems.py       errors as RFC 9457 problem documents
access.py         keys, roles, owners' sessions
guards.py         host, body size and time of a request
headers.py        security headers
work_queue.py     how many photos are worked on at once, and who waits
uploads.py        photos sent to search with, kept for minutes
telemetry.py      metrics, logs, traces
static/           the page, the owner's page, the embeddable search box
"""

from __future__ import annotations

from goodsight.service.app import create_app
from goodsight.service.server import check_address, serve

__all__ = ["check_address", "create_app", "serve"]
