"""Serves moto's S3 on loopback; the port is the only argument, 0 takes one that is free.

A service that keeps objects takes one write of an object after the other, whoever sends them. moto's own server lets its
threads into one object together, and answers some of them with 500. Here a request has it alone, from the first byte
that it reads of a body to the last that it answers.
"""

import sys
import threading

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import run_simple

moto = DomainDispatcherApplication(create_backend_app)
turn = threading.Lock()


def one_at_a_time(environ, start_response):
    with turn:
        return [b"".join(moto(environ, start_response))]


run_simple("127.0.0.1", int(sys.argv[1]), one_at_a_time, threaded=True, request_handler=MotoRequestHandler)
