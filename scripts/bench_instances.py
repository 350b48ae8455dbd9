"""Instances for scripts/bench-planner, made from seeds: Gehring-Homberger classes, road-like asymmetric days, service days."""
import json, math, random

# Latest return to the depot per number of customers, and the side of the square, as in the public sets.
HORIZON = {1000: {"R1": 1925, "R2": 7697, "C1": 1824, "C2": 3914, "RC1": 1821, "RC2": 7284},
           200: {"R1": 634, "R2": 2535, "C1": 1351, "C2": 3700, "RC1": 630, "RC2": 2500},
           400: {"R1": 804, "R2": 3213, "C1": 1500, "C2": 3600, "RC1": 800, "RC2": 3100}}
SIDE = {1000: 500, 400: 200, 200: 140}


def vrplib(path, head, depot, spots, loads, windows, services=None, matrix=None):
    lines = [f"{k} : {v}" for k, v in head]
    if matrix:
        lines += ["EDGE_WEIGHT_SECTION"] + [" ".join(map(str, row)) for row in matrix]
    else:
        lines += ["NODE_COORD_SECTION"] + [f"{i + 1} {x} {y}" for i, (x, y) in enumerate([depot] + spots)]
    sections = [("DEMAND", [0] + loads), ("TIME_WINDOW", windows)] + ([("SERVICE_TIME", [0] + services)] if services else [])
    for title, rows in sections:
        lines += [f"{title}_SECTION"] + [f"{i + 1} {' '.join(map(str, r)) if isinstance(r, tuple) else r}" for i, r in enumerate(rows)]
    path.write_text("\n".join(lines + ["DEPOT_SECTION", "1", "-1", "EOF", ""]))


def class_width(r, kind, variant, long):
    """Length of a time window: variants 1 to 4 narrow, then wider, as the public classes grow."""
    base = {"R": 116, "RC": 120, "C": 160}[kind] if long else {"R": 10, "RC": 30, "C": 60}[kind]
    if variant <= 4:
        return base
    if kind == "R":
        return base * (2 if long else 3) if variant <= 8 else max(10, r.gauss(60 if variant == 9 else 86, 25) * (4 if long else 1))
    if kind == "RC":
        wide = {5: r.choice([.33, 1, 2, 4]) * base, 6: 2 * base}
        return wide.get(variant) or max(10, r.gauss(88 if variant == 7 else 115, 25) * (4 if long else 1))
    return base * {5: 2, 6: r.uniform(1, 4), 7: 3, 8: 4}.get(variant, 6)


def gehring_homberger(path, klass, variant, n, seed):
    """In the manner of Gehring and Homberger: R scattered, C in heaps whose windows follow a route, RC half and half;
    1 short routes, 2 long ones; the variant sets how many customers have a window and how wide it is."""
    r, kind, long = random.Random(f"{klass}/{variant}/{n}/{seed}"), klass[:-1], klass[-1] == "2"
    side, end, service = SIDE[n], HORIZON[n][klass], 90 if klass[0] == "C" else 10
    capacity = (700 if kind == "C" else 1000) if long else 200
    depot, heaps = (side // 2, side // 2), max(4, n // ((30 if long else 9) if kind == "C" else 25))
    centre = [(r.uniform(.05, .95) * side, r.uniform(.05, .95) * side) for _ in range(heaps)]
    spots, heap = [], []
    for i in range(n):
        scattered = kind == "R" or (kind == "RC" and i % 2)
        heap.append(None if scattered else i % heaps)
        wide = side / 45 if kind == "RC" else 4.5 if long else 2.2
        spots.append((r.randint(0, side), r.randint(0, side)) if scattered
                     else tuple(min(side, max(0, round(r.gauss(c, wide)))) for c in centre[i % heaps]))
    loads = [r.choice([10, 10, 10, 20, 20, 20, 30, 40]) if kind == "C" else r.randint(1, 31) for _ in range(n)]
    arrival = [None] * n
    for h in range(heaps if kind == "C" else 0):
        left, at, t, load = [i for i in range(n) if heap[i] == h], depot, 0, 0
        while left:
            j = min(left, key=lambda i: math.dist(at, spots[i]))
            left.remove(j)
            if load + loads[j] > capacity:
                loads[j] = 10
            t += math.dist(at, spots[j])
            if t + math.dist(spots[j], depot) + service > end:
                t = math.dist(depot, spots[j])
            arrival[j], t, at, load = t, t + service, spots[j], load + loads[j]
    share = {2: .75, 3: .5, 4: .25, **({6: .75, 7: .5, 8: .25} if kind == "R" else {})}.get(variant, 1.0)
    windows = [(0, end)]
    for i in range(n):
        far = math.dist(depot, spots[i])
        last = end - far - service - 1
        if r.random() >= share:
            windows.append((0, int(last)))
            continue
        middle, half = r.uniform(far, last) if arrival[i] is None else arrival[i], class_width(r, kind, variant, long) / 2
        close = max(math.ceil(far), int(min(last, middle + half)))
        windows.append((min(close, int(max(0, middle - half))), close))
    head = [("NAME", path.stem), ("TYPE", "CVRPTW"), ("DIMENSION", n + 1), ("VEHICLES", n // 4), ("CAPACITY", capacity),
            ("SERVICE_TIME", service), ("EDGE_WEIGHT_TYPE", "EUC_2D")]
    vrplib(path, head, depot, spots, loads, windows)


def roads(path, n, seed):
    """Jobs on road times as a navigation service gives them: asymmetric, a river with three bridges, fast and slow roads."""
    r, side = random.Random(f"roads/{n}/{seed}"), 30000
    towns = [(r.uniform(0, side), r.uniform(0, side)) for _ in range(12)]
    spots = [(side * r.uniform(.2, .8), side * r.uniform(.2, .8))]
    for _ in range(n):
        town = r.choice(towns)
        spots.append((r.uniform(0, side), r.uniform(0, side)) if r.random() < .3 else (r.gauss(town[0], 2500), r.gauss(town[1], 2500)))
    river, bridges = side * .55, [side * .2, side * .5, side * .85]
    leave, enter = [r.uniform(0, 90) for _ in spots], [r.uniform(0, 90) for _ in spots]

    def seconds(i, k):
        a, b = spots[i], spots[k]
        crosses = (a[0] < river) != (b[0] < river)
        metres = 1.3 * (min(math.dist(a, (river, y)) + math.dist((river, y), b) for y in bridges) if crosses else math.dist(a, b))
        return int(30 + leave[i] + enter[k] + min(metres, 4000) / 8 + max(0, metres - 4000) / 16)
    matrix = [[0 if i == k else seconds(i, k) for k in range(n + 1)] for i in range(n + 1)]
    day, loads = 12 * 3600, [r.randint(5, 40) for _ in range(n)]
    services, windows = [r.choice([60, 120, 180, 300, 360]) for _ in range(n)], [(0, day)]
    for i in range(1, n + 1):
        far, last = matrix[0][i], day - matrix[i][0] - services[i - 1] - 1
        if r.random() < .35:
            windows.append((0, last))
            continue
        width = 3600 * r.choice([1, 2, 2, 3, 4])
        opens = r.uniform(far, max(far + 1, last - width))
        close = min(max(1800 * round((opens + width) / 1800), far), last)
        windows.append((min(1800 * round(opens / 1800), close), close))
    head = [("NAME", path.stem), ("TYPE", "CVRPTW"), ("DIMENSION", n + 1), ("VEHICLES", n // 3), ("CAPACITY", 500),
            ("EDGE_WEIGHT_TYPE", "EXPLICIT"), ("EDGE_WEIGHT_FORMAT", "FULL_MATRIX")]
    vrplib(path, head, None, None, loads, windows, services, matrix)


def day(path, jobs, engineers, seed):
    """A field-service day: towns, skills, parts, appointments, lunch breaks, SLA prices."""
    r = random.Random(f"{jobs}/{engineers}/{seed}")
    towns = max(3, engineers // 8)
    side = 12000 * math.sqrt(towns)
    centre = [(r.uniform(.1, .9) * side, r.uniform(.1, .9) * side) for _ in range(towns)]
    skills = ["install", "swap", "network", "printer", "pinpad", "unattended"]

    def spot():
        k = r.randrange(towns) if r.random() < .85 else -1
        if k < 0:
            return round(r.uniform(0, side)), round(r.uniform(0, side)), k
        s = r.choice([700, 1500, 3000])
        return round(min(side, max(0, r.gauss(centre[k][0], s)))), round(min(side, max(0, r.gauss(centre[k][1], s)))), k
    crew, work = [], []
    for e in range(engineers):
        x, y, k = spot()
        begin = r.choice([7, 8, 8, 8, 9])
        crew.append({"id": e, "start": {"x": x, "y": y}, "end": "open" if r.random() < .1 else "same", "shift": [begin * 3600, (begin + r.choice([8, 9, 9, 10])) * 3600],
                     "max_overtime": 3600, "overtime_cents_per_h": 4500, "cost_cents_per_km": 45, "cost_cents_per_h": 2800, "fixed_cents": 2000,
                     "break": {"duration": 1800, "window": [41400, 50400]}, "skills": [s for s, q in zip(skills, (.95, .95, .6, .5, .4, .25)) if r.random() < q],
                     "speed_factor": round(r.uniform(.9, 1.15), 3), "parts": {p: r.choice([1, 2, 2, 4, 8]) for p in ("terminal", "pinpad", "sim", "roll")}, "territory": k, "max_jobs": 14})
    for j in range(jobs):
        x, y, k = spot()
        kind, minutes, part = r.choice([(["swap"], 25, "terminal"), (["swap"], 25, "terminal"), (["install"], 50, "terminal"), (["network"], 40, "sim"),
                                        (["printer"], 30, "roll"), (["pinpad", "swap"], 35, "pinpad"), (["unattended", "network"], 70, None), ([], 15, None)])
        urgency = r.choices([0, 1, 2, 3], [6, 22, 52, 20])[0]
        opens, closes = r.choice([8, 9, 9, 10]) * 3600, r.choice([17, 18, 20, 22]) * 3600
        at = r.randrange(8, 17) * 3600
        windows = r.choices([[[at, at + 7200]], [[opens, 46800]], [[opens, 41400], [50400, closes]], [[opens, closes]]], [25, 20, 12, 43])[0]
        work.append({"id": j, "x": x, "y": y, "service": max(300, round(r.lognormvariate(math.log(minutes * 60), .35) / 60) * 60), "windows": windows, "skills": kind,
                     "parts": {part: 1} if part and r.random() < .6 else {}, "sla_due": round(3600 * r.uniform(*((9, 13), (11, 18), (15, 42), (30, 90))[urgency])),
                     "late_cents_per_min": (150, 40, 10, 2)[urgency], "unserved_cents": (60000, 20000, 7000, 2500)[urgency], "territory": k})
    path.write_text(json.dumps({"engineers": crew, "jobs": work, "territory_cents": 250,
                                "stability": {"reassign_cents": 300, "retime_cents_per_15min_after_confirmation": 100, "frozen_minutes": 45}}))
