#!/usr/bin/env bash
# Runs scripts/deploy/bench.sbatch for real: a Slurm of several nodes on this machine, an echo server,
# one run of framecat bench in as many parts as nodes, joined by bench merge, and checked.
#
#   scripts/slurm-test.sh [NODES]      after `npm run build`
#
# Needs root and Debian's slurm-wlm (scripts/install-peers.sh); says so and ends well where it is
# absent. Everything is on loopback, in a folder of its own, and ends with the script.
set -euo pipefail

nodes=${1:-3}
root=$(cd "$(dirname "$0")/.." && pwd)
for program in slurmctld slurmd munged sbatch; do
  if ! command -v "$program" >/dev/null; then
    echo "skipped: $program is not installed (apt-get install slurm-wlm munge)"
    exit 0
  fi
done
if [ "$(id -u)" -ne 0 ]; then
  echo "skipped: slurmd needs root"
  exit 0
fi

work=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT

free_ports() {
  node -e '
    const { createServer } = require("node:net");
    const servers = Array.from({ length: Number(process.argv[1]) }, () => createServer().listen(0, "127.0.0.1"));
    setTimeout(() => {
      console.log(servers.map((server) => server.address().port).join(" "));
      for (const server of servers) server.close();
    }, 100);
  ' "$1"
}

read -r -a ports <<<"$(free_ports $((nodes + 1)))"
host=$(hostname -s)
mkdir -p "$work"/{state,run,log,munge}
chmod 755 "$work"

# Messages between the daemons are signed by munge, with a key of this run alone.
dd if=/dev/urandom of="$work/munge/key" bs=1024 count=1 status=none
chmod 700 "$work/munge"
chmod 400 "$work/munge/key"
munged --foreground --force --key-file="$work/munge/key" --socket="$work/munge.socket" \
  --pid-file="$work/run/munge.pid" --log-file="$work/log/munge" --seed-file="$work/munge/seed" \
  >"$work/log/munged.out" 2>&1 &
pids+=($!)

cat >"$work/slurm.conf" <<CONF
ClusterName=framecat
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=${ports[0]}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket
CredType=cred/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/state/%n
SlurmctldPidFile=$work/run/slurmctld.pid
SlurmdPidFile=$work/run/%n.pid
SlurmctldLogFile=$work/log/slurmctld
SlurmdLogFile=$work/log/%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
MpiDefault=none
ReturnToService=2
CommunicationParameters=NoCtldInAddrAny
CONF
for ((i = 1; i <= nodes; i++)); do
  echo "NodeName=node$i NodeHostname=$host NodeAddr=127.0.0.1 Port=${ports[$i]} CPUs=1" >>"$work/slurm.conf"
done
echo "PartitionName=main Nodes=node[1-$nodes] Default=YES State=UP OverSubscribe=FORCE" >>"$work/slurm.conf"
export SLURM_CONF=$work/slurm.conf

for ((i = 0; i < 50; i++)); do
  [ -S "$work/munge.socket" ] && break
  sleep 0.1
done
slurmctld -D >"$work/log/ctld.out" 2>&1 &
pids+=($!)
for ((i = 1; i <= nodes; i++)); do
  mkdir -p "$work/state/node$i"
  slurmd -D -N "node$i" >"$work/log/node$i.out" 2>&1 &
  pids+=($!)
done
for ((i = 0; i < 100; i++)); do
  idle=$(sinfo --noheader --format=%t%D 2>/dev/null | sed -n 's/^idle//p')
  [ "${idle:-0}" = "$nodes" ] && break
  sleep 0.2
done
if [ "${idle:-0}" != "$nodes" ]; then
  sinfo || true
  tail -n 5 "$work"/log/*
  echo "the nodes did not come up"
  exit 1
fi
sinfo

node "$root/bin/framecat.js" listen 0 --quiet --json >"$work/listen.json" 2>/dev/null &
pids+=($!)
for ((i = 0; i < 50; i++)); do
  [ -s "$work/listen.json" ] && break
  sleep 0.1
done
url=$(node -p 'JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8").split("\n")[0]).url' "$work/listen.json")

cd "$work"
FRAMECAT="node $root/bin/framecat.js" RESULTS=$work/results LEAD_SECONDS=8 \
  sbatch --wait --nodes="$nodes" --output="$work/job.log" \
  "$root/scripts/deploy/bench.sbatch" "$url" -c 30 -r 300/s -d 2s || true
cat "$work/job.log"

node - "$work/results/merged.json" "$nodes" <<'CHECK'
const { readFileSync, readdirSync } = require("node:fs");
const { dirname } = require("node:path");
const [file, nodes] = process.argv.slice(2);
const merged = JSON.parse(readFileSync(file, "utf8"));
const folder = dirname(file);
const parts = readdirSync(folder)
  .filter((name) => name.startsWith("shard-"))
  .map((name) => JSON.parse(readFileSync(`${folder}/${name}`, "utf8")));
const sum = (of) => parts.reduce((all, part) => all + of(part), 0);
const checks = {
  "a result of each node": parts.length === Number(nodes),
  "all sockets": merged.sockets.opened === 30,
  "messages of the parts": merged.messages.answered === sum((part) => part.messages.answered),
  "latencies of the parts": merged.histograms.latency.count === merged.messages.answered,
  "the rate asked for": Math.abs(merged.messages.planned - 600) <= 6,
  "nothing lost": merged.messages.lost + merged.messages.inFlight + merged.messages.unsent === 0,
  "sums that agree": merged.discrepancies.length === 0,
  "begun together": Math.max(...parts.map(begun)) - Math.min(...parts.map(begun)) < 100,
};
function begun(part) {
  return Date.parse(part.startedAt) - part.intervals[0].startMs;
}
for (const [name, holds] of Object.entries(checks)) console.log(holds ? "holds " : "FAILS ", name);
process.exit(Object.values(checks).every(Boolean) ? 0 : 1);
CHECK
