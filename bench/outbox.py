#!/usr/bin/env python3
"""outbox.py BUILD [MESSAGES [winback|pg-boss|graphile-worker …]]: letters a second from the outbox to a provider that
answers at once, in turns with two job queues on PostgreSQL (a cluster of its own, fsync on), and the ratios of the
medians. Exits 1 below 14,000 a second where the build is a release. With few messages it only looks whether it runs."""
import contextlib
import json
import os
import pathlib
import pwd
import shutil
import statistics
import subprocess
import sys
import tempfile

build = pathlib.Path(sys.argv[1]).resolve()
messages = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
source = pathlib.Path(__file__).resolve().parent / "outbox"
npm = build.parent / "npm-outbox"
LEAST, ROUNDS = 14_000, 3 if messages >= 10_000 else 1
PEERS = ("pg-boss", "graphile-worker")


def install():
    if (npm / "node_modules/pg-boss").exists() and (npm / "package-lock.json").read_text() == (source / "package-lock.json").read_text():
        return
    npm.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(source / name, npm / name)
    subprocess.run(["npm", "ci", "--ignore-scripts"], cwd=npm, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def postgres_programs():
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    return found[-1].parent if found else None


@contextlib.contextmanager
def postgres(folder):
    """A cluster in the folder that only this program reaches, by its socket; ended and gone with the block."""
    programs, account = postgres_programs(), None
    if os.getuid() == 0:  # PostgreSQL does not run as root
        account = "postgres" if "postgres" in {p.pw_name for p in pwd.getpwall()} else "nobody"
        os.chmod(folder.parent, 0o711)
        shutil.chown(folder, account)
    run = lambda *arguments: subprocess.run([str(a) for a in arguments], check=True, stdout=subprocess.DEVNULL,
                                            stderr=subprocess.DEVNULL, user=account, cwd=folder)
    data = folder / "data"
    run(programs / "initdb", "-D", data, "-A", "trust", "-U", "bench", "-E", "UTF8", "--locale=C")
    with open(data / "postgresql.conf", "a") as settings:  # what a machine for it would be given
        settings.write(f"listen_addresses = ''\nunix_socket_directories = '{folder}'\nfsync = on\nsynchronous_commit = on\n"
                       "shared_buffers = 512MB\nmax_wal_size = 4GB\ncheckpoint_timeout = 30min\n")
    run(programs / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "start")
    try:
        yield folder
    finally:
        run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def ours(folder, *options):
    with tempfile.TemporaryDirectory(dir=folder) as place:
        return json.loads(subprocess.run([str(build / "bench/send_outbox"), place, str(messages), *options], check=True,
                                         stdout=subprocess.PIPE).stdout)


def theirs(queue, cluster):
    name = queue.replace("-", "_")
    as_user = ["psql", "-q", "-h", str(cluster), "-U", "bench", "-d", "postgres", "-c"]
    subprocess.run(as_user + [f"DROP DATABASE IF EXISTS {name}"], check=True, stderr=subprocess.DEVNULL)
    subprocess.run(as_user + [f"CREATE DATABASE {name}"], check=True)
    arguments = [f"postgres:///{name}?host={cluster}&user=bench", str(messages), str(build / "gen/letters/five-letters/memory.en.html"),
                 str(source.parents[1] / "templates/partials")]
    return json.loads(subprocess.run(["node", str(source / "peers.cjs"), queue, *arguments], check=True, stdout=subprocess.PIPE,
                                     env=dict(os.environ, NODE_PATH=str(npm / "node_modules"))).stdout.splitlines()[-1])


def peers_here():
    """The peers that can run, or why not, aloud."""
    if postgres_programs() is None:
        print("skipped: pg-boss and graphile-worker, which need Debian's postgresql")
        return []
    try:
        install()
    except (OSError, subprocess.CalledProcessError):
        print("skipped: pg-boss and graphile-worker, which npm could not install")
        return []
    node = int(subprocess.run(["node", "--version"], check=True, stdout=subprocess.PIPE).stdout.decode()[1:].split(".")[0])
    if node < 20:
        print("skipped: pg-boss, which needs Node 20")
    return [peer for peer in PEERS if node >= 20 or peer != "pg-boss"]


wanted = sys.argv[3:] or ["winback", *PEERS]
peers = [peer for peer in (peers_here() if set(wanted) & set(PEERS) else []) if peer in wanted]
rates = {name: [] for name in (["winback", "winback, bytes kept"] if "winback" in wanted else []) + peers}
sizes = {}
with tempfile.TemporaryDirectory(prefix="winback-outbox-") as name, contextlib.ExitStack() as stack:
    folder = pathlib.Path(name)
    (folder / "cluster").mkdir()
    cluster = stack.enter_context(postgres(folder / "cluster")) if peers else None
    for _ in range(ROUNDS):
        for who in rates:
            ran = theirs(who, cluster) if who in PEERS else ours(folder, *(["remembers"] if "kept" in who else []))
            rates[who].append(ran["per_second"])
            sizes[who] = ran["bytes"]
median = {who: statistics.median(found) for who, found in rates.items()}
print(f"{messages:,} letters, at most 64 in flight, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, medians of {ROUNDS}")
for who, found in rates.items():
    ratio = f"  winback {median['winback'] / median[who]:.1f}x" if who in PEERS and "winback" in median else ""
    print(f"{who:<20} {median[who]:>9,.0f} letters/s of {sizes[who]:,} bytes  (least {min(found):,.0f}, most {max(found):,.0f}){ratio}")
release = "CMAKE_BUILD_TYPE:STRING=Release" in (build / "CMakeCache.txt").read_text()
if release and ROUNDS > 1 and "winback" in median:
    print(f"at least {LEAST:,}: {'yes' if median['winback'] >= LEAST else 'NO'}")
    sys.exit(0 if median["winback"] >= LEAST else 1)
