# Read by the other scripts. POSIX sh; no name is ever looked up: addresses come from the cluster's service links.

: "${CONFIG_DIR:=/etc/redis/config}" "${AUTH_DIR:=/etc/redis/auth}" "${TLS_DIR:=/etc/redis/tls}" "${DATA_DIR:=/data}"
ordinal=${POD_NAME##*-}

say() { echo "${0##*/}: $*" >&2; }

# host_of redis 0, port_of sentinel 2: where a pod is reached, whatever pod or node it runs as.
host_of() { service_link "$1" "$2" HOST; }
port_of() { service_link "$1" "$2" PORT; }
service_link() {
  eval "link=\${$(echo "$1" | tr a-z A-Z)_$2_SERVICE_$3:-}"
  # The node may not have known the service when it made this container; it looks again for the next one.
  [ -n "$link" ] || { say "the service $1-$2 is not known here"; exit 1; }
  echo "$link"
}

# ask HOST PORT USER COMMAND...: for two seconds at most. The password is in no argument.
ask() {
  ask_host=$1 ask_port=$2 ask_user=$3
  shift 3
  REDISCLI_AUTH=$(cat "$AUTH_DIR/$ask_user") timeout 2 redis-cli --tls --cacert "$TLS_DIR/ca.crt" \
    -h "$ask_host" -p "$ask_port" --user "$ask_user" --no-auth-warning "$@" 2>/dev/null
}

# ask_own redis.conf USER COMMAND...: the server in this pod.
ask_own() {
  own_port=$(sed -n 's/^tls-port //p' "$CONFIG_DIR/$1")
  shift
  ask 127.0.0.1 "$own_port" "$@"
}

# What every Sentinel that answers says of the master: "<epoch> <host> <port> <replicas> <flags>" a line. The decision with
# the highest epoch is the newest.
sentinels_say() {
  sentinel=0
  while [ "$sentinel" -lt "$SENTINELS" ]; do
    ask "$(host_of sentinel "$sentinel")" "$(port_of sentinel "$sentinel")" steward sentinel master "$GROUP" | tr -d '\r' |
      awk 'NR % 2 { key = $0; next } { said[key] = $0 }
        END { if (said["ip"] != "") print said["config-epoch"], said["ip"], said["port"], said["num-slaves"], said["flags"] }'
    sentinel=$((sentinel + 1))
  done
}

newest() { sort -n -r -k 1,1 | head -n 1; }

# Changes when the certificate is renewed.
fingerprint() { cat "$TLS_DIR/tls.crt" "$TLS_DIR/tls.key" "$TLS_DIR/ca.crt" | sha256sum; }
# Changes when passwords are. Until a server has taken the new ones it accepts what others use by then all the same: each of
# its users has the next password beside the one in use, and the one before.
passwords() { cat "$AUTH_DIR"/* | sha256sum; }
