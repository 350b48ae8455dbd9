"""An open-loop load of desk operations that writes a line, and syncs it, after each acknowledgement.

Operations are due at fixed instants whatever the server does; those that find no free hand are counted as dropped, never slowed down.
Every operation carries a marker of its own in the words it writes, so that the checker can count its effects."""
import http.client, json, os, queue, random, select, threading, time

from world import AGENTS, token


def letters(number):
    """A number in letters: in digits the house may take a mark for the number of a card, and rightly masks it."""
    return f"{number:x}".translate(str.maketrans("0123456789", "ghijklmnop"))


class Ledger:
    """Acknowledged effects, one JSON object per line, each on the disk before the next operation of the same hand."""

    def __init__(self, path):
        self.file, self.lock, self.lines = open(path, "ab"), threading.Lock(), []

    def write(self, **line):
        line["at"] = time.time()
        with self.lock:
            self.file.write(json.dumps(line).encode() + b"\n")
            self.file.flush()
            self.lines.append(line)
        os.fsync(self.file.fileno())


class Load:
    """`retry` asks again under the same key until it is answered; `once` asks the next node once, as a load balancer does. A refused
    connection has carried nothing: with `once` the hand goes to the next node."""

    def __init__(self, ports, ledger, seed, rate=100, hands=12, retry=False, once=False, mix=None, timeout=6):
        self.once = once
        self.ports, self.ledger, self.random, self.rate, self.hands, self.retry, self.timeout = ports, ledger, random.Random(seed), rate, hands, retry, timeout
        self.mix = mix or [("open", 45), ("note", 20), ("reply", 10), ("letter", 15), ("claim", 10)]
        self.seed, self.count, self.stopping = seed, 0, threading.Event()
        self.due, self.free = queue.Queue(maxsize=hands * 4), []
        self.statuses, self.latencies, self.dropped, self.unknown, self.retried, self.cut = {}, [], 0, 0, 0, 0
        self.lock, self.threads = threading.Lock(), []

    def start(self):
        self.threads = [threading.Thread(target=self.hand, args=(i,), daemon=True) for i in range(self.hands)]
        self.threads.append(threading.Thread(target=self.clock, daemon=True))
        for t in self.threads:
            t.start()
        return self

    def stop(self):
        self.stopping.set()
        for t in self.threads:
            t.join()

    def clock(self):
        names, weights = zip(*self.mix)
        at = time.monotonic()
        while not self.stopping.is_set():
            self.count += 1
            operation = (self.random.choices(names, weights)[0], f"{letters(self.seed)}-{self.count}", time.monotonic())
            try:
                self.due.put_nowait(operation)
            except queue.Full:
                self.dropped += 1
            at += 1 / self.rate
            time.sleep(max(0, at - time.monotonic()))

    def hand(self, number):
        connection, port = None, self.ports[number % len(self.ports)]
        while not self.stopping.is_set():
            try:
                kind, key, due = self.due.get(timeout=.1)
            except queue.Empty:
                continue
            request = self.request(kind, key)
            if request is None:
                continue
            path, body, ticket = request
            tries, moves, began = 0, 0, time.time()
            while True:
                tries += 1
                try:
                    if connection and select.select([connection.sock], [], [], 0)[0]:  # closed by the other side meanwhile
                        connection.close()
                        connection = None
                    if connection is None:
                        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=self.timeout)
                        connection.connect()
                    connection.request("POST", path, body, {"Authorization": f"Bearer {token(1 + number % (AGENTS - 1))}", "Content-Type": "application/json",
                                                            "Idempotency-Key": key, "Accept-Language": "en"})
                    answer = connection.getresponse()
                    text, status = answer.read(), answer.status
                    if answer.will_close:
                        connection.close()
                        connection = None
                except (OSError, http.client.HTTPException) as error:
                    status, text = 0, b""
                    if connection:
                        connection.close()
                    connection = None
                    port = self.ports[(self.ports.index(port) + 1) % len(self.ports)]
                    if self.once and isinstance(error, ConnectionRefusedError) and moves < 20:
                        moves, tries = moves + 1, tries - 1
                        time.sleep(.02)
                        continue
                    if self.once and tries == 1:
                        with self.lock:
                            self.cut += 1
                        continue
                if self.retry and status in (0, 503) and tries < 40 and not self.stopping.is_set():
                    time.sleep(.05 if tries < 3 else .25)
                    continue
                break
            with self.lock:
                self.statuses[status] = self.statuses.get(status, 0) + 1
                self.latencies.append(time.monotonic() - due)
                self.retried += tries > 1
                self.unknown += status == 0
            self.answered(kind, key, ticket, status, text, tries=tries, began=began)

    def request(self, kind, key):
        """Path and body; another kind of operation when there is no ticket to work on yet."""
        ticket = None
        if kind in ("note", "reply", "claim"):
            with self.lock:
                ticket = self.free.pop(self.random.randrange(len(self.free))) if self.free else None
            if ticket is None:
                kind = "open"
        if kind == "open" or kind.startswith("open"):
            body = {"terminal_serial": f"SN{self.random.randrange(1, 41):06d}", "symptom": f"no network [T:{key}]", "even_if_open": True,
                    "contact": {"name": "Li", "phone": f"138{self.random.randrange(10**8):08d}", "email": f"c{self.random.randrange(10**6)}@shop.example"}}
            return "/api/v1/tickets", json.dumps(body), None
        if kind == "letter":
            body = {"external_id": f"L:{key}", "sender": {"name": "Wang", "phone": f"139{self.random.randrange(10**8):08d}"}, "subject": "printer",
                    "body": f"it prints nothing [L:{key}]", "terminal_serial": f"SN{self.random.randrange(1, 41):06d}"}
            return "/api/v1/letters", json.dumps(body), None
        number, version = ticket
        if kind == "note":
            return f"/api/v1/tickets/{number}/notes", json.dumps({"body": f"called back [N:{key}]"}), ticket
        if kind == "reply":
            return f"/api/v1/tickets/{number}/reply", json.dumps({"version": version, "body": f"we are on it [R:{key}]"}), ticket
        return f"/api/v1/tickets/{number}/claim", json.dumps({"version": version}), ticket

    def answered(self, kind, key, ticket, status, text, **more):
        if status not in (200, 201, 202):
            return
        said = json.loads(text)
        what = {"[T:": "open"}.get("", kind)
        if "letter_id" in said:
            self.ledger.write(op="letter", key=key, **more)
            return
        page = said.get("ticket", said)
        what = "open" if ticket is None else kind
        self.ledger.write(op=what, key=key, ticket=page["id"], **more)
        with self.lock:
            if len(self.free) < 400:
                self.free.append((page["id"], page["version"]))
