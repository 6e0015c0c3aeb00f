#!/bin/sh
# Copies what a replica holds to the object store, reads it back, and removes copies that are older than is kept.
set -eu
umask 077
: "${TLS_DIR:=/etc/redis/tls}" "${DATA_DIR:=/backup}"
dump=$DATA_DIR/dump.rdb

say() { echo "${0##*/}: $*" >&2; }
# The variable alone is known to newer releases of the AWS CLI only.
aws() { command aws ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} "$@"; }
# redis HOST ARGUMENT...; the password is in REDISCLI_AUTH.
redis() {
  redis_host=$1
  shift
  timeout "$WITHIN" redis-cli --tls --cacert "$TLS_DIR/ca.crt" -h "$redis_host" -p "$PORT" --user backup --no-auth-warning "$@"
}

# A replica that follows its master, so that the master is not slowed down; the master when there is none.
source=
for host in $HOSTS; do
  state=$(WITHIN=5 && redis "$host" info replication | tr -d '\r')
  case $state in
    *master_link_status:up*)
      source=$host
      break
      ;;
    *role:master*) source=${source:-$host} ;;
  esac
done
[ -n "$source" ] || { say "no Redis answers at $HOSTS"; exit 1; }

say "copies $source"
WITHIN=3600
redis "$source" --rdb "$dump" >&2
# A whole dump starts with REDIS and ends with the byte 255 and a checksum of eight bytes.
[ "$(head -c 5 "$dump")" = REDIS ] && [ "$(tail -c 9 "$dump" | head -c 1 | od -An -tu1 | tr -d ' ')" = 255 ] || {
  say "the dump is not whole"
  exit 1
}

sum=$(sha256sum "$dump" | cut -d ' ' -f 1)
copy=$FOLDER/$(date -u +%Y%m%dT%H%M%SZ).rdb
# Encrypted under the bucket's own key, which a store uses where nothing else is said.
aws s3 cp "$dump" "s3://$BUCKET/$copy" --only-show-errors --metadata "sha256=$sum"
read_back=$(aws s3 cp "s3://$BUCKET/$copy" - --only-show-errors | sha256sum | cut -d ' ' -f 1)
[ "$read_back" = "$sum" ] || {
  say "$copy reads back as $read_back, not as $sum"
  exit 1
}
say "$copy has $(wc -c <"$dump") bytes, sha256 $sum"

# Names are times, so they sort as they were made. There is a newer one by now.
oldest=$FOLDER/$(date -u -d "@$(($(date +%s) - RETENTION_DAYS * 86400))" +%Y%m%dT%H%M%SZ).rdb
keys=$(aws s3api list-objects-v2 --bucket "$BUCKET" --prefix "$FOLDER/" --query 'Contents[].[Key]' --output text)
for key in $keys; do
  case $key in "$FOLDER"/????????T??????Z.rdb) ;; *) continue ;; esac
  [ "$key" != "$oldest" ] && [ "$(printf '%s\n%s\n' "$key" "$oldest" | sort | head -n 1)" = "$key" ] || continue
  aws s3 rm "s3://$BUCKET/$key" --only-show-errors
  say "removed $key"
done
