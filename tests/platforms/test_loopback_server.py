"""The test platforms' own server: what reaches it only in part is not carried out."""

import socket
import time

from tests.platforms.loopback import LoopbackServer, Reply, Request


def test_a_request_cut_off_before_its_body_is_not_carried_out() -> None:
    carried_out: list[Request] = []

    def answer(request: Request) -> Reply:
        carried_out.append(request)
        return Reply()

    with LoopbackServer(answer) as server:
        host, port = server.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=5) as client:
            client.sendall(b'POST /Users HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n{"userName"')
            client.shutdown(socket.SHUT_WR)
            until = time.monotonic() + 5
            while client.recv(1024) and time.monotonic() < until:
                pass
    assert carried_out == []
    assert server.requests == []
