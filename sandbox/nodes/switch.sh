#!/bin/sh
# The sandbox's switch: a network namespace of its own with a bridge that the nodes are plugged into, and one link to the
# host. All of it is gone when this process is. Called as: switch.sh LINK ADDRESS/BITS OWNER [ROUTE GATEWAY]...
set -eu
if [ "${APG_INSIDE:-}" = "" ]; then
  exec 9</proc/self/ns/net
  APG_INSIDE=1 exec unshare --net -- /bin/sh "$0" "$@"
fi
link=$1 address=$2 owner=$3
shift 3
on_host() { nsenter --net=/proc/self/fd/9 -- "$@"; }

ip link set lo up
ip link add nodes type bridge
ip link set nodes up
# The link of a switch that was killed a moment ago may still be there.
tries=0
until ip link add uplink type veth peer name "$link" netns /proc/self/fd/9 2>/dev/null; do
  tries=$((tries + 1))
  [ "$tries" -lt 50 ] || { echo "The link $link exists on this machine already." >&2; exit 1; }
  sleep 0.1
done
ip link set uplink master nodes up
on_host ip link set "$link" alias "$owner"
on_host ip address add "$address" dev "$link"
on_host ip link set "$link" up
while [ $# -gt 0 ]; do
  on_host ip route replace "$1" via "$2" dev "$link"
  shift 2
done
exec 9<&-
exec sleep infinity
