"""One public engine on one file, for scripts/bench-planner: bench_peers.py pyvrp|vroom|ortools FILE CPU_SECONDS [SEED]

Prints {"cost": ..., "unserved": ...} or {"cost": null}. PyVRP and OR-Tools are stopped by the CPU seconds of this process. VROOM knows only
wall time, and its levels end by themselves: it is asked again with more until it has had its CPU seconds or is done before they are over,
and the best of what it finds counts. Beyond 250 jobs that is its first level, which does better there in such a time than the deeper ones.
Costs are counted here from the routes, not believed: matrix values, plus the price of every job left out."""
import json, sys, time
from datetime import timedelta

import numpy as np
from pyvrp import Client, Depot, Location, ProblemData, VehicleType, read, solve


class Cpu:
    def __init__(self, seconds):
        self.end = time.process_time() + seconds

    def __call__(self, _best=None):
        return time.process_time() >= self.end


def lite(path):
    """POS-lite: one profile; jobs and skills are load dimensions, so a missing skill is a capacity of nothing."""
    day = json.load(open(path))
    crew, jobs = day["engineers"], day["jobs"]
    at, points = {}, []

    def place(x, y):
        if (x, y) not in at:
            at[x, y] = len(points)
            points.append((x, y))
        return at[x, y]
    skills = sorted({s for x in crew + jobs for s in x["skills"]})
    depots = [Depot(location=place(e["start"]["x"], e["start"]["y"])) for e in crew]
    clients = [Client(location=place(j["x"], j["y"]), delivery=[1] + [int(s in j["skills"]) for s in skills], service_duration=j["service"],
                      tw_early=min(w[0] for w in j["windows"]), tw_late=max(w[1] for w in j["windows"]), prize=j["unserved_cents"], required=False) for j in jobs]
    fleet = [VehicleType(1, [e["max_jobs"]] + [9999 * (s in e["skills"]) for s in skills], i, i, tw_early=e["shift"][0], tw_late=e["shift"][1]) for i, e in enumerate(crew)]
    xy = np.array(points, float)
    metres = 1.3 * np.sqrt(((xy[:, None] - xy[None]) ** 2).sum(-1))
    m = np.ceil(180 + np.minimum(metres, 5000) / 6.5 + np.maximum(metres - 5000, 0) / 12 - 1e-9).astype(np.int64)
    np.fill_diagonal(m, 0)
    return ProblemData([Location(x, y) for x, y in points], clients, depots, fleet, [m], [m])


def vehicles(data):
    """(type, start, end) of every single vehicle."""
    depots = data.depots()
    return [(t, depots[t.start_depot].location, depots[t.end_depot].location) for t in data.vehicle_types() for _ in range(t.num_available)]


def score(data, routes):
    """routes: (vehicle, [client, ...]); what they drive and what they leave."""
    m, clients, fleet = data.distance_matrix(0), data.clients(), vehicles(data)
    cost, left = 0, set(range(len(clients)))
    for v, jobs in routes:
        stops = [fleet[v][1]] + [clients[j].location for j in jobs] + [fleet[v][2]]
        cost += sum(int(m[a, b]) for a, b in zip(stops, stops[1:])) if jobs else 0
        left -= set(jobs)
    if any(clients[j].required for j in left):
        return {"cost": None}
    return {"cost": cost + sum(clients[j].prize for j in left), "unserved": len(left)}


def pyvrp(data, seconds, seed):
    r = solve(data, stop=Cpu(seconds), seed=seed, display=False)
    if not r.is_feasible():
        return {"cost": None}
    return {"cost": int(r.cost()), "unserved": len(data.clients()) - r.best.num_clients()}


def vroom(data, seconds, _seed):
    import vroom as v
    m, clients = data.distance_matrix(0).astype(np.uint32), data.clients()
    day, dims = v.Input(), len(clients[0].delivery)
    day.set_durations_matrix("car", m)
    day.set_costs_matrix("car", m)
    skills = lambda amounts: {i for i in range(1, dims) if amounts[i]}
    for i, (t, start, end) in enumerate(vehicles(data)):
        more = {"max_tasks": int(t.capacity[0]), "skills": skills(t.capacity)} if dims > 1 else {"capacity": [int(t.capacity[0])]}
        day.add_vehicle(v.Vehicle(i, start=start, end=end, time_window=(int(t.tw_early), int(min(t.tw_late, 10**8))), **more))
    for j, c in enumerate(clients):
        more = {"skills": skills(c.delivery)} if dims > 1 else {"delivery": [int(c.delivery[0])]}
        day.add_job(v.Job(j, location=c.location, default_service=int(c.service_duration), time_windows=[(int(c.tw_early), int(c.tw_late))], **more))
    found, patience = {"cost": None}, seconds
    for _ in range(5):
        begin, wall = time.process_time(), time.monotonic()
        done = day.solve(exploration_level=5 if len(clients) <= 250 else 1, nb_threads=1, timeout=timedelta(seconds=patience)).routes
        used, over = time.process_time() - begin, time.monotonic() - wall < .8 * patience  # it stops a little before its time
        done = done[done["type"] == "job"]
        again = score(data, [(int(i), [int(j) for j in jobs["id"]]) for i, jobs in done.groupby("vehicle_id", sort=False)])
        found = min((x for x in (found, again) if x["cost"] is not None), key=lambda x: x["cost"], default=found)
        if over or used >= .95 * seconds:
            break
        patience *= max(1.05, seconds / max(used, 0.1))
    return found


def ortools(data, seconds, _seed):
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2 as e
    m, clients, fleet = data.distance_matrix(0), data.clients(), vehicles(data)
    # Every client has a node of its own; then the start and the end of every vehicle.
    n = len(clients)
    place = [c.location for c in clients] + [x for f in fleet for x in f[1:]]
    starts, ends = [n + 2 * i for i in range(len(fleet))], [n + 2 * i + 1 for i in range(len(fleet))]
    manager = pywrapcp.RoutingIndexManager(len(place), len(fleet), starts, ends)
    model = pywrapcp.RoutingModel(manager)
    d = m[np.ix_(place, place)].tolist()
    service = [int(c.service_duration) for c in clients] + [0] * (2 * len(fleet))
    node = manager.IndexToNode
    drive = model.RegisterTransitCallback(lambda a, b: d[node(a)][node(b)])
    spend = model.RegisterTransitCallback(lambda a, b: d[node(a)][node(b)] + service[node(a)])
    model.SetArcCostEvaluatorOfAllVehicles(drive)
    horizon = int(max(min(f[0].tw_late, 10**8) for f in fleet))
    model.AddDimension(spend, horizon, horizon, False, "time")
    time_of = model.GetDimensionOrDie("time").CumulVar
    for j, c in enumerate(clients):
        i = manager.NodeToIndex(j)
        time_of(i).SetRange(int(c.tw_early), int(c.tw_late))
        model.AddDisjunction([i], int(c.prize) if not c.required else 10**9)
    for i, (t, _, _) in enumerate(fleet):
        for x in (model.Start(i), model.End(i)):
            time_of(x).SetRange(int(t.tw_early), int(min(t.tw_late, horizon)))
    for k in range(len(clients[0].delivery)):
        loads = [int(c.delivery[k]) for c in clients] + [0] * (2 * len(fleet))
        take = model.RegisterUnaryTransitCallback(lambda a, loads=loads: loads[node(a)])
        model.AddDimensionWithVehicleCapacity(take, 0, [int(f[0].capacity[k]) for f in fleet], True, f"load{k}")
    how = pywrapcp.DefaultRoutingSearchParameters()
    how.first_solution_strategy = e.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    how.local_search_metaheuristic = e.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    stop = Cpu(seconds)
    model.AddSearchMonitor(model.solver().CustomLimit(stop))
    # The first plan is not bound by the monitor; nobody waits longer than this for it.
    how.time_limit.seconds = max(60, int(20 * seconds))
    found = model.SolveWithParameters(how)
    if not found:
        return {"cost": None}
    routes = []
    for i in range(len(fleet)):
        at, jobs = found.Value(model.NextVar(model.Start(i))), []
        while not model.IsEnd(at):
            jobs.append(node(at))
            at = found.Value(model.NextVar(at))
        routes.append((i, jobs))
    return score(data, routes)


if __name__ == "__main__":
    engine, path, seconds, seed = [*sys.argv[1:], "1"][:4]
    data = lite(path) if path.endswith(".json") else read(path, round_func="none" if "roads" in path else "dimacs")
    print(json.dumps({"pyvrp": pyvrp, "vroom": vroom, "ortools": ortools}[engine](data, float(seconds), int(seed))))
