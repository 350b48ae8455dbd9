"""Many hands on the same rows: deadlocks, serialisation failures, sixty-four dispatchers and one visit."""
import http.client, json, re, socket, threading, time

from runs import FINE, Result, only, until
from ledger import Load, letters
from world import AGENTS, token

# Locks in the order opposite to the server's: the audit chain first, tickets after it.
REVERSE = """BEGIN;
SELECT seq FROM audit_head FOR UPDATE;
SELECT pg_sleep(0.02);
SELECT COUNT(*) FROM (SELECT id FROM ticket ORDER BY random() LIMIT 40 FOR UPDATE) AS t;
COMMIT;
SELECT pg_sleep(0.02);
"""


def f36_contended(place, seed, acks, sabotage=None):
    """Other sessions lock the same rows in the opposite order, and every transaction is serialisable: the server repeats what was in
    the way of something else, a bounded number of times, and its clients hardly notice."""
    r = Result("F-36", "deadlocks and serialisation failures forced", place.database)
    place.pg.sql(place.name, f"ALTER DATABASE {place.name} SET default_transaction_isolation = 'serializable'; ALTER DATABASE {place.name} SET deadlock_timeout = '20ms';")
    server = place.server(env={"POSTSALE_SABOTAGE": sabotage or ""}).start()
    # Few tickets, so that hands meet.
    load = Load([server.port], place.ledger, seed, rate=60, timeout=20, mix=[("open", 1)]).start()
    until(lambda: len(place.ledger.lines) >= 30, 60)
    load.stop()
    stop, before = threading.Event(), server.ask("/metrics")[1]

    def against():
        while not stop.is_set():
            try:
                place.pg.sql(place.name, REVERSE)
            except RuntimeError:
                pass  # it was the one to be ended
    others = [threading.Thread(target=against, daemon=True) for _ in range(3)]
    [o.start() for o in others]
    busy = Load([server.port], place.ledger, seed + 1, rate=60, timeout=20, mix=[("note", 70), ("open", 15), ("letter", 15)])
    busy.free = list(load.free)
    busy.start()
    until(lambda: sum(busy.statuses.values()) >= acks, 180)
    stop.set()
    busy.stop()
    [o.join() for o in others]
    after = server.ask("/metrics")[1]
    count = lambda text: int((re.findall(r"^postsale_db_repeats_total (\d+)", text, re.M) or ["0"])[0])
    r.faults = count(after) - count(before)
    server.kill()
    only(busy.statuses, FINE - {0}, r)
    place.check(r)
    asked, back = sum(busy.statuses.values()), busy.statuses.get(503, 0)
    r.more = f"{asked} requests, {r.faults} transactions repeated, {back} clients asked to come back"
    if back > asked // 5:
        r.wrong(f"{back} of {asked} clients had to come back")
    if not r.faults and not sabotage:
        r.wrong("nothing stood in the way of anything: the run shows nothing")
    return r


def call(port, method, path, body=None, agent=1, key=None, timeout=30):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        c.request(method, path, body and json.dumps(body), {"Authorization": f"Bearer {agent if isinstance(agent, str) else token(agent)}", "Content-Type": "application/json", **({"Idempotency-Key": key} if key else {})})
        answer = c.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text and "json" in answer.getheader("content-type", "") else text.decode(errors="replace")
    finally:
        c.close()


def at_once(n, one):
    """Runs `one(i)` n times behind one gate; what each returned."""
    gate, got, lock = threading.Barrier(n), [], threading.Lock()

    def run(i):
        gate.wait()
        answer = one(i)
        with lock:
            got.append(answer)
    threads = [threading.Thread(target=run, args=(i,)) for i in range(n)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    return got


def f33_offers(place, seed, rounds, sabotage=None):
    """Sixty-four dispatchers offer one visit at the same moment: one offer stands, the others are told."""
    r = Result("F-33o", "64 dispatchers offer the same visit at the same moment", place.database)
    server, answers = place.server().start(), {}
    for k in range(rounds):
        opened = call(server.port, "POST", "/api/v1/tickets", {"terminal_serial": f"SN{k % 40 + 1:06d}", "symptom": f"dead [T:{letters(seed)}-{k}]", "even_if_open": True,
                                                              "contact": {"name": "Li", "phone": "13800000000"}})[1]
        ticket = opened.get("ticket", opened)
        version = ticket["version"]
        status, page = call(server.port, "POST", f"/api/v1/tickets/{ticket['id']}/claim", {"version": version})
        version = page.get("ticket", page)["version"]
        status, page = call(server.port, "POST", f"/api/v1/tickets/{ticket['id']}/work-orders", {
            "version": version, "fault_code": "PWR-02", "reason_code": "needs_parts", "reason": "the battery is dead"})
        order = (page.get("work_orders") or [None])[0] if isinstance(page, dict) else None
        if not order:
            r.wrong(f"no work order: {status} {str(page)[:300]}")
            break

        def offer(i):
            try:
                return call(server.port, "POST", f"/api/v1/work-orders/{order['id']}/offer", {"version": order["version"], "reason": "a race"}, agent=AGENTS)[0]
            except OSError:
                return 0
        got = at_once(64, offer)
        r.faults += 1
        for s in got:
            answers[s] = answers.get(s, 0) + 1
        if got.count(200) != 1:
            r.doubled += max(0, got.count(200) - 1)
            r.missing += got.count(200) == 0
            r.why.append(f"{got.count(200)} of 64 offers were taken: {sorted(set(got))}")
    if sabotage == "two-offers":
        place.write("DROP INDEX offer_live")
        place.write("INSERT INTO offer (id, tenant_id, work_order_id, engineer_id, state, why, at) SELECT tenant_id, tenant_id, work_order_id, engineer_id, 'offered', why, at FROM offer LIMIT 1")
    server.kill()
    only(answers, {200, 409, 503}, r)
    for (order, n) in place.rows()("SELECT work_order_id, COUNT(*) FROM offer WHERE state IN ('offered', 'accepted') GROUP BY work_order_id HAVING COUNT(*) > 1"):
        r.doubled += 1
        r.why.append(f"{n} live offers for one visit")
    place.check(r)
    r.more = f"{64 * r.faults} tries: {answers.get(200, 0)} offers stand, {answers.get(409, 0)} were told, {answers.get(503, 0)} asked to come back"
    return r


def ds01_slow(place, seed, n, sabotage=None):
    """Clients that take their time: heads and bodies a byte at a time, answers nobody reads. Others are served meanwhile, and the slow ones
    are cut within the limits (30 s each)."""
    r = Result("DS-01", "slow heads, slow bodies, answers left unread", place.database)
    server = place.server(env={"POSTSALE_SABOTAGE": sabotage or ""}).start()
    signed = f"Host: slow\r\nAuthorization: Bearer {token(AGENTS)}\r\nContent-Type: application/json\r\n"
    slow = []

    def begin(kind, text, receive=None):
        s = socket.socket()
        if receive:  # a small window, so that what is not read stays with the sender
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        s.connect(("127.0.0.1", server.port))
        s.sendall(text.encode())
        slow.append([kind, s])

    for _ in range(100 * n):
        begin("head", "GET /api/v1/tickets HTTP/1.1\r\nHost: slow\r\nX-A: ")
        begin("body", f"POST /api/v1/tickets HTTP/1.1\r\n{signed}Content-Length: 5000\r\n\r\n{{")
    for _ in range(40 * n):
        begin("unread", f"GET /api/v1/openapi.json HTTP/1.1\r\n{signed}\r\n" * 8, receive=4096)
    r.faults = len(slow)
    load = Load([server.port], place.ledger, seed, rate=40, timeout=10).start()
    left, began = list(slow), time.monotonic()
    while left and time.monotonic() - began < 50:
        time.sleep(1)
        for one in list(left):
            kind, s = one
            try:
                if kind == "unread":
                    # What the system has is gone; an error or an end says that the server let go.
                    if s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                        raise OSError
                    s.send(b"\r\n")
                else:
                    s.send(b"a")
                    s.setblocking(False)
                    try:
                        if not s.recv(4096):
                            raise OSError
                    except BlockingIOError:
                        pass
                    finally:
                        s.setblocking(True)
            except OSError:
                left.remove(one)
    load.stop()
    for _, s in slow:
        s.close()
    server.kill()
    only(load.statuses, FINE, r)
    if left:
        kinds = {kind: sum(1 for one in left if one[0] == kind) for kind in ("head", "body", "unread")}
        r.wrong(f"still held after 50 s: {kinds}")
    if load.statuses.get(201, 0) < 50:
        r.wrong(f"others were not served: {load.statuses}")
    place.check(r)
    r.more = f"all let go within {time.monotonic() - began:.0f} s; {sum(load.statuses.values())} requests of others answered meanwhile"
    return r
