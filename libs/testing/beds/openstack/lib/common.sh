# Sourced by install, up, down and build.sh: names, paths and small functions.
LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
BED=$(dirname "$LIB")
NS=kiln-os                                   # network namespace; every process of the test bed runs in it
DEV=kiln-os0                                 # our end of the veth pair
HOST_IP=10.201.0.1 API=10.201.0.2            # this side, the API's side
VM_NET=10.77.0.0/24 VM_GW=10.77.0.1          # the network "private" (reachable with --real only)
FLOATING_NET=203.0.113.0/24                  # the network "public"; addresses of it lead to servers (for SSH, with --real only)
FAKE_HOST=fakehost1 REAL_HOST=kvm1           # compute host names, mapped to the cell in the template
CACHE=/var/cache/kiln-openstack              # made once per machine: the template, and the real guest's kernel and initramfs
TEMPLATE=$CACHE/template.tar.gz
GUEST=$CACHE
STATE=$(realpath -m "${TESTBED_STATE:-${TMPDIR:-/tmp}/kiln-testbed}")/openstack; export KILN_OPENSTACK_STATE=$STATE
 CONF=$STATE/conf; LOGS=$STATE/log
export PATH=/usr/sbin:/usr/bin:/sbin:/bin    # Debian's python, whatever else is installed
export LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$LIB/py
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY PYTHONHOME ${!OS_@}

BASE_PACKAGES="keystone nova-api nova-conductor nova-scheduler placement-api glance-api neutron-server mariadb-server
  python3-waitress python3-fixtures python3-requests iproute2 curl jq openssh-client"
REAL_PACKAGES="libvirt-daemon-system libvirt-clients libvirt-daemon-driver-qemu qemu-system-x86 ipxe-qemu qemu-utils python3-libvirt genisoimage cpio"

die() { echo "testbed/openstack: $*" >&2; exit 1; }
case $STATE in *[[:space:]]*) die "TESTBED_STATE must not contain white space" ;; esac
installed() { local n; n=$(dpkg-query -W -f '${Status}\n' "$@" 2>/dev/null | grep -c '^install ok installed'); [ "$n" = $# ]; }
in_ns() { nsenter --net=/run/netns/$NS "$@"; }
# start a program of the test bed in the background; output in log/NAME.out
bg() { local n=$1; shift; (cd "$STATE" && exec setsid nsenter --net=/run/netns/$NS "$@" >>"$LOGS/$n.out" 2>&1 </dev/null 9>&-) & disown; }
sql() { in_ns mariadb --no-defaults -h 127.0.0.1 -u root -N "$@"; }
# wait until a port of the namespace answers
port() { local i; for ((i = 0; i < 600; i++)); do in_ns bash -c "exec 3<>/dev/tcp/$API/$1" 2>/dev/null && return; sleep .1; done
  die "port $1 does not answer; see $LOGS"; }
lock() { exec 9>/run/lock/kiln-openstack.lock; flock -w 300 9 || die "another up or down is running"; }

# network namespace, and the veth pair that joins it to ours
make_ns() {
  ip netns add $NS
  in_ns ip link set lo up
  ip link add $DEV type veth peer name api0 netns $NS
  ip addr add $HOST_IP/24 dev $DEV; ip link set $DEV up
  in_ns ip addr add $API/24 dev api0; in_ns ip link set api0 up
  in_ns ip route add default via $HOST_IP
  in_ns sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward' 2>/dev/null || true
}

# end every process in the namespace, then remove the namespace and the state (of whichever checkout started it)
tear_down() {
  local p i s dirs=$STATE
  if [ -e /run/netns/$NS ]; then
    for ((i = 0; i < 100; i++)); do
      p=$(ip netns pids $NS 2>/dev/null); [ -n "$p" ] || break
      for s in $p; do dirs+=$'\n'$({ tr '\0' '\n' <"/proc/$s/environ"; } 2>/dev/null | sed -n 's/^KILN_OPENSTACK_STATE=//p'); done
      kill -KILL $p 2>/dev/null; sleep .1
    done
    ip netns del $NS 2>/dev/null || rm -f /run/netns/$NS
  fi
  ip link del $DEV 2>/dev/null
  while read -r s; do [ -n "$s" ] && [ -f "$s/.kiln-openstack" ] && rm -rf "$s"; done < <(sort -u <<<"$dirs")
  return 0
}

make_state() {
  [ ! -e "$STATE" ] || [ -f "$STATE/.kiln-openstack" ] || [ -z "$(ls -A "$STATE")" ] || die "$STATE exists and is not ours"
  mkdir -p "$STATE"/{conf,log,mysql,nova/instances,neutron,lock,glance/{images,staging,tasks}}; touch "$STATE/.kiln-openstack"
  export HOME=$STATE
}

start_db() {
  bg mariadb mariadbd --no-defaults --user=root --datadir="$STATE/mysql" --socket=mysql.sock --pid-file=mysql.pid --bind-address=127.0.0.1 \
    --skip-name-resolve --performance-schema=OFF --max-connections=400 --innodb-buffer-pool-size=64M --innodb-log-file-size=16M \
    --innodb-flush-log-at-trx-commit=0 --innodb-flush-method=nosync --sync-binlog=0 --aria-log-file-size=8M
  local i; for ((i = 0; i < 300; i++)); do sql -e 'select 1' >/dev/null 2>&1 && return; sleep .1; done; die "no database; see $LOGS/mariadb.out"
}
start_keystone() { bg keystone env OS_KEYSTONE_CONFIG_FILES="$CONF/keystone.conf" /usr/bin/python3 "$LIB/serve.py" keystone 0.0.0.0 5000; }
start_others() {
  bg placement env OS_PLACEMENT_CONFIG_DIR="$CONF/placement" /usr/bin/python3 "$LIB/serve.py" placement 0.0.0.0 8778
  bg glance /usr/bin/glance-api --config-file "$CONF/glance.conf"
  bg neutron /usr/bin/neutron-server --config-file "$CONF/neutron.conf" --config-file "$CONF/ml2.ini"
}
# Nova in one process; $NOVA_SERVICES says which services, default all
start_nova() { bg nova /usr/bin/python3 "$LIB/nova-all.py" --config-file "$CONF/nova.conf"; }
