"""One plan whatever the process, the order of the lists or the hint; and what planning adds to a process."""

import subprocess
import sys

PROCESSES = 5
DIGEST = """
import hashlib, json, random, sys
from benchmarks.instances import Size, instance
from tumorboard.scheduling.engine import Problem, plan
data = instance(Size(4, 100, 8, parallel=True), 2).to_json()
for key in ("boards", "meetings", "reps", "presenters", "cases"):
    random.Random(int(sys.argv[1])).shuffle(data[key])
problem = Problem.from_json(data)
answers = [plan(problem), plan(problem, previous=plan(problem)), plan(problem, engine="stdlib")]
for answer in answers:
    print(hashlib.sha256(json.dumps(answer.to_json(), sort_keys=True).encode()).hexdigest())
"""
FOOTPRINT = """
import sys
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4 / 1024
import tumorboard.accounts.views, tumorboard.agendas.views, tumorboard.feeds.views  # what a web process holds anyway
before = resident()
import tumorboard.scheduling.engine as engine
imported = resident()
early = sorted({"ortools", "numpy", "pandas"} & set(sys.modules))
from benchmarks.instances import Size, instance
problem = instance(Size(12, 400, 12), 1)
engine.plan(problem, engine="stdlib")
plain = resident()
engine.plan(problem)
print(f"{imported - before:.1f} {resident() - plain:.1f} {','.join(early) or 'none'}")
"""


def main() -> None:
    """Print how many different plans came out, and the memory."""
    prints = [_output(DIGEST, str(seed), seed=str(seed)).split() for seed in range(PROCESSES)]
    solver = {each for answer in prints for each in answer[:2]}
    library = {answer[2] for answer in prints}
    print(f"\nover {PROCESSES} processes with other hash seeds and shuffled lists, with and without a hint:")
    print(f"{'plans of the solver':38}{len(solver):>11}   {min(solver)[:16]}")
    print(f"{'plans of the standard library':38}{len(library):>11}   {min(library)[:16]}")
    imported, used, early = _output(FOOTPRINT, seed="0").split()
    print(f"{'MiB the engine adds to a web process':38}{imported:>11}   of ortools, numpy, pandas it imports {early}")
    print(f"{'MiB that using the solver adds':38}{used:>11}", flush=True)


def _output(program: str, *args: str, seed: str) -> str:
    env = {"PYTHONHASHSEED": seed, "PYTHONPATH": "."}
    done = subprocess.run([sys.executable, "-c", program, *args], check=True, capture_output=True, text=True, env=env)
    return done.stdout
