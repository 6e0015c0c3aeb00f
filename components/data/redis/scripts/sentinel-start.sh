#!/bin/sh
# Starts a Sentinel with today's settings and with what it and the others knew and decided before, which its own file, on
# its volume, has kept. One without such a file asks the others for the master, and takes redis-0 for it at the very start.
set -eu
umask 077
trap 'exit 143' TERM
. "${0%/*}/common.sh"

own_host=$(host_of sentinel "$ordinal")
own_port=$(port_of sentinel "$ordinal")
conf=$DATA_DIR/sentinel.conf

# Lines of the old file that are no settings.
knowledge() {
  [ -f "$conf" ] || return 0
  grep -E "^sentinel (myid|current-epoch) " "$conf" || true
  grep -E "^sentinel (config-epoch|leader-epoch|known-replica|known-sentinel) $GROUP " "$conf" || true
}
first_master() {
  set -- $(sentinels_say | newest)
  if [ $# -gt 2 ]; then echo "$2 $3"; else echo "$(host_of redis 0) $(port_of redis 0)"; fi
}

kept=$([ -f "$conf" ] && sed -n "s/^sentinel monitor $GROUP \([^ ]* [0-9]*\) .*/\1/p" "$conf" || true)
master=${kept:-$(first_master)}
{
  sed "s/^sentinel monitor $GROUP [^ ]* [0-9]* /sentinel monitor $GROUP $master /" "$CONFIG_DIR/sentinel.conf"
  echo "sentinel announce-ip $own_host"
  echo "sentinel announce-port $own_port"
  knowledge
} >"$conf.new"
mv "$conf.new" "$conf"
say "starts with the master at $master"

# A Sentinel cannot take a renewed certificate while it runs, so it stops, one after the other, and is started again. So it
# does for new passwords, which are in its own file.
tend() {
  while kill -0 "$1" 2>/dev/null; do
    sleep "${TEND_EVERY:-10}"
    [ "$(fingerprint) $(passwords)" = "$served" ] && continue
    sleep $((ordinal * ${TEND_EVERY:-10} * 3))
    say "starts again with what was renewed"
    kill -TERM "$1"
    return
  done
}

served="$(fingerprint) $(passwords)"
tend $$ &
exec redis-server "$conf" --sentinel
