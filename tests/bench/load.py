"""HTTP clients that cost little themselves: one that measures how long an answer takes, eight that measure how many
answers a second there are. Both keep their connections."""

import asyncio
import http.client
import subprocess
import sys
import time

HOST = "127.0.0.1"


class Client:
    """One connection to a server."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection(HOST, port, timeout=60)

    def get(self, path):
        """The body of the answer, and the seconds until it was there whole. Raises ValueError where it is none."""
        begun = time.perf_counter()
        self.connection.request("GET", path)
        answer = self.connection.getresponse()
        body = answer.read()
        seconds = time.perf_counter() - begun
        if answer.status != 200:
            raise ValueError(f"{path} answers {answer.status}: {body[:300].decode(errors='replace')}")
        return body, seconds

    def close(self):
        self.connection.close()


def rate(port, paths, clients=8, requests=200, seconds=15):
    """Answers a second that `clients` get together, each asking `requests` times in turn, for `seconds` at most."""
    return asyncio.run(_rate(port, paths, clients, requests, seconds))


async def _rate(port, paths, clients, requests, seconds):
    limit = time.perf_counter() + seconds
    begun = time.perf_counter()
    done = await asyncio.gather(*(_ask(port, paths, k * len(paths) // clients, requests, limit) for k in range(clients)))
    return sum(done) / (time.perf_counter() - begun)


async def _ask(port, paths, first, requests, limit):
    reader, writer = await asyncio.open_connection(HOST, port, limit=1 << 20)
    done = 0
    try:
        while done < requests and time.perf_counter() < limit:
            path = paths[(first + done) % len(paths)]
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\n\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            if not head.startswith(b"http/1.1 200"):
                raise ValueError(f"{path} answers {head[:60]!r}")
            if b"transfer-encoding: chunked" in head:
                while size := int(await reader.readline(), 16):
                    await reader.readexactly(size + 2)
                await reader.readline()
            else:
                await reader.readexactly(int(head.partition(b"content-length:")[2].split()[0]))
            done += 1
    finally:
        writer.close()
    return done


def ceiling():
    """Answers a second that the eight clients get from a server that does nothing: more they cannot measure."""
    server = subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True)
    try:
        return rate(int(server.stdout.readline()), ["/"] * 8, requests=1000)
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()


async def _nothing(reader, writer):
    try:
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def _serve_nothing():
    server = await asyncio.start_server(_nothing, HOST, 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve_nothing())
