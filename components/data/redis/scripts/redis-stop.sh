#!/bin/sh
# Before a pod stops. A master hands over first, so that clients wait for a moment and no acknowledged write is lost:
# writes pause, a replica has them all, the Sentinels promote one, and this pod becomes its replica. Whatever fails, the
# pod stops, and the Sentinels find out by themselves.
set -u
. "${0%/*}/common.sh"
: "${CATCH_UP_WITHIN:=5}" "${HAND_OVER_WITHIN:=20}"

own_host=$(host_of redis "$ordinal")
own_port=$(port_of redis "$ordinal")
own() { ask_own redis.conf steward "$@"; }
field() { echo "$state" | sed -n "s/^$1://p"; }

# Whether a replica has everything that the master wrote.
caught_up() {
  state=$(own info replication | tr -d '\r')
  echo "$state" | grep -q "^slave[0-9]*:.*state=online,offset=$(field master_repl_offset),"
}

state=$(own info replication | tr -d '\r')
[ "$(field role)" = master ] && [ "$(field connected_slaves)" -gt 0 ] || exit 0

own client pause $(((CATCH_UP_WITHIN + HAND_OVER_WITHIN + 5) * 1000)) write >/dev/null
paused=$(date +%s)
seconds_since() { echo $(($(date +%s) - $1)); }
until caught_up || [ "$(seconds_since "$paused")" -ge "$CATCH_UP_WITHIN" ]; do sleep 0.2; done

sentinel=0
while [ "$sentinel" -lt "$SENTINELS" ]; do
  reply=$(ask "$(host_of sentinel "$sentinel")" "$(port_of sentinel "$sentinel")" steward sentinel failover "$GROUP")
  # One that is at it already does as well.
  case $reply in OK* | INPROG*) break ;; esac
  say "sentinel-$sentinel does not fail over: ${reply:-no answer}"
  sentinel=$((sentinel + 1))
done

asked=$(date +%s)
while [ "$sentinel" -lt "$SENTINELS" ] && [ "$(seconds_since "$asked")" -lt "$HAND_OVER_WITHIN" ]; do
  set -- $(sentinels_say | newest)
  if [ $# -gt 2 ] && [ "$2 $3" != "$own_host $own_port" ]; then
    # Clients whose writes wait are told at once that this is no master.
    own replicaof "$2" "$3" >/dev/null
    own client unpause >/dev/null
    say "$2 $3 is the master now"
    exit 0
  fi
  sleep 0.2
done
own client unpause >/dev/null
say "stops as the master"
