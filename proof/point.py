"""Back to an instant: PostgreSQL from a base copy and the archived log."""
import os, random, shutil, tempfile, time

import checker
from ledger import Load
from runs import Place, Result, until
from world import Postgres


def f46_instant(seed, acks, sabotage=None):
    """The log is archived under load, a base copy is taken meanwhile, and a second place is brought to an instant T: every promise made
    a second before T is kept there, nothing that was asked for a second after T is."""
    r = Result("F-46t", "restored to an instant T from a base copy and the archived log", "postgres")
    folder, chance = tempfile.mkdtemp(prefix="proof-wal."), random.Random(seed)
    os.chmod(folder, 0o777)  # the server may run as another user
    pg = Postgres(settings=f"archive_mode = on\narchive_command = 'test ! -f {folder}/%f && cp %p {folder}/%f'\n")
    second = None
    try:
        place = Place("postgres", pg)
        server = place.server().start()
        load = Load([server.port], place.ledger, seed, rate=60).start()
        until(lambda: len(place.ledger.lines) >= acks, 60)
        base = f"{pg.folder}/base"
        pg.run("pg_basebackup", "-h", "127.0.0.1", "-p", str(pg.port), "-U", "postgres", "-D", base, "-X", "none", "-c", "fast")
        have = len(place.ledger.lines)
        until(lambda: len(place.ledger.lines) >= have + acks, 60)
        time.sleep(1.5)
        instant = time.time() - chance.uniform(0, .2)
        time.sleep(2.5)
        have = len(place.ledger.lines)
        until(lambda: len(place.ledger.lines) >= have + 20, 60)
        load.stop()
        server.kill()
        pg.sql("postgres", "SELECT pg_switch_wal();")
        until(lambda: pg.sql("postgres", "SELECT last_archived_wal >= pg_walfile_name(pg_current_wal_lsn() - 1) FROM pg_stat_archiver;").strip() == "t", 20)
        pg.stop("immediate")
        began = time.monotonic()
        stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(instant)) + f".{int(instant % 1 * 1000):03d}+00"
        # With the sabotage the log is not played: the base copy alone, as soon as it is consistent.
        goal = "recovery_target = 'immediate'" if sabotage == "base-only" else f"recovery_target_time = '{stamp}'"
        with open(f"{base}/postgresql.auto.conf", "a") as f:
            f.write(f"restore_command = 'cp {folder}/%f %p'\n{goal}\nrecovery_target_action = 'promote'\narchive_mode = off\n")
        open(f"{base}/recovery.signal", "w").close()
        if pg.user:
            shutil.chown(f"{base}/recovery.signal", pg.user.pw_uid, pg.user.pw_gid)
        second = Postgres(data=base)
        second.start()
        if not until(lambda: second.sql("postgres", "SELECT pg_is_in_recovery();").strip() == "f", 60):
            r.wrong("the second place did not come out of its recovery")
        took, rows = time.monotonic() - began, checker.postgres_rows(second.url(place.name))
        before = [line for line in place.ledger.lines if line["at"] <= instant - 1]
        after = [line for line in place.ledger.lines if line["began"] > instant + 1]
        r.faults, r.acknowledged = 1, len(before)
        r.took(checker.check(before, rows))
        early = len(after) - len(checker.check([line for line in after if line["op"] != "claim"], rows)[0]) - sum(line["op"] == "claim" for line in after)
        if early:
            r.wrong(f"{early} of {len(after)} things asked for after T are there")
        r.more = f"{len(before)} promises before T, {len(after)} after it, restored and checked in {took:.1f} s"
        place.remove_folder()
    finally:
        for cluster in (second, pg):
            if cluster:
                cluster.remove()
        shutil.rmtree(folder, ignore_errors=True)
    return r
