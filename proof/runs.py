"""The fault runs. Each answers with a Result; each has a sabotage that must turn it red."""
import dataclasses, json, os, random, resource, shutil, signal, sqlite3, subprocess, tempfile, threading, time
from pathlib import Path

import checker, mail
from ledger import Ledger, Load
from proxy import Proxy, lose_commit_every, lose_every
from world import AGENTS, BIN, ROOT, Postgres, Server, migrate, sqlite_world, token, world_sql


@dataclasses.dataclass
class Result:
    case: str
    what: str
    database: str
    faults: int = 0
    acknowledged: int = 0
    missing: int = 0
    doubled: int = 0
    broken: int = 0
    more: str = ""
    key: str = ""
    why: list = dataclasses.field(default_factory=list)

    @property
    def red(self):
        return bool(self.missing or self.doubled or self.broken)

    def took(self, found):
        for name, sentences in zip(("missing", "doubled", "broken"), found):
            setattr(self, name, getattr(self, name) + len(sentences))
            self.why += [f"{name}: {s}" for s in sentences[:5]]

    def wrong(self, sentence):
        self.broken += 1
        self.why.append(sentence)


class Place:
    """A database with a server's folder, a ledger, and what is needed to look inside."""

    def __init__(self, database, pg=None):
        self.folder, self.database, self.pg = tempfile.mkdtemp(prefix="proof."), database, pg
        if database == "sqlite":
            sqlite_world(f"{self.folder}/data")
            self.url = None
        else:
            os.makedirs(f"{self.folder}/data")
            self.name = pg.database()
            self.url = pg.url(self.name)
        self.data, self.ledger = f"{self.folder}/data", Ledger(f"{self.folder}/ledger")

    def server(self, **more):
        return Server(self.data, self.url, **more)

    def rows(self, data=None, at_once=False):
        """What can be asked of the database; with `at_once` as it stood at one instant, though servers live on."""
        return checker.sqlite_rows(f"{data or self.data}/postsale.db", at_once) if self.database == "sqlite" else checker.postgres_rows(self.url, at_once)

    def write(self, text):
        if self.database == "sqlite":
            with sqlite3.connect(f"{self.data}/postsale.db") as c:
                c.execute(text)
            c.close()
        else:
            self.pg.sql(self.name, text + ";")

    def check(self, result, data=None):
        result.acknowledged = len(self.ledger.lines)
        result.took(checker.check(checker.read_ledger(f"{self.folder}/ledger"), self.rows(data, at_once=True), self.database == "sqlite"))

    def remove_folder(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def remove(self):
        self.remove_folder()
        if self.pg and self.database == "postgres":
            self.pg.sql("postgres", f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE);")


def only(statuses, allowed, result):
    odd = {s: n for s, n in statuses.items() if s not in allowed}
    if odd:
        result.wrong(f"answers that should not be: {odd}")


def until(what, patience):
    """Waits until something is so; whether it became so in time. Machines may be slow: patience is for failures, not for the usual."""
    end = time.monotonic() + patience
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(.05)
    return True


FINE = {0, 200, 201, 202, 409, 503}


def f01_kill(place, seed, n, sabotage=None):
    """kill -9 of the server at a random moment under load, again and again on the same data."""
    r = Result("F-01", "server killed (kill -9) at a random moment under load", place.database)
    chance, starts, env = random.Random(seed), [], {"POSTSALE_SABOTAGE": sabotage or ""}
    server = place.server(env=env).start()
    for k in range(n):
        load = Load([server.port], place.ledger, seed * 100003 + k, rate=220, hands=24).start()
        # PostgreSQL acknowledges fewer in a second, and is given longer.
        time.sleep(chance.uniform(.5, 2.1) if place.database == "postgres" else chance.uniform(.4, 1.6))
        server.kill()
        load.stop()
        r.faults += 1
        only(load.statuses, FINE, r)
        server = place.server(env=env).start()
        starts.append(server.took)
        if k % 10 == 9 or k == n - 1:
            place.check(r)
            if r.red:
                break
    server.kill()
    r.more = f"slowest start {max(starts):.2f} s"
    if max(starts) > 10:
        r.wrong("a start took more than 10 s")
    return r


def shim():
    out = ROOT / "target" / "proof-image.so"
    source = ROOT / "proof" / "image.c"
    out.parent.mkdir(exist_ok=True)
    if not out.exists() or out.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", out, source, "-ldl", "-lpthread"], check=True)
    return str(out)


def imaged(place, k):
    """The folder that keeps what a disk would hold, and the surroundings of a server that fills it."""
    image = f"{place.folder}/image{k}"
    shutil.copytree(place.data, image, ignore=lambda _, names: [x for x in names if x.endswith((".log", "-shm"))])
    return image, {"LD_PRELOAD": shim(), "PROOF_LIVE": place.data, "PROOF_IMAGE": image}


def power_back(place, image):
    """The next life finds the image in the place of the data."""
    for name in os.listdir(image):
        if name.endswith((".part", ".nameless")):
            os.unlink(f"{image}/{name}")
    shutil.rmtree(place.data)
    os.rename(image, place.data)


def f02_power(place, seed, n, sabotage=None, torn=False):
    """The power goes: only what was synced is there. The next life begins from the image. With `torn`, part of what was not synced
    has reached the disk too, cut at any byte."""
    r = Result("F-04" if torn else "F-02", "power loss" + (", last unsynced page torn" if torn else ": only synced bytes survive"), "sqlite")
    chance = random.Random(seed)
    for k in range(n):
        image, env = imaged(place, k)
        server = place.server(env={**env, "POSTSALE_SABOTAGE": sabotage or ""}).start()
        load = Load([server.port], place.ledger, seed * 100003 + k, rate=80).start()
        time.sleep(chance.uniform(.4, 1.5))
        server.kill()
        load.stop()
        r.faults += 1
        wal = "postsale.db-wal"
        if torn and os.path.exists(f"{place.data}/{wal}"):
            live, kept = Path(f"{place.data}/{wal}").read_bytes(), Path(f"{image}/{wal}")
            synced = kept.read_bytes() if kept.exists() else b""
            grown = live[len(synced):len(synced) + chance.randrange(1, 8192)] or os.urandom(chance.randrange(1, 4096))
            kept.write_bytes(synced + grown)
        power_back(place, image)
        server = place.server().start()
        server.kill()
        if k % 5 == 4 or k == n - 1:
            place.check(r)
            if r.red:
                break
    return r


def f05_postgres(place, seed, n, sabotage=None):
    """PostgreSQL dies under load: its postmaster killed, or stopped at once."""
    r = Result("F-05", "PostgreSQL killed or stopped at once under load", "postgres")
    chance, healed = random.Random(seed), []
    server = place.server(env={"POSTSALE_SABOTAGE": sabotage or ""}).start()
    for k in range(n):
        load = Load([server.port], place.ledger, seed * 100003 + k, rate=80).start()
        time.sleep(chance.uniform(.5, 1.5))
        place.pg.kill() if k % 2 else place.pg.stop("immediate")
        time.sleep(.3)
        place.pg.start()
        began = time.monotonic()
        while server.ask("/readyz")[0] != 200 and time.monotonic() - began < 20:
            time.sleep(.05)
        healed.append(time.monotonic() - began)
        load.stop()
        only(load.statuses, FINE, r)
        r.faults += 1
    # Ready looks at reads and the last commit; one more write shows that both pools are well.
    load = Load([server.port], place.ledger, seed * 100003 + n, rate=40).start()
    well = until(lambda: load.statuses.get(201), 20)
    load.stop()
    if not well:
        r.wrong("nothing is written after the last outage")
    server.kill()
    place.check(r)
    r.more = f"ready again within {max(healed):.1f} s of the database"
    if max(healed) > 5:
        r.wrong("it took more than 5 s to heal")
    return r


def f06_answer_lost(place, seed, seconds, sabotage=None, commit=False):
    """Answers get lost and the client asks again under the same key. With `commit` it is PostgreSQL's answer to COMMIT."""
    r = Result("F-06", "answer to COMMIT lost between server and PostgreSQL, repeated under the same key" if commit else
               "answer lost between client and server, repeated under the same key", place.database)
    env = {"POSTSALE_SABOTAGE": sabotage or ""}
    if commit:
        # A start is many commits one after the other, and begins again when one is unknown: it is let through.
        proxy = Proxy(place.pg.port, lambda *_: "pass")
        server = Server(place.data, place.pg.url(place.name, proxy.port), env=env).start()
        proxy.fault = lose_commit_every(12, seed)
        ports = [server.port]
    else:
        server = place.server(env=env).start()
        proxy = Proxy(server.port, lose_every(6, seed))
        ports = [proxy.port]
    load = Load(ports, place.ledger, seed, rate=70, retry=True, mix=[("open", 50), ("note", 30), ("letter", 20)]).start()
    time.sleep(seconds)
    until(lambda: load.retried >= 20, 90)
    load.stop()
    proxy.fault = lambda *_: "pass"
    time.sleep(.2)
    server.kill()
    proxy.close()
    only(load.statuses, FINE, r)
    r.faults, r.more = proxy.cuts, f"{load.retried} operations repeated"
    place.check(r)
    if not load.retried:
        r.wrong("nothing was repeated: the run shows nothing")
    return r


def f08_fsync(place, seed, points, sabotage=None, kill=False):
    """The n-th sync of the writing thread fails, or the process is killed exactly there, for each n."""
    r = Result("F-09" if kill else "F-08", "killed exactly at the n-th sync" if kill else "the n-th sync fails with an I/O error", "sqlite")
    stopped = 0
    for k, point in enumerate(points):
        inject = f"inject=fsync,fdatasync:{'signal=KILL' if kill else 'error=EIO'}:when={point}"
        server = place.server(wrap=["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", inject],
                              env={"POSTSALE_SABOTAGE": sabotage or ""})
        try:
            server.start()
        except RuntimeError:  # it may refuse to start on such a disk
            server.kill()
            r.faults += 1
            continue
        load = Load([server.port], place.ledger, seed * 100003 + k, rate=300, hands=2, mix=[("open", 20), ("note", 80)]).start()
        began, gone = time.monotonic(), False
        while time.monotonic() - began < 3 + point / 8:
            time.sleep(.1)
            gone = not server.alive() or server.ask("/readyz", .5)[0] != 200
            if gone:
                break
        time.sleep(.15)
        if gone:
            stopped += 1
            before = sum(load.statuses.get(s, 0) for s in (200, 201, 202))
            time.sleep(.3)
            if not kill and server.alive() and sum(load.statuses.get(s, 0) for s in (200, 201, 202)) > before:
                r.wrong(f"point {point}: writes were acknowledged after the disk had failed")
        load.stop()
        only(load.statuses, FINE, r)
        server.kill()
        # What can be read may not be on the disk; a new start settles that, then it is looked at.
        server = place.server().start()
        server.kill()
        r.faults += 1
        if k % 5 == 4 or k == len(points) - 1:
            place.check(r)
            if r.red:
                break
    r.more = f"{stopped} of {len(points)} points reached by a write, writing stopped at each of them"
    return r


def f10_full(place, seed, sabotage=None):
    """The disk fills up under load: refusals, reads go on, and it recovers by itself when there is room again."""
    r = Result("F-10", "disk full under load, then room again", "sqlite")
    room = f"{place.folder}/room"
    os.makedirs(room)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", room], capture_output=True).returncode:
        r.more = "not run: needs root to mount a small file system"
        return r
    try:
        sqlite_world(f"{room}/data")
        server = Server(f"{room}/data", env={"POSTSALE_SABOTAGE": sabotage or "", "PROOF_NO_LOG": "1"}).start()
        load = Load([server.port], place.ledger, seed, rate=100).start()
        time.sleep(1)
        filler = open(f"{room}/filler", "wb")
        try:
            while True:
                os.write(filler.fileno(), bytes(65536))
        except OSError:
            filler.close()
        began = time.monotonic()
        while not load.statuses.get(503) and time.monotonic() - began < 15:
            time.sleep(.1)
        refused = load.statuses.get(503, 0)
        if not refused:
            r.wrong("a full disk was not noticed")
        if server.ask("/api/v1/tickets?limit=5", agent=1)[0] != 200:
            r.wrong("reads do not go on")
        if "writing" not in server.ask("/readyz")[1]:
            r.wrong("/readyz does not name it")
        os.unlink(f"{room}/filler")
        before, began = load.statuses.get(201, 0), time.monotonic()
        while load.statuses.get(201, 0) <= before + 5 and time.monotonic() - began < 15:
            time.sleep(.1)
        if load.statuses.get(201, 0) <= before:
            r.wrong("it does not recover by itself")
        load.stop()
        only(load.statuses, FINE, r)
        server.kill()
        r.faults, r.more = 1, f"{load.statuses.get(503, 0)} refused, then writing again without a restart"
        place.check(r, f"{room}/data")
    finally:
        subprocess.run(["umount", room], capture_output=True)
    return r


def f11_slow(place, seed, seconds, sabotage=None):
    """Every sync takes half a second, and in the end the power goes: group commit carries on, nothing acknowledged is lost, the queue stays bounded."""
    r = Result("F-11", "every sync takes 0.5 s, then a power loss", "sqlite")
    image, env = imaged(place, 0)
    server = place.server(env={**env, "PROOF_SYNC_MS": "500", "POSTSALE_SABOTAGE": sabotage or ""}).start(patience=60)
    load = Load([server.port], place.ledger, seed, rate=60, hands=40, timeout=20).start()
    began = time.monotonic()
    time.sleep(seconds)
    until(lambda: len(place.ledger.lines) >= 20, 60)
    seconds = time.monotonic() - began
    server.kill()
    load.stop()
    only(load.statuses, FINE, r)
    power_back(place, image)
    server = place.server().start()
    server.kill()
    place.check(r)
    good = sum(n for s, n in load.statuses.items() if 200 <= s < 300)
    r.faults, r.more = 1, f"{good / seconds:.0f} acknowledged a second"
    if good < 10:
        r.wrong("nothing was acknowledged")
    return r


def f13_handles(place, seed, sabotage=None):
    """No file handles left: the accept loop lives on and recovers."""
    import socket
    r = Result("F-13", "file handles exhausted (limit 96, 200 connections)", place.database)
    server = place.server(limits=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (96, 96)), env={"POSTSALE_SABOTAGE": sabotage or ""}).start()
    load = Load([server.port], place.ledger, seed, rate=60, timeout=3).start()
    time.sleep(.7)
    crowd = []
    for _ in range(200):
        try:
            s = socket.create_connection(("127.0.0.1", server.port), timeout=.2)
            crowd.append(s)
        except OSError:
            pass
    time.sleep(2)
    for s in crowd:
        s.close()
    time.sleep(1.5)
    before = load.statuses.get(201, 0)
    recovered = until(lambda: load.statuses.get(201, 0) > before, 20)
    if not server.alive():
        r.wrong("the server ended")
    elif not recovered:
        r.wrong("it does not recover")
    load.stop()
    server.kill()
    only(load.statuses, FINE, r)
    r.faults = 1
    place.check(r)
    return r


DUE = "SELECT COUNT(*) FROM clock WHERE next_at < (extract(epoch from now()) * 1000)::bigint"
HELD = 1000 * 86400000  # ms by which clocks are put off that are not yet to fall due


def f18_timers(place, seed, timers, kills, sabotage=None):
    """Three nodes on one database record the warnings and breaches of many clocks while they are killed and paused at random."""
    r = Result("F-17/F-18", "warnings and breaches due after all nodes were down, recorded by three nodes killed and paused at random", place.database)
    chance, sql = random.Random(seed), lambda text: place.pg.sql(place.name, text)
    server = place.server(worker=False).start()
    load = Load([server.port], place.ledger, seed, rate=400, hands=24, mix=[("open", 1)])
    load.start()
    until(lambda: len(place.ledger.lines) >= max(40, timers // 40), 180)
    load.stop()
    server.kill()
    multiply_clocks(sql, timers)
    due = int(sql(DUE))
    # Half of them fell due while all nodes were down; the others do so with each kill, so that every kill meets nodes at work.
    sql(f"""
      CREATE TABLE proof_wave AS SELECT id, row_number() OVER (ORDER BY md5(CAST(id AS TEXT))) % {2 * kills} + 1 AS wave FROM clock WHERE next_at IS NOT NULL;
      DELETE FROM proof_wave WHERE wave > {kills};
      CREATE INDEX proof_wave_wave ON proof_wave (wave);
      UPDATE clock SET next_at = next_at + {HELD} WHERE id IN (SELECT id FROM proof_wave);""")
    nodes = []
    for i in range(3):
        os.makedirs(f"{place.folder}/n{i}")
        nodes.append(Server(f"{place.folder}/n{i}", place.url).start())
    left, began = due, time.monotonic()
    paused = None
    release = lambda waves: sql(f"UPDATE clock SET next_at = next_at - {HELD} WHERE id IN (SELECT id FROM proof_wave WHERE wave {waves})")
    while (left or r.faults < kills) and time.monotonic() - began < 900:
        if r.faults < kills and time.monotonic() - began > 600:
            # A machine too slow for so many kills; the figure says how many there were.
            release(f"> {r.faults}")
            kills = r.faults
        elif r.faults < kills:
            release(f"= {r.faults + 1}")
            victim = chance.randrange(3)
            if chance.random() < .5 and paused is None:
                nodes[victim].signal(signal.SIGSTOP)
                paused = victim
            else:
                if paused == victim:
                    nodes[victim].signal(signal.SIGCONT)
                    paused = None
                nodes[victim].kill()
                nodes[victim] = Server(f"{place.folder}/n{victim}", place.url).start()
            r.faults += 1
            time.sleep(chance.uniform(.05, .3))
            if paused is not None and chance.random() < .6:
                nodes[paused].signal(signal.SIGCONT)
                paused = None
        else:
            if paused is not None:
                nodes[paused].signal(signal.SIGCONT)
                paused = None
            time.sleep(.3)
        left = int(sql(DUE))
    for node in nodes:
        node.signal(signal.SIGCONT)
        node.kill()
    if sabotage == "lose-one":
        sql("DELETE FROM clock_firing WHERE (clock_id, cycle, percent) IN (SELECT clock_id, cycle, percent FROM clock_firing LIMIT 1)")
    # What each breached clock must have on record, from the clocks alone.
    fired = int(sql("SELECT COUNT(*) FROM clock_firing"))
    without = int(sql("SELECT COUNT(*) FROM clock c WHERE c.breached_at IS NOT NULL AND NOT EXISTS "
                      "(SELECT 1 FROM clock_firing f WHERE f.clock_id = c.id AND f.percent = 100)"))
    fewer = int(sql("SELECT COUNT(*) FROM (SELECT c.id FROM clock c JOIN clock_firing f ON f.clock_id = c.id WHERE c.breached_at IS NOT NULL "
                    "GROUP BY c.id, c.kind, c.agreement, c.priority HAVING COUNT(*) < (SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM clock_firing g JOIN clock d ON d.id = g.clock_id "
                    "WHERE d.kind = c.kind AND d.agreement = c.agreement AND d.priority = c.priority AND d.breached_at IS NOT NULL GROUP BY d.id) AS m)) AS few"))
    wrong_at = int(sql("SELECT COUNT(*) FROM clock c JOIN clock_firing f ON f.clock_id = c.id AND f.percent = 100 WHERE f.at <> c.breached_at"))
    r.acknowledged = fired
    r.missing, r.broken = left + without + fewer, wrong_at
    if r.red:
        r.why.append(f"{left} clocks left, {without} breaches and {fewer} warnings not recorded, {wrong_at} with another instant than the breach")
    r.more = f"{due} clocks, half of them due at once, {fired} firings recorded in {time.monotonic() - began:.0f} s"
    return r


def multiply_clocks(sql, timers):
    """Sets every clock four weeks back, so that all of its thresholds are due, and copies them onto tickets made by SQL."""
    back = 28 * 86400000
    sql(f"""
      UPDATE clock_event SET at = at - {back};
      UPDATE clock_segment SET from_at = from_at - {back}, to_at = to_at - {back};
      UPDATE clock SET next_at = next_at - {back}, due_at = due_at - {back}, started_at = started_at - {back}, computed_at = computed_at - {back};""")
    columns = lambda table: sql(f"SELECT string_agg(column_name, ',' ORDER BY ordinal_position) FROM information_schema.columns WHERE table_name = '{table}' AND table_schema = 'public'").strip().split(",")
    t, c = columns("ticket"), columns("clock")
    have = int(sql("SELECT COUNT(*) FROM clock WHERE next_at IS NOT NULL"))
    n = max(0, (timers - have) // max(have, 1))
    pick = lambda cols, alias, swap: ", ".join(swap.get(x, f"{alias}.{x}") for x in cols)
    sql(f"""
      CREATE TABLE proof_more AS SELECT t.id AS old, gen_random_uuid() AS new, row_number() OVER () + (SELECT MAX(number) FROM ticket) AS number
        FROM ticket t CROSS JOIN generate_series(1, {n});
      INSERT INTO ticket ({", ".join(t)}) SELECT {pick(t, "t", {"id": "m.new", "number": "m.number"})} FROM proof_more m JOIN ticket t ON t.id = m.old;
      CREATE TABLE proof_clock AS SELECT c.id AS old, gen_random_uuid() AS new, m.new AS ticket FROM clock c JOIN proof_more m ON m.old = c.ticket_id;
      INSERT INTO clock ({", ".join(c)}) SELECT {pick(c, "c", {"id": "m.new", "ticket_id": "m.ticket"})} FROM proof_clock m JOIN clock c ON c.id = m.old;
      INSERT INTO clock_event (clock_id, seq, at, event) SELECT m.new, e.seq, e.at, e.event FROM proof_clock m JOIN clock_event e ON e.clock_id = m.old;
      INSERT INTO clock_segment (clock_id, seq, from_at, to_at, kind, reasons, cycle)
        SELECT m.new, e.seq, e.from_at, e.to_at, e.kind, e.reasons, e.cycle FROM proof_clock m JOIN clock_segment e ON e.clock_id = m.old;
      DROP TABLE proof_more; DROP TABLE proof_clock; ANALYZE;""")


def f19_outbox(place, seed, kills, sabotage=None):
    """The server dies between handing a mail over and noting it: every mail arrives, under one id, at most once more per crash."""
    r = Result("F-19", "killed between a mail's delivery and its note", place.database)
    chance, sink = random.Random(seed), mail.Sink()
    env = {"POSTSALE_SMTP_URL": f"smtp://127.0.0.1:{sink.port}", "POSTSALE_SABOTAGE": sabotage or ""}
    for k in range(kills):
        server = place.server(env=env).start()
        load = Load([server.port], place.ledger, seed * 100003 + k, rate=30, mix=[("open", 3), ("reply", 1)]).start()
        after, began = len(sink.mails) + chance.randrange(1, 6), time.monotonic()
        while len(sink.mails) < after and time.monotonic() - began < 5:
            time.sleep(.005)
        server.kill()
        load.stop()
        r.faults += 1
    # Leases of the dead run out, then everything goes.
    server = place.server(env=env).start()
    waiting = "SELECT COUNT(*) FROM outbox WHERE state IN ('ready', 'run')"
    began = time.monotonic()
    while int(place.rows()(waiting)[0][0]) and time.monotonic() - began < 150:
        time.sleep(.5)
    server.kill()
    known = {row[0] for row in place.rows()("SELECT message_id FROM outbox WHERE state = 'sent'")}
    place.check(r)
    counts = {}
    for number in sink.mails:
        counts[number] = counts.get(number, 0) + 1
    lost = [m for m in known if m not in counts]
    twice = sum(n - 1 for n in counts.values())
    if lost:
        r.missing += len(lost)
        r.why.append(f"missing: {len(lost)} mails noted as sent never arrived")
    if set(counts) - known:
        r.doubled += len(set(counts) - known)
        r.why.append(f"{len(set(counts) - known)} mails arrived under an id that is not on record")
    if twice > 20 * r.faults:  # one claim of mails may be on its way at each crash
        r.doubled += twice
    sink.close()
    r.more = f"{len(known)} mails, {twice} came again under their own id"
    return r


def f33_race(place, seed, rounds, sabotage=None):
    """Sixty-four agents take the same ticket with the same version at the same moment: one has it, the others are told."""
    import http.client
    r = Result("F-33", "64 agents take the same ticket at the same moment", place.database)
    server = place.server(env={"POSTSALE_SABOTAGE": sabotage or ""}).start()
    load = Load([server.port], place.ledger, seed, rate=100, mix=[("open", 1)]).start()
    until(lambda: len(load.free) >= rounds, 120)
    load.stop()
    answers = {}
    for ticket, version in load.free[:rounds]:
        gate, got, lock = threading.Barrier(64), [], threading.Lock()

        def take(i):
            c = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
            try:
                c.connect()
                gate.wait()
                c.request("POST", f"/api/v1/tickets/{ticket}/claim", json.dumps({"version": version}),
                          {"Authorization": f"Bearer {token(1 + i % (AGENTS - 1))}", "Content-Type": "application/json"})
                answer = c.getresponse()
                status, page = answer.status, json.loads(answer.read() or b"{}")
                # Whoever has it already changes nothing by taking it again, and is told so with the version that was.
                if status == 200 and page.get("ticket", page)["version"] == version:
                    status = 204
            except OSError:
                status = 0
            with lock:
                got.append(status)
            c.close()
        threads = [threading.Thread(target=take, args=(i,)) for i in range(64)]
        [t.start() for t in threads]
        [t.join() for t in threads]
        r.faults += 1
        if got.count(200) != 1:
            r.doubled += max(0, got.count(200) - 1)
            r.missing += got.count(200) == 0
            r.why.append(f"{got.count(200)} of 64 took the ticket")
        for s in got:
            answers[s] = answers.get(s, 0) + 1
    server.kill()
    only(answers, {200, 204, 409, 503}, r)
    place.check(r)
    r.more = f"{64 * rounds} tries: {answers.get(200, 0)} took it, {answers.get(409, 0)} were told who has it, {answers.get(503, 0)} asked to come back"
    return r


def f45_migrate(database, pg, seed, n, sabotage=None):
    """A migration is killed at random moments and run again until it ends: the schema is the same as from one run."""
    r = Result("F-45", "migration killed at a random moment, run again", database)
    chance = random.Random(seed)

    def fresh():
        folder = tempfile.mkdtemp(prefix="proof.")
        if database == "sqlite":
            return folder, f"sqlite://{folder}/postsale.db"
        name = f"m{random.getrandbits(40):x}"
        pg.create(name)
        return folder, pg.url(name)

    def schema(url):
        if database == "sqlite":
            rows = checker.sqlite_rows(url[9:])
            return rows("SELECT name, sql FROM sqlite_schema ORDER BY name"), rows("SELECT version, name, checksum FROM schema_migration ORDER BY version")
        rows = checker.postgres_rows(url)
        return (rows("SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"),
                rows("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"),
                rows("SELECT tablename, policyname, qual FROM pg_policies ORDER BY 1, 2"),
                rows("SELECT version, name, checksum FROM schema_migration ORDER BY version"))
    folder, url = fresh()
    began = time.monotonic()
    migrate(url, folder)
    whole, once = schema(url), time.monotonic() - began
    for _ in range(n):
        folder, url = fresh()
        env = {**os.environ, "POSTSALE_DATA_DIR": folder, "DATABASE_URL": url}
        for _ in range(3):
            p = subprocess.Popen([BIN, "migrate"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0, once * 1.1))
            p.kill()
            p.wait()
            r.faults += 1
        migrate(url, folder)
        if sabotage == "half":
            if database == "sqlite":
                c = sqlite3.connect(url[9:])
                c.execute("DROP INDEX job_ready")
                c.commit()
                c.close()
            else:
                pg.sql(url.rsplit("/", 1)[1], "DROP INDEX job_ready;")
        if schema(url) != whole:
            r.wrong("the schema differs from that of an undisturbed run")
        shutil.rmtree(folder, ignore_errors=True)
        if database == "postgres":
            pg.sql("postgres", f"DROP DATABASE {url.rsplit('/', 1)[1]} WITH (FORCE);")
    return r


def f46_backup(place, seed, sabotage=None):
    """A copy is made under load and restored in a second place: everything acknowledged before it began is there, nothing half."""
    r = Result("F-46", "copied under load, restored in a second place", place.database)
    server = place.server().start()
    load = Load([server.port], place.ledger, seed, rate=80).start()
    time.sleep(2)
    with place.ledger.lock:
        before = list(place.ledger.lines)
    copy, second = f"{place.folder}/copy", f"{place.folder}/second"
    env = {**os.environ, "POSTSALE_DATA_DIR": place.data}
    began = time.monotonic()
    if place.database == "sqlite":
        if sabotage == "cp":
            os.makedirs(second)
            for _ in range(20):  # right after a checkpoint a plain copy is whole by luck
                with place.ledger.lock:
                    before = list(place.ledger.lines)
                shutil.copy(f"{place.data}/postsale.db", f"{second}/postsale.db")
                if any(checker.check(before, checker.sqlite_rows(f"{second}/postsale.db"), True)):
                    break
                time.sleep(.3)
        else:
            subprocess.run([BIN, "backup", copy], env=env, check=True, stdout=subprocess.DEVNULL)
    else:
        place.pg.run("pg_dump", "-h", "127.0.0.1", "-p", str(place.pg.port), "-U", "postgres", "--format=custom", "-f", f"{place.pg.folder}/dump", place.name)
    copied = time.monotonic() - began
    time.sleep(.5)
    load.stop()
    server.kill()
    began = time.monotonic()
    if place.database == "sqlite":
        if sabotage != "cp":
            subprocess.run([BIN, "restore", copy], env={**env, "POSTSALE_DATA_DIR": second}, check=True, stdout=subprocess.DEVNULL)
        rows = checker.sqlite_rows(f"{second}/postsale.db")
    else:
        name = f"r{random.getrandbits(40):x}"
        place.pg.create(name)
        place.pg.run("pg_restore", "-h", "127.0.0.1", "-p", str(place.pg.port), "-U", "postgres", "-d", name, f"{place.pg.folder}/dump")
        rows = checker.postgres_rows(place.pg.url(name))
    restored = time.monotonic() - began
    r.faults, r.acknowledged = 1, len(before)
    r.took(checker.check(before, rows, place.database == "sqlite"))
    r.more = f"copied in {copied:.1f} s, restored and checked in {restored:.1f} s"
    return r


def f49_rolling(place, seed, rounds, sabotage=None):
    """Three nodes are restarted one after the other under load. The clients go by refused connections, as a load balancer does, and ask
    the next node once more when an answer is cut off: nobody is left without an answer, and hardly ever is one cut off."""
    r = Result("F-49", "three nodes restarted one after the other under load; clients ask once more", place.database)
    nodes = []
    for i in range(3):
        os.makedirs(f"{place.folder}/n{i}")
        nodes.append(Server(f"{place.folder}/n{i}", place.url, env={"POSTSALE_SABOTAGE": sabotage or ""}).start())
    load, longest = Load([n.port for n in nodes], place.ledger, seed, rate=60, once=True, timeout=20).start(), 0
    for _ in range(rounds):
        for node in nodes:
            began = load.count
            until(lambda: load.count > began + 25, 20)
            at = time.monotonic()
            node.stop()
            longest = max(longest, time.monotonic() - at)
            r.faults += 1
            node.start()
    began = load.count
    until(lambda: load.count > began + 25, 20)
    load.stop()
    for node in nodes:
        node.kill()
    only(load.statuses, FINE - {0, 503}, r)
    place.check(r)
    r.more = f"{sum(load.statuses.values())} requests, none left without an answer, {load.cut} cut off and asked once more, slowest stop {longest:.1f} s"
    if load.cut > max(1, r.faults // 10):
        r.wrong(f"{load.cut} requests were cut off over {r.faults} restarts")
    return r
