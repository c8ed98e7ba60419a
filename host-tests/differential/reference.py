"""Runs the cases of the differential check through CPython's http.client.

Reads one case for each line, as JSON: {"port": …, "steps": [[name, argument, …], …]}.
A step is a method of Case. Answers each with one line: a list with the fields of
each step's outcome. The first line of all is the version of Python. Bytes are
Latin-1 text both ways.
"""

import http.client
import json
import sys

# A case that waits for longer than this has gone wrong.
PATIENCE = 60


class Pairs:
    """The headers of a request: a mapping that can have a name twice."""

    def __init__(self, pairs):
        self.pairs = pairs

    def __iter__(self):
        return (name for name, _ in self.pairs)

    def items(self):
        return self.pairs


def body(form):
    if form is None:
        return None
    kind, value = form
    if kind == "text":
        return value
    if kind == "bytes":
        return value.encode("latin-1")
    return [item.encode("latin-1") for item in value]


def text(data):
    return data.decode("latin-1")


class Case:
    def __init__(self, port):
        self.port = port
        self.connection = http.client.HTTPConnection(
            "127.0.0.1", port, timeout=PATIENCE
        )
        self.responses = []
        self.response = None

    # The steps.

    def new_connection(self, host, port):
        http.client.HTTPConnection(host, port)

    def set_timeout(self, nanoseconds):
        self.connection.timeout = nanoseconds / 1e9

    def request(self, method, url, form, headers, encode_chunked):
        self.connection.request(
            method, url, body(form), Pairs(headers), encode_chunked=encode_chunked
        )

    def put_request(self, method, url, skip_host, skip_accept_encoding):
        self.connection.putrequest(method, url, skip_host, skip_accept_encoding)

    def put_header(self, name, values):
        self.connection.putheader(name, *values)

    def end_headers(self, form, encode_chunked):
        self.connection.endheaders(body(form), encode_chunked=encode_chunked)

    def send(self, data):
        self.connection.send(data.encode("latin-1"))

    def connect(self):
        self.connection.connect()

    def close(self):
        self.connection.close()

    def get_response(self):
        self.response = self.connection.getresponse()
        self.responses.append(self.response)
        return {
            "version": self.response.version,
            "status": self.response.status,
            "reason": self.response.reason,
            "headers": self.response.getheaders(),
        }

    def choose_response(self, index):
        self.response = self.responses[index]

    def get_header(self, name, default):
        return {"value": self.response.getheader(name, default)}

    def read(self, amount):
        return self.read_with(self.response.read, amount)

    def read1(self, amount):
        return self.read_with(
            self.response.read1, -1 if amount is None else amount
        )

    def close_response(self):
        self.response.close()
        return self.ended()

    # Their parts.

    def read_with(self, read, amount):
        data = read(amount)
        return {"data": text(data), **self.ended()}

    def ended(self):
        return {"ended": self.response.isclosed()}

    def perform(self, name, *arguments):
        if self.response is None and name in AFTER_RESPONSE:
            return {"error": "there is no response"}
        try:
            outcome = getattr(self, name.replace("-", "_"))(*arguments)
            return {"error": None, **(outcome or {})}
        except Exception as error:
            return failure(error)

    def over(self):
        self.connection.close()
        for response in self.responses:
            response.close()


AFTER_RESPONSE = ["choose-response", "get-header", "read", "read1", "close-response"]


def failure(error):
    outcome = {
        "error": type(error).__name__,
        "classes": sorted(
            base.__name__
            for base in type(error).__mro__
            if base not in (object, BaseException, Exception, UnicodeError)
        ),
        "message": str(error),
    }
    if isinstance(error, http.client.BadStatusLine):
        outcome["line"] = error.line
    if isinstance(error, http.client.UnknownProtocol):
        outcome["version"] = error.version
    if isinstance(error, http.client.IncompleteRead):
        outcome["partial"] = text(error.partial)
        outcome["expected"] = error.expected
    return outcome


def main():
    answer = lambda value: print(json.dumps(value), flush=True)
    answer(list(sys.version_info[:3]))
    for line in sys.stdin:
        described = json.loads(line)
        case = Case(described["port"])
        answer([case.perform(*step) for step in described["steps"]])
        case.over()
        del case


main()
