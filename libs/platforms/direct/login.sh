# How this machine logs in to another one. $1: Kiln's directory here, $2: a name, for a directory in it that is made and removed;
# $3: port, $4: user, $5: host. The first line of standard input is the host key that it must have, after the word kiln.
mask=$(umask)
umask 077
unset SSH_AUTH_SOCK
parent=${1%/*} there=$1/.direct-$2 port=$3 user=$4 host=$5
shift 5

refuse() { printf 'failed %s\n' "$1"; exit 0; }
trap 'cd /; rm -rf "$there"' EXIT

command -v ssh >/dev/null 2>&1 || refuse 'it has no ssh'
[ -d "$parent" ] || refuse "$parent is not there" # what is not mounted is not written beside
mkdir -p "$there" && cd "$there" || refuse "$there cannot be made"
IFS= read -r line && printf '%s\n' "$line" >known || refuse "$there cannot be written"

# Nothing of anybody's configuration counts.
reach() { # OPTION ..
  ssh -F /dev/null -T -a -x -o BatchMode=yes -o StrictHostKeyChecking=yes -o HostKeyAlias=kiln -o UserKnownHostsFile=known \
    -o GlobalKnownHostsFile=/dev/null -o ConnectTimeout=20 -o ServerAliveInterval=15 -o ServerAliveCountMax=4 \
    "$@" -p "$port" -l "$user" -- "$host" kiln
}
