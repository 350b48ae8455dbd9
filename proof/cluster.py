"""Three `postsale serve` and two `postsale worker` on one PostgreSQL, behind a round-robin."""
import hashlib, json, os, random, re, shutil

from rows import at_once, call
from runs import FINE, Result, multiply_clocks, only, until
from ledger import Load, letters
from proxy import Proxy
from world import AGENTS, FAR, Server, ident


def nodes_agree(place, seed, rounds, sabotage=None):
    """Sessions, idempotency keys, links, positions in lists, versions, timers and jobs hold on every node, whichever did the writing."""
    r = Result("nodes", "three serve and two worker behind a round-robin: what one node knows all know", place.database)
    chance, folders = random.Random(seed), [f"{place.folder}/n{i}" for i in range(5)]
    env = {"POSTSALE_SABOTAGE": sabotage or ""}
    for f in folders:
        os.makedirs(f)
    first = Server(folders[0], place.url, worker=False, env=env).start()
    for f in folders[1:]:  # one secret for all: links signed on one node open on the others
        shutil.copy(f"{folders[0]}/secret.key", f"{f}/secret.key")
    serve = [first] + [Server(f, place.url, worker=False, env=env).start() for f in folders[1:3]]
    work = [Server(f, place.url, verb="worker", env=env).start(wait=False) for f in folders[3:]]
    turn = iter(range(10**9))
    door = Proxy(lambda: serve[next(turn) % 3].port)
    load = Load([door.port], place.ledger, seed, rate=50, timeout=20).start()
    sql = lambda text: int(place.pg.sql(place.name, text))
    ports, wrong = [n.port for n in serve], r.wrong
    new = lambda k: {"terminal_serial": f"SN{chance.randrange(1, 41):06d}", "symptom": f"dead [T:{letters(seed)}z-{k}]", "even_if_open": True, "contact": {"name": "Li", "phone": "13800000000"}}
    for k in range(rounds):
        r.faults += 1
        a, b, c = chance.sample(ports, 3)
        # One key, three nodes at once: one effect, one answer.
        body, key = new(f"{2 * k}"), f"same-{seed:x}-{k}"
        got = at_once(6, lambda i: call(ports[i % 3], "POST", "/api/v1/tickets", body, key=key))
        told = {json.dumps(page, sort_keys=True) for status, page in got if status == 201}
        if len(told) != 1 or {s for s, _ in got} - {201, 503}:
            r.doubled += max(0, len(told) - 1)
            wrong(f"one key on three nodes: {sorted(s for s, _ in got)}, {len(told)} different answers")
        # Written on one, read on the others at once; a version that is old on one is old on all.
        status, page = call(a, "POST", "/api/v1/tickets", new(f"{2 * k + 1}"))
        ticket = page.get("ticket", page)
        for node in (b, c):
            if call(node, "GET", f"/api/v1/tickets/{ticket['id']}")[0] != 200:
                wrong("a ticket written on one node is not there on another")
        if call(b, "POST", f"/api/v1/tickets/{ticket['id']}/claim", {"version": ticket["version"]}, agent=2)[0] != 200:
            wrong("a version known on one node is not known on another")
        old = call(c, "POST", f"/api/v1/tickets/{ticket['id']}/claim", {"version": ticket["version"]}, agent=3)
        if old[0] != 409:
            wrong(f"a version that is old on one node is not refused on another: {old[0]} {str(old[1])[:200]}")
        # A place in a list goes on elsewhere.
        page = call(a, "GET", "/api/v1/tickets?limit=2")[1]
        if page.get("next") and call(b, "GET", f"/api/v1/tickets?limit=2&cursor={page['next']}")[0] != 200:
            wrong("a place in a list is not known on another node")
        # A session that ends on one node has ended on all.
        secret = f"{seed:x}-{k}".encode()
        told = hashlib.sha256(secret).hexdigest()
        place.pg.sql(place.name, f"INSERT INTO session (token_hash, tenant_id, user_id, created_at, expires_at) VALUES "
                     f"('\\x{hashlib.sha256(told.encode()).hexdigest()}', '{ident(1, 1)}', '{ident(5, 2)}', 0, {FAR});")
        if [call(n, "GET", "/api/v1/sessions/current", agent=told)[0] for n in ports] != [200, 200, 200]:
            wrong("a session is not known on every node")
        call(a, "DELETE", "/api/v1/sessions/current", agent=told)
        if [call(n, "GET", "/api/v1/sessions/current", agent=told)[0] for n in ports] != [401, 401, 401]:
            wrong("a session that has ended lives on elsewhere")
    # A link signed on one node opens on the others.
    sheet = call(ports[0], "GET", f"/api/v1/merchants/mer_{ident(2, 1).replace('-', '')}/stickers", agent=AGENTS)
    links = re.findall(r"https?://[^/\"']+(/r/[^\"'<\s]+)", str(sheet[1]))
    opened = [call(n, "GET", links[0])[0] for n in ports] if links else []
    if opened != [200, 200, 200]:
        wrong(f"a signed link: sheet {sheet[0]}, opened {opened}")
    until(lambda: len(place.ledger.lines) >= 60, 60)
    load.stop()
    only(load.statuses, FINE - {0}, r)
    if not until(lambda: sql("SELECT COUNT(*) FROM job WHERE state <> 'done'") == 0, 120):
        wrong("jobs are left")
    place.check(r)
    # Timers: all of them due at once, two workers, each recorded once.
    multiply_clocks(lambda text: place.pg.sql(place.name, text), 100)
    due = sql("SELECT COUNT(*) FROM clock WHERE next_at < (extract(epoch from now()) * 1000)::bigint")
    if not until(lambda: sql("SELECT COUNT(*) FROM clock WHERE next_at < (extract(epoch from now()) * 1000)::bigint") == 0, 120):
        wrong("due clocks are left")
    twice = sql("SELECT COUNT(*) FROM (SELECT clock_id FROM clock_firing GROUP BY clock_id, cycle, percent HAVING COUNT(*) > 1) AS d")
    without = sql("SELECT COUNT(*) FROM clock c WHERE c.breached_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM clock_firing f WHERE f.clock_id = c.id AND f.percent = 100)")
    if twice or without:
        wrong(f"{twice} firings recorded twice, {without} breaches not recorded")
    for n in serve + work:
        n.kill()
    door.close()
    r.more = f"{r.faults} rounds over all nodes, {due} clocks due at once, recorded by two workers"
    return r
