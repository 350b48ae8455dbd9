"""Places for the fault runs: servers on SQLite or PostgreSQL, a PostgreSQL cluster of our own, the same small world in every database.

Nothing here shares code with the server: the world is written with plain SQL, sessions included, so that no run waits for a password."""
import glob, hashlib, http.client, json, os, pwd, random, shutil, signal, socket, sqlite3, subprocess, tempfile, time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = os.environ.get("POSTSALE_BIN", str(ROOT / "target" / "debug" / "postsale"))
AGENTS = 8  # the last of them is a supervisor
ADMIN = AGENTS + 1
FAR = 4102444800000  # 2100-01-01


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def ident(kind, n):
    return f"{kind:08x}-0000-7000-8000-{n:012x}"


def token(agent):
    return hashlib.sha256(f"proof-{agent}".encode()).hexdigest()


def world_sql(dialect, terminals=40):
    """INSERT statements of a tenant with agents, an acquirer, a merchant, a shop and terminals."""
    uid = (lambda u: "X'" + u.replace("-", "") + "'") if dialect == "sqlite" else (lambda u: f"'{u}'")
    raw = (lambda h: f"X'{h}'") if dialect == "sqlite" else (lambda h: f"'\\x{h}'")
    t, m, s, a = (uid(ident(k, 1)) for k in (1, 2, 3, 4))
    now = int(time.time() * 1000) - 86400000
    hours = json.dumps({str(d): [["00:00", "24:00"]] for d in range(1, 8)})
    out = [f"INSERT INTO tenant (id, code, name, settings, created_at) VALUES ({t}, 'proof', 'Proof', '{{}}', {now})",
           f"INSERT INTO acquirer (id, tenant_id, code, name) VALUES ({a}, {t}, 'A', 'A')",
           f"INSERT INTO merchant (id, tenant_id, acquirer_id, mid, name, uscc, tier, industry, settlement_account_mask, created_at, version) VALUES ({m}, {t}, {a}, '1', 'M', 'X', 'standard', 'retail', '****', {now}, 1)",
           f"INSERT INTO store (id, tenant_id, merchant_id, name, address, district, lat_e6, lng_e6, hours, agreement, version) VALUES ({s}, {t}, {m}, 'S', 'Road 1', 'D', 31000000, 121000000, '{hours}', 'urban', 1)"]
    for i in range(1, ADMIN + 1):
        u, role = uid(ident(5, i)), "admin" if i == ADMIN else "supervisor" if i == AGENTS else "agent"
        out.append(f"INSERT INTO app_user (id, tenant_id, username, display_name, role, password_hash, created_at) VALUES ({u}, {t}, 'p{i}', 'P{i}', '{role}', 'x', {now})")
        out.append(f"INSERT INTO session (token_hash, tenant_id, user_id, created_at, expires_at) VALUES ({raw(hashlib.sha256(token(i).encode()).hexdigest())}, {t}, {u}, {now}, {FAR})")
    # A session that ended an hour ago and must stay so.
    out.append(f"INSERT INTO session (token_hash, tenant_id, user_id, created_at, expires_at) VALUES ({raw(hashlib.sha256(token(0).encode()).hexdigest())}, {t}, {uid(ident(5, 1))}, {now}, {now + 82800000})")
    week = json.dumps({"week": {str(d): [["00:00", "23:59"]] for d in range(1, 8)}})
    area = json.dumps(["D"])
    for i in range(1, 5):
        e = uid(ident(8, i))
        out.append(f"INSERT INTO engineer (id, tenant_id, name, phone, territory, shifts, daily_limit, lat_e6, lng_e6, active) VALUES ({e}, {t}, 'E{i}', '1370000000{i}', '{area}', '{week}', 200, 31000000, 121000000, 1)")
        out += [f"INSERT INTO engineer_skill (engineer_id, skill, valid_until) VALUES ({e}, '{skill}', '2099-12-31')" for skill in ("hardware", "swap")]
    for i in range(1, terminals + 1):
        x = uid(ident(6, i))
        out.append(f"INSERT INTO terminal (id, tenant_id, serial_no, tusn, model, batch, firmware, created_at, version) VALUES ({x}, {t}, 'SN{i:06d}', 'TUSN{i:06d}', 'Sound Box S3', '2601', '1.0', {now}, 1)")
        out.append(f"INSERT INTO binding (id, tenant_id, terminal_id, acquirer_id, merchant_id, store_id, tid, uscc, settlement_account_mask, address, valid_from) VALUES ({uid(ident(7, i))}, {t}, {x}, {a}, {m}, {s}, 'T{i:06d}', 'X', '****', 'Road 1', {now})")
    return out


class Postgres:
    """A cluster of our own on loopback, with durability on."""

    def __init__(self, data=None, settings=""):
        """A new cluster, with more lines in its configuration; or one that is there already as the folder `data`."""
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda p: int(p.split("/")[4]))
        self.bin = found[-1] if found else os.path.dirname(shutil.which("initdb"))
        self.folder, self.port = tempfile.mkdtemp(prefix="proof-pg."), free_port()
        self.data = data or f"{self.folder}/data"
        self.user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        self.templates = False
        if data:
            return
        self.run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        with open(f"{self.data}/postgresql.conf", "a") as f:
            f.write(settings)
        self.start()
        # Servers come as an ordinary role, which the walls between organisations hold; what looks inside comes as the superuser.
        self.sql("postgres", "CREATE ROLE postsale LOGIN;")

    def demote(self):
        if self.user:
            os.setgid(self.user.pw_gid)
            os.setuid(self.user.pw_uid)

    def run(self, tool, *args, check=True, text=None):
        p = subprocess.run([f"{self.bin}/{tool}", *args], preexec_fn=self.demote, input=text, capture_output=True, text=True, cwd=self.folder)
        if check and p.returncode:
            raise RuntimeError(f"{tool}: {p.stderr}")
        return p.stdout

    def start(self):
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} -c max_connections=200 -c shared_buffers=256MB"
        subprocess.run([f"{self.bin}/pg_ctl", "-D", self.data, "-l", f"{self.folder}/log", "-w", "-o", options, "start"], preexec_fn=self.demote,
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder)

    def start_if_down(self):
        try:
            os.kill(self.postmaster(), 0)
        except (OSError, IndexError, ValueError):
            self.start()

    def postmaster(self):
        return int(Path(f"{self.data}/postmaster.pid").read_text().split()[0])

    def stop(self, mode="fast"):
        self.run("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop", check=False)

    def kill(self):
        """The postmaster dies without a word; its children notice and leave."""
        pid = self.postmaster()
        os.kill(pid, signal.SIGKILL)
        while subprocess.run(["pgrep", "-u", "postgres", "-P", str(pid)], capture_output=True).stdout or os.path.exists(f"/proc/{pid}"):
            time.sleep(.05)
        time.sleep(.3)

    def remove(self):
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, name, port=None):
        return f"postgres://postsale@127.0.0.1:{port or self.port}/{name}"

    def sql(self, database, text):
        return self.run("psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-", text=text)

    def rows(self, database, query):
        """Rows of a query as lists of texts, by COPY: no separator can stand inside a value."""
        out = self.sql(database, f"COPY ({query}) TO STDOUT;\n")
        unescape = lambda v: None if v == "\\N" else v.replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r").replace("\\\\", "\\")
        return [[unescape(v) for v in line.split("\t")] for line in out.splitlines() if line]

    def create(self, name, template="template0"):
        self.sql("postgres", f"CREATE DATABASE {name} OWNER postsale TEMPLATE {template} ENCODING 'UTF8';")

    def database(self):
        """A database with the world in it."""
        if not self.templates:
            self.create("world")
            with tempfile.TemporaryDirectory() as d:
                migrate(self.url("world"), d)
            self.sql("world", ";\n".join(world_sql("postgres")) + ";")
            self.templates = True
        name = f"p{random.getrandbits(40):x}"
        self.create(name, "world")
        return name


def migrate(url, data):
    env = {**os.environ, "POSTSALE_DATA_DIR": str(data), "DATABASE_URL": url}
    p = subprocess.run([BIN, "migrate"], env=env, capture_output=True, text=True)
    if p.returncode:
        raise RuntimeError(p.stderr)


_sqlite_world = None


def sqlite_world(folder):
    """The world as an SQLite database in a data folder."""
    global _sqlite_world
    Path(folder).mkdir(parents=True, exist_ok=True)
    target = f"{folder}/postsale.db"
    if _sqlite_world is None:
        _sqlite_world = tempfile.mkdtemp(prefix="proof-world.")
        made = f"{_sqlite_world}/postsale.db"
        migrate(f"sqlite://{made}", _sqlite_world)
        with sqlite3.connect(made) as c:
            c.executescript("BEGIN;" + ";".join(world_sql("sqlite")) + ";COMMIT; PRAGMA wal_checkpoint(TRUNCATE);")
        c.close()
    shutil.copy(f"{_sqlite_world}/postsale.db", target)


class Server:
    """One `postsale serve` or `postsale worker` process."""

    def __init__(self, data, url=None, worker=True, env=None, wrap=(), port=None, limits=None, verb="serve"):
        self.verb = verb
        self.data, self.url, self.worker, self.wrap, self.port = str(data), url, worker, list(wrap), port or free_port()
        self.env, self.limits, self.process = env or {}, limits, None

    def start(self, wait=True, patience=20):
        env = {**os.environ, "POSTSALE_DATA_DIR": self.data, "POSTSALE_LISTEN": f"127.0.0.1:{self.port}", "RUST_LOG": "warn", **self.env}
        env.pop("DATABASE_URL", None)
        if self.url:
            env["DATABASE_URL"] = self.url
        log = open(f"{self.data}/server.log", "ab") if not self.env.get("PROOF_NO_LOG") else subprocess.DEVNULL
        began = time.monotonic()
        self.process = subprocess.Popen([*self.wrap, BIN, self.verb, *(["--worker"] if self.worker and self.verb == "serve" else [])], env=env, stdout=log, stderr=log,
                                        preexec_fn=self.limits, start_new_session=True)
        while wait and time.monotonic() - began < patience:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended at its start: see {self.data}/server.log: {self.log()[-600:]}")
            if self.ask("/readyz", .5)[0] == 200:
                self.took = time.monotonic() - began
                return self
            time.sleep(.02)
        if wait:
            raise RuntimeError("the server did not become ready: " + self.log()[-600:])
        return self

    def log(self):
        try:
            return Path(f"{self.data}/server.log").read_text(errors="replace")
        except OSError:
            return ""

    def ask(self, path, timeout=2, method="GET", body=None, agent=None):
        try:
            c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
            c.request(method, path, body, {"Authorization": f"Bearer {token(agent)}"} if agent else {})
            r = c.getresponse()
            return r.status, r.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            c.close()

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def signal(self, number):
        """To the whole session: a tracer in front of the server included."""
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()
        # Behind a tracer the server is not ours to wait for; it holds its locks until it is gone.
        end = time.monotonic() + 10
        while self.wrap and time.monotonic() < end:
            try:
                os.killpg(self.process.pid, 0)
                time.sleep(.01)
            except ProcessLookupError:
                break

    def stop(self, patience=45):
        self.signal(signal.SIGTERM)
        return self.process.wait(patience)
