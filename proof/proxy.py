"""A small TCP proxy that misbehaves as told: delays, cuts after a number of bytes, swallows replies, repeats nothing by itself."""
import random, re, socket, threading, time


class Proxy:
    """Sends what comes to `port` on to the port `target` (or what `target()` says for each connection). `fault(direction, data, link)` sees every piece and answers with one of
    "pass", "cut" (both sides at once), "lose" (the piece is swallowed, then cut) or a number of seconds to wait first."""

    def __init__(self, target, fault=None):
        self.target, self.fault, self.cuts = target, fault or (lambda *_: "pass"), 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port, self.open = self.listener.getsockname()[1], True
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while self.open:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target() if callable(self.target) else self.target), timeout=5)
                server.settimeout(None)
            except OSError:
                client.close()
                continue
            link = {"sent": 0, "got": 0}
            for a, b, direction in ((client, server, "up"), (server, client, "down")):
                a.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self.pump, args=(a, b, direction, link), daemon=True).start()

    def pump(self, a, b, direction, link):
        try:
            while data := a.recv(65536):
                verdict = self.fault(direction, data, link)
                link["sent" if direction == "up" else "got"] += len(data)
                if isinstance(verdict, (int, float)):
                    time.sleep(verdict)
                elif verdict in ("cut", "lose"):
                    self.cuts += 1
                    break
                b.sendall(data)
        except OSError:
            pass
        for s in (a, b):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()

    def close(self):
        self.open = False
        self.listener.close()


def lose_every(n, seed):
    """The whole request goes through; the beginning of every n-th reply is swallowed and the link cut: the outcome is unknown."""
    chance = random.Random(seed)
    return lambda direction, data, link: "lose" if direction == "down" and chance.random() < 1 / n else "pass"


def lose_commit_every(n, seed):
    """PostgreSQL is told to COMMIT and its answer never arrives, every n-th time."""
    chance = random.Random(seed)

    def fault(direction, data, link):
        # It is a prepared statement: known by the name it was given on this link (Parse), seen where that is bound (Bind).
        if direction == "up" and (named := re.search(rb"P....(\w+)\0COMMIT\0", data, re.DOTALL)):
            link["commit"] = re.compile(rb"B....\0" + named[1] + rb"\0", re.DOTALL)
        if direction == "up" and (commit := link.get("commit")) and commit.search(data):
            link["lose"] = chance.random() < 1 / n
        elif direction == "down" and link.pop("lose", False):
            return "lose"
        return "pass"
    return fault
