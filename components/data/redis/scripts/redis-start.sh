#!/bin/sh
# Starts Redis as the master or as a replica of it.
#
# Who is master is the Sentinels' decision, which their volumes keep: pods ask them first. When all pods start at once,
# each gets the same answer, so there is one master, and it is the one that had every acknowledged write:
# - The master that they name starts from its files. A replica may be promoted only after it has caught up with it
#   (replica-priority 0 until then), so that one with old files does not win the race. If the master stays away, replicas
#   that have files may be promoted after $PROMOTE_AFTER seconds all the same.
# - A master that they have already given up waits for their new choice, or its clients' writes would be lost with the
#   next decision. So does one that has lost its files while others may have theirs.
# Without an answer it starts as what it was. An old master that comes back alone so takes no writes, for want of a replica
# (min-replicas-to-write), and the Sentinels make it one as soon as they see it.
set -eu
umask 077
trap 'exit 143' TERM
. "${0%/*}/common.sh"
: "${ANSWER_WITHIN:=30}" "${GIVEN_UP_FOR:=12}" "${EMPTY_FOR:=90}" "${PROMOTE_AFTER:=120}"

own_host=$(host_of redis "$ordinal")
own_port=$(port_of redis "$ordinal")
conf=$DATA_DIR/redis.conf

has_data() { [ -s "$DATA_DIR/dump.rdb" ] || [ -n "$(ls "$DATA_DIR/appendonlydir" 2>/dev/null)" ]; }
was() { [ -f "$conf" ] && sed -n 's/^\(replicaof\|slaveof\) //p' "$conf" | tr -d '"' | tail -n 1; }

# The master's "<host> <port>".
decide() {
  began=$(date +%s)
  while :; do
    answers=$(sentinels_say)
    count=$(echo "$answers" | grep -c . || true)
    waited=$(($(date +%s) - began))
    set -- $(echo "$answers" | newest)
    # A single Sentinel may have missed the last decision; as many as decide have not.
    if [ "$count" -ge "$QUORUM" ] || { [ "$count" -gt 0 ] && [ "$waited" -ge "$ANSWER_WITHIN" ]; }; then
      [ "$2 $3" = "$own_host $own_port" ] || { echo "$2 $3"; return; }
      limit=0
      case $5 in *down* | *failover*) limit=$GIVEN_UP_FOR ;; esac
      if [ "$4" -gt 0 ] && ! has_data; then limit=$EMPTY_FOR; fi
      [ "$waited" -lt "$limit" ] || { echo "$2 $3"; return; }
    elif [ "$waited" -ge "$ANSWER_WITHIN" ]; then
      break
    fi
    sleep 1
  done
  say "no Sentinel answers"
  if [ -f "$conf" ]; then
    last=$(was)
    echo "${last:-$own_host $own_port}"
  else
    echo "$(host_of redis 0) $(port_of redis 0)"
  fi
}

# Lets the Sentinels promote this pod once it has caught up with its master, or is one.
promotable() {
  state=$(ask_own redis.conf steward info replication | tr -d '\r') || return 1
  case $state in
    *role:master* | *master_link_status:up*) ;;
    *role:slave*) [ "$had_data" = yes ] && [ $(($(date +%s) - started)) -ge "$PROMOTE_AFTER" ] || return 1 ;;
    *) return 1 ;;
  esac
  [ "$(ask_own redis.conf steward config set replica-priority 100)" = OK ]
}

# The server accepts of each user the passwords that its file has by now. Nobody who is connected notices.
accept() {
  for user in $(sed -n 's/^user \([a-z]*\) on .*/\1/p' "$AUTH_DIR/users.acl"); do
    hashes=$(sed -n "s/^user $user on \(\(#[0-9a-f]* \)*\).*/\1/p" "$AUTH_DIR/users.acl")
    [ -n "$hashes" ] && [ "$(ask_own redis.conf steward acl setuser "$user" resetpass $hashes)" = OK ] || return 1
  done
}
# And signs in to its master by the one in use, from the next time on.
follow_by() {
  reply=$(sed -n 's/^masterauth //p' "$AUTH_DIR/replication.conf" | tr -d '\n' | ask_own redis.conf steward -x config set masterauth)
  [ "$reply" = OK ]
}

# Beside the server, as long as it runs: promotable at first, and then the certificate and the passwords, which are renewed
# every few days or weeks.
tend() {
  until promotable; do
    kill -0 "$1" 2>/dev/null || return 0
    sleep 1
  done
  while kill -0 "$1" 2>/dev/null; do
    sleep "${TEND_EVERY:-10}"
    now=$(passwords)
    if [ "$now" != "$taken" ] && accept && follow_by; then
      taken=$now
      say "takes new passwords"
    fi
    now=$(fingerprint)
    [ "$now" = "$served" ] && continue
    reply=$(ask_own redis.conf steward config set tls-cert-file "$TLS_DIR/tls.crt" tls-key-file "$TLS_DIR/tls.key" \
      tls-ca-cert-file "$TLS_DIR/ca.crt") || true
    if [ "$reply" = OK ]; then
      served=$now
      say "serves the renewed certificate"
    fi
  done
}

master=$(decide)
{
  cat "$CONFIG_DIR/redis.conf"
  echo "replica-announce-ip $own_host"
  echo "replica-announce-port $own_port"
  [ "$master" = "$own_host $own_port" ] || echo "replicaof $master"
} >"$conf.new"
mv "$conf.new" "$conf"
say "starts with the master at $master"

started=$(date +%s)
had_data=$(has_data && echo yes || echo no)
served=$(fingerprint)
taken=$(passwords)
tend $$ &
exec redis-server "$conf"
