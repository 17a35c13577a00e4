"""Several server processes of one instance: how they share connections, logs and regular work."""

import functools
import mmap
import socket

# s, that the other processes have to accept a connection before one that has more of them does
FIRST_REFUSAL = 0.005


def listen(descriptor, number, counts):
    """All server processes accept connections of one socket, the one first that has the fewest.

    `counts` is the file of a table of how many each has. Whoever has more than another leaves a new one to it for a
    moment; without this, eight clients are often served by one process.
    """
    from twisted.internet import reactor, tcp
    from twisted.web import http

    table = memoryview(mmap.mmap(counts, 0)).cast("i")
    mine = number - 1

    class Port(tcp.Port):
        numberAccepts = property(lambda port: 1, lambda port, number: None)  # noqa: N815  Twisted's name
        left = False

        def doRead(self):  # noqa: N802
            if self.left or table[mine] <= min(table):
                self.left = False
                super().doRead()
            else:
                self.left = True
                self.stopReading()
                reactor.callLater(FIRST_REFUSAL, self.startReading)

    def counted(method, change):
        def count(channel, *reason):
            table[mine] += change
            method(channel, *reason)

        return count

    channel = http.HTTPChannel
    channel.connectionMade = counted(channel.connectionMade, 1)
    channel.connectionLost = counted(channel.connectionLost, -1)
    reactor.listenTCP = lambda _, site, interface: Port._fromListeningDescriptor(
        reactor, descriptor, socket.AF_INET, site).startListening()  # fmt: skip


def stand_aside(number):
    """A server process that is not the first writes logs of its own, which are rotated, and leaves regular work to the
    first. Returns the ending of the logs' names."""
    from gavo.user import serve

    if number == 1:
        return ""
    log_file, set_up = serve.getLogFile, serve.setupServer
    serve.getLogFile = lambda name: log_file(f"{name}-{number}")
    serve.setupServer = functools.partial(set_up, runIntervalJobs=False)
    return f"-{number}"
