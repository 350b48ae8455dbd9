"""Clocks that jump and clocks that differ: the machine's clock is faked by libfaketime, the count since its start is not."""
import glob, os, random, re, time

from runs import FINE, Result, only, until
from ledger import Load
from world import Server

HOUR, DAY, YEAR = 3600, 86400, 31536000


def faked(file):
    found = glob.glob("/usr/lib/*/faketime/libfaketime.so.1") + glob.glob("/usr/lib/faketime/libfaketime.so.1")
    return {"LD_PRELOAD": found[0], "FAKETIME_TIMESTAMP_FILE": file, "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1"}


def shift(file, seconds):
    with open(file + ".new", "w") as f:
        f.write(f"{seconds:+d}\n")
    os.rename(file + ".new", file)


def true_times(r, place, began):
    """Everything written carries an instant of the run, nothing fired before its time, and each time line goes forward."""
    rows = place.rows()
    low, high = int((began - 5) * 1000), int((time.time() + 5) * 1000)
    for what, query in (("tickets opened at an instant outside the run", f"SELECT COUNT(*) FROM ticket WHERE opened_at < {low} OR opened_at > {high}"),
                        ("entries outside the run", f"SELECT COUNT(*) FROM ticket_entry WHERE at < {low} OR at > {high}"),
                        ("warnings or breaches before their time", "SELECT COUNT(*) FROM clock_firing"),
                        ("time lines that go back", "SELECT COUNT(*) FROM ticket_entry a JOIN ticket_entry b ON b.ticket_id = a.ticket_id AND b.seq = a.seq + 1 WHERE b.at < a.at - 5000")):
        n = int(rows(query)[0][0])
        if n:
            r.wrong(f"{n} {what}")


def f14_jumps(place, seed, jumps, sabotage=None):
    """The machine's clock jumps by an hour, a day, a year, forward and back, under load: nothing fires early, nobody is signed out, no
    session that is over lives again, and the process says that the clock is off."""
    r = Result("F-14", "the machine's clock jumps (hour, day, year) under load", place.database)
    file, chance, said = f"{place.folder}/faketime", random.Random(seed), 0
    shift(file, 0)
    began = time.time()
    server = place.server(env={**faked(file), "POSTSALE_SABOTAGE": sabotage or ""}).start()
    load = Load([server.port], place.ledger, seed, rate=60).start()
    for k in range(jumps):
        off = (-1 if k % 2 else 1) * chance.choice((HOUR, DAY, YEAR))
        shift(file, off)
        r.faults += 1
        before = len(place.ledger.lines)
        if not until(lambda: len(place.ledger.lines) > before + 10, 30):
            r.wrong("nothing is acknowledged after a jump")
        if server.ask("/api/v1/tickets?limit=1", agent=0)[0] == 200:
            r.wrong("a session that is over lives again")
        if server.ask("/api/v1/tickets?limit=1", agent=1)[0] != 200:
            r.wrong("a session has ended before its time")
        said += until(lambda: "clock:" in server.ask("/readyz")[1], 10)
    shift(file, 0)
    load.stop()
    server.kill()
    only(load.statuses, FINE, r)
    if said < jumps:
        r.wrong(f"/readyz named {said} of {jumps} jumps")
    true_times(r, place, began)
    place.check(r)
    r.more = f"{said} of {jumps} jumps named by /readyz"
    return r


def f15_skew(place, seed, acks, sabotage=None):
    """Three nodes whose clocks are ten minutes fast, right, and ten minutes slow: the database's time holds on all of them."""
    r = Result("F-15", "clocks of three nodes differ by ten minutes each way", place.database)
    began, nodes = time.time(), []
    for i, off in enumerate((600, 0, -600)):
        os.makedirs(f"{place.folder}/n{i}")
        shift(f"{place.folder}/faketime{i}", off)
        nodes.append(Server(f"{place.folder}/n{i}", place.url, env={**faked(f"{place.folder}/faketime{i}"), "POSTSALE_SABOTAGE": sabotage or ""}).start())
        r.faults += off != 0
    load = Load([n.port for n in nodes], place.ledger, seed, rate=60).start()
    until(lambda: len(place.ledger.lines) >= acks, 120)
    load.stop()
    shown = [float((re.findall(r"^postsale_clock_skew_milliseconds (-?\d+)", n.ask("/metrics")[1], re.M) or ["0"])[0]) / 1000 for n in nodes]
    named = [until(lambda: "clock:" in n.ask("/readyz")[1], 6) if off else "clock:" in n.ask("/readyz")[1] for n, off in zip(nodes, (1, 0, 1))]
    for n in nodes:
        n.kill()
    only(load.statuses, FINE, r)
    if named != [True, False, True] or abs(shown[0] - 600) > 5 or abs(shown[2] + 600) > 5:
        r.wrong(f"the difference is not shown: {named}, {shown}")
    true_times(r, place, began)
    place.check(r)
    r.more = "differences shown: " + ", ".join(f"{s:+.1f} s" for s in shown)
    return r
