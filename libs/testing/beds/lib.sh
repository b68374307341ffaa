# Shared by the test beds (sourced, not run). The caller sets BED, the name of its folder.
set -euo pipefail
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
umask 022
cd /
STATE=$(realpath -m "${TESTBED_STATE:-${TMPDIR:-/tmp}/kiln-testbed}")/$BED
TEST_USER=kiln-test

die() { echo "testbed/$BED: $*" >&2; exit 1; }
need_root() { [ "$(id -u)" = 0 ] || die "must be root"; }

# packages NAME..: installs what is missing; no service may start by itself
packages() {
  local apt="apt-get -o DPkg::Lock::Timeout=900 -qq -y --no-install-recommends --no-remove"
  need_root
  [ "$(dpkg-query -W -f '${db:Status-Status}\n' "$@" 2>/dev/null | grep -cx installed)" = $# ] && return
  echo "Installing $*…" >&2
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d; trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  export DEBIAN_FRONTEND=noninteractive
  $apt install "$@" >/dev/null || { apt-get -o DPkg::Lock::Timeout=900 -qq update; $apt install "$@" >/dev/null; }
}

# open_state: makes the state folder and lets one `up` or `down` of this bed run at a time (lock on descriptor 9: close it for daemons)
open_state() {
  need_root
  mkdir -p "$STATE"; chmod 755 "$(dirname "$STATE")" "$STATE"
  exec 9>"$STATE.lock"; flock -w 120 9 || die "another up or down of this bed does not end"
}

# ensure_user: the unprivileged test user; the random password lies in its home folder, so that all beds share it
ensure_user() {
  exec 8>/run/kiln-testbed-user.lock; flock -w 120 8 || die "another bed does not finish making the user $TEST_USER"
  id $TEST_USER >/dev/null 2>&1 || useradd --create-home --shell /bin/bash $TEST_USER
  TEST_HOME=$(getent passwd $TEST_USER | cut -d: -f6)
  if [ ! -s "$TEST_HOME/.testbed-password" ]; then
    openssl rand -hex 12 | install -m 600 -o $TEST_USER /dev/stdin "$TEST_HOME/.testbed-password"
    echo "$TEST_USER:$(cat "$TEST_HOME/.testbed-password")" | chpasswd
  fi
  TEST_PASSWORD=$(cat "$TEST_HOME/.testbed-password")
  exec 8>&-
  runuser -u $TEST_USER -- test -x "$STATE" || die "$TEST_USER cannot enter $STATE: set TESTBED_STATE to a folder that all users may enter"
}

# daemon COMMAND..: runs it with a mark in its environment that marked() finds, whoever its parent is by then
daemon() { KILN_TESTBED_DAEMON=$STATE "$@" 9>&-; }
marked() { local f; for f in $(grep -lsz -Fx "KILN_TESTBED_DAEMON=$STATE" /proc/[0-9]*/environ); do f=${f#/proc/}; echo "${f%/environ}"; done; }

alive() { [ -n "${1:-}" ] && [ -d "/proc/$1" ] && ! grep -q '^State:.[ZX]' "/proc/$1/status" 2>/dev/null; }
# ours PIDFILE WORD: prints the pid if that process lives and has WORD in its command line (pids are reused after a crash)
ours() { local p; p=$(cat "$1" 2>/dev/null) && alive "$p" && tr '\0' ' ' <"/proc/$p/cmdline" | grep -qF -- "$2" && echo "$p"; }
descendants() { local c; for c in $(cat /proc/"$1"/task/*/children 2>/dev/null); do echo "$c"; descendants "$c"; done; }

# until_true SECONDS COMMAND..: polls every 20 ms
until_true() {
  local end=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000)); shift
  until "$@" >/dev/null 2>&1; do [ "${EPOCHREALTIME/[.,]/}" -lt $end ] || return 1; sleep 0.02; done
}
gone() { local p; for p; do alive "$p" && return 1; done; :; }
# end_pids SECONDS PID..: TERM, and KILL after SECONDS
end_pids() {
  local seconds=$1 p; shift; [ $# -gt 0 ] || return 0
  kill "$@" 2>/dev/null || :
  until_true "$seconds" gone "$@" || { kill -9 "$@" 2>/dev/null || :; until_true 5 gone "$@" || :; }
}
ssh_banner() { timeout 2 bash -c "exec 3<>/dev/tcp/$1/$2 && read -rt 2 -u 3 l && [[ \$l = SSH-* ]]" 2>/dev/null; }
# clear_bed: ends all daemons of this bed with their descendants (jobs) and empties its state folder
clear_bed() {
  local pids p jobs
  pids=$(marked); jobs=$(for p in $pids; do descendants "$p"; done)
  end_pids 1 $pids
  end_pids 0 $(marked) $jobs
  rm -rf "$STATE"
}
