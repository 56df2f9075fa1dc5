"""The search page: routes, safe answers whatever happens, and the server that carries it.

The whole state of the page is its address. Nothing is kept between two requests.
"""

from archivesearch.web.app import create_app
from archivesearch.web.clients import RATE, Clients
from archivesearch.web.processes import serve_in_processes, usual_number
from archivesearch.web.serving import serve

__all__ = ["RATE", "Clients", "create_app", "serve", "serve_in_processes", "usual_number"]
