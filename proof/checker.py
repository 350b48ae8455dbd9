#!/usr/bin/env python3
"""Compares a ledger with a database: what was acknowledged and is missing, what stands twice, which invariants are broken.

    proof/checker.py LEDGER sqlite:FILE | postgres:URL

Independent of the server: it reads the tables with SQL of its own and recomputes the audit chain from its description (each hash is
SHA-256 over the previous hash, the entry's two numbers as 8 bytes big-endian, and each text with its length as 8 bytes in front)."""
import collections, hashlib, json, os, re, sqlite3, subprocess, sys

MARK = re.compile(r"\[([TNRL]):([a-z]+-[0-9]+)\]")


def sqlite_rows(path, at_once=False):
    """Asks an SQLite file. With `at_once` every answer is of the same instant, while others go on writing."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    connection.text_factory = lambda b: b.decode(errors="replace")
    if at_once:
        connection.execute("BEGIN")
    fix = lambda v: v.hex() if isinstance(v, bytes) else v
    return lambda query: [[fix(v) for v in row] for row in connection.execute(query)]


def postgres_rows(url, at_once=False):
    """Asks a PostgreSQL database, through its own client. `at_once` as above."""
    def unescape(v):
        if v == "\\N":
            return None
        out = re.sub(r"\\(.)", lambda m: {"t": "\t", "n": "\n", "r": "\r"}.get(m.group(1), m.group(1)), v)
        return out[2:] if out.startswith("\\x") else out.replace("-", "") if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", out) else out

    client = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", url]
    # It comes as the server does; an ordinary role has to say that it wants every organisation's rows.
    env = {**os.environ, "PGOPTIONS": "-c postsale.tenant=every"}
    talk = subprocess.Popen(client, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env) if at_once else None
    end = "-- end of rows --"
    if talk:
        talk.stdin.write("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\n")

    def ask(query):
        if not talk:
            p = subprocess.run([*client, "-c", query], capture_output=True, text=True, env=env)
            if p.returncode:
                raise RuntimeError(p.stderr)
            return p.stdout.splitlines()
        talk.stdin.write(f"{query};\n\\echo {end}\n")
        talk.stdin.flush()
        lines = []
        for line in talk.stdout:
            if line == end + "\n":
                return lines
            lines.append(line.rstrip("\n"))
        raise RuntimeError(f"the client ended at {query}")

    return lambda query: [[unescape(v) for v in line.split("\t")] for line in ask(f"COPY ({query}) TO STDOUT")]


def number(value):
    return 0 if value is None else int(value)


def check(ledger, rows, sqlite=False):
    """Missing, doubled and broken, as lists of sentences."""
    missing, doubled, broken = [], [], []
    tickets = rows("SELECT id, symptom, number, entry_count, claimed_at FROM ticket")
    entries = rows("SELECT ticket_id, seq, body, kind FROM ticket_entry")
    letters = rows("SELECT external_id FROM letter WHERE channel = 'api'")

    effects = collections.Counter()
    for row in tickets:
        for kind, key in MARK.findall(row[1] or ""):
            effects["letter-ticket" if kind == "L" else kind, key] += 1
    for row in entries:
        for kind, key in MARK.findall(row[2] or ""):
            if kind in "NR":
                effects[kind, key] += 1
    for (external,) in letters:
        # Before it stands whose number it is.
        _, _, own = external.partition(":")
        if own.startswith("L:"):
            effects["L", own[2:]] += 1
    for (kind, key), count in effects.items():
        if count > 1:
            doubled.append(f"{kind}:{key} stands {count} times")
    claimed = {row[0]: row[4] is not None for row in tickets}
    letter = {"open": "T", "note": "N", "reply": "R", "letter": "L"}
    for line in ledger:
        if line["op"] == "claim":
            if not claimed.get(line["ticket"].split("_")[1]):
                missing.append(f"claim {line['key']} of {line['ticket']}")
        elif effects[letter[line["op"]], line["key"]] == 0:
            missing.append(f"{line['op']} {line['key']}")
    twice = [k for k, n in collections.Counter(row[2] for row in tickets).items() if n > 1]
    if twice:
        doubled.append(f"ticket numbers {twice[:5]}")
    # On PostgreSQL a number is taken apart from its ticket, so a ticket that was not kept leaves a gap.
    if sqlite and tickets and max(number(row[2]) for row in tickets) != len(tickets):
        broken.append("ticket numbers have gaps")
    seqs = collections.defaultdict(list)
    for row in entries:
        seqs[row[0]].append(number(row[1]))
    for row in tickets:
        own = sorted(seqs[row[0]])
        if len(own) != number(row[3]) or own != list(range(own[0] if own else 0, (own[0] if own else 0) + len(own))):
            broken.append(f"time line of ticket {row[2]}: {len(own)} entries, {row[3]} counted")
    for (count,) in rows("SELECT COUNT(*) FROM idempotency WHERE status = 0"):
        if number(count):
            broken.append(f"{count} idempotency keys without an answer")
    for (count,) in rows("SELECT COUNT(*) FROM (SELECT t.id FROM ticket t LEFT JOIN clock c ON c.ticket_id = t.id GROUP BY t.id HAVING COUNT(c.id) = 0) AS d"):
        if number(count):
            broken.append(f"{count} tickets without a clock")
    broken += chain(rows)
    if sqlite:
        verdict = [row[0] for row in rows("PRAGMA integrity_check")]
        if verdict != ["ok"]:
            broken.append(f"integrity_check: {verdict[:3]}")
        if rows("PRAGMA foreign_key_check"):
            broken.append("foreign_key_check finds rows")
    return missing, doubled, broken


def chain(rows):
    broken = []
    heads = {row[0]: (number(row[1]), row[2]) for row in rows("SELECT tenant_id, seq, hash FROM audit_head")}
    last = {}
    query = "SELECT tenant_id, seq, at, caller, action, subject, before_json, after_json, hash FROM audit_entry ORDER BY tenant_id, seq"
    for tenant, seq, at, caller, action, subject, before, after, kept in rows(query):
        place, previous = last.get(tenant, (0, bytes(32)))
        h = hashlib.sha256(previous + number(seq).to_bytes(8, "big", signed=True) + number(at).to_bytes(8, "big", signed=True))
        for text in (caller, action, subject, before, after):
            raw = text.encode()
            h.update(len(raw).to_bytes(8, "big") + raw)
        if number(seq) != place + 1 or h.hexdigest() != kept:
            broken.append(f"audit chain at entry {seq}")
            return broken
        last[tenant] = (number(seq), h.digest())
    for tenant, (seq, hash_) in heads.items():
        if last.get(tenant, (0, bytes(32))) != (seq, bytes.fromhex(hash_)):
            broken.append("audit head does not fit its chain")
    return broken


def read_ledger(path):
    lines = []
    with open(path, "rb") as f:
        for raw in f:
            if raw.endswith(b"\n"):  # a line cut by our own end was never relied on
                lines.append(json.loads(raw))
    return lines


def source(text):
    kind, _, rest = text.partition(":")
    return sqlite_rows(rest, at_once=True) if kind == "sqlite" else postgres_rows(rest, at_once=True)


if __name__ == "__main__":
    found = check(read_ledger(sys.argv[1]), source(sys.argv[2]), sys.argv[2].startswith("sqlite:"))
    for name, list_ in zip(("missing", "doubled", "broken"), found):
        print(f"{name}: {len(list_)}")
        for sentence in list_[:20]:
            print("  ", sentence)
    sys.exit(any(found))
