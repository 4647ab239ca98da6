#!/usr/bin/env bash
# Installs by apt the programs that some tests and scripts look for, so that none of them is
# skipped. Needs Debian or Ubuntu, and root or sudo.
set -euo pipefail

peers=(
  python3-websockets # a server and client that nobody here wrote
  tmux               # the interactive prompt is tested in a terminal
  zsh fish           # shells that complete commands and flags
  tshark             # a second judge of captures
  nginx              # a reverse proxy
  mosquitto          # a broker that speaks MQTT over WebSocket
  tinyproxy squid    # HTTP proxies
  microsocks dante-server # SOCKS proxies
  chromium           # a browser as a client
  slurm-wlm munge    # a scheduler of parts of a run, for scripts/slurm-test.sh
  tsung              # a load generator that bench is compared with
)

run() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }
run apt-get update -qq
run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${peers[@]}"
