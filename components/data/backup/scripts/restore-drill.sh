#!/usr/bin/env bash
# Restores the database's newest backup, and its log up to a moment of now, into a scratch namespace, and compares it row by row
# with its source; checks the newest copy of the cache; writes down how long it took.
set -euo pipefail
: "${SCRATCH:?}" "${NAMESPACE:?}" "${RTO_SECONDS:?}" "${RPO_SECONDS:?}" "${DATABASE_URL:?}" "${DRILL_DIRECTORY:?}"
: "${BUCKET:?}" "${CACHE_FOLDER:?}" "${RESULT:?}"
account=/var/run/secrets/kubernetes.io/serviceaccount
clusters=/apis/postgresql.cnpg.io/v1/namespaces/$SCRATCH/clusters
secrets=/api/v1/namespaces/$SCRATCH/secrets
work=$(mktemp -d)

say() { echo "restore-drill: $*" >&2; }
fail() { say "$*"; reason=$*; exit 1; }

aws() { command aws ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} "$@"; }

# call METHOD PATH [FILE]: the API server's answer; fails when it refuses.
call() {
  curl --silent --show-error --fail-with-body --max-time 30 --cacert "$account/ca.crt" \
    --header @<(printf 'Authorization: Bearer %s' "$(cat "$account/token")") --header 'Content-Type: application/json' \
    --request "$1" ${3:+--data "@$3"} "https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT$2"
}

# field SECRET KEY: one value of a Secret.
field() { call GET "$secrets/$1" | jq -er --arg key "$2" '.data[$key]' | base64 -d; }

# remove: whatever a drill left, as its volumes do with it.
remove() {
  call DELETE "$clusters/drill" >/dev/null 2>&1 || true
  call DELETE "$secrets/drill-store" >/dev/null 2>&1 || true
  for _ in $(seq 60); do
    call GET "$clusters/drill" >/dev/null 2>&1 || return 0
    sleep 2
  done
  say "the last drill's cluster does not go"
}

# fingerprint URL: every table that is ours with the number of its rows, and a sum over all their values, whatever their order.
# Each is read as its schema's owner, as nobody reads every tenant's rows by himself.
fingerprint() {
  psql "$1" --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 <<'SQL'
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT format('SET LOCAL ROLE %I', r.rolname),
       format('SELECT %L, count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM %I.%I t', n.nspname || '.' || c.relname, n.nspname, c.relname),
       'RESET ROLE'
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.oid = n.nspowner
WHERE c.relkind = 'r' AND pg_has_role(current_user, n.nspowner, 'MEMBER')
ORDER BY n.nspname, c.relname
\gexec
COMMIT;
SQL
}

ask() { psql "$DATABASE_URL" --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --command "$1"; }

passed=false
reason=
seconds=
archived=
rows=0
# finish: the result, for people and for the readiness report, and nothing left behind.
finish() {
  code=$?
  [ "$code" = 0 ] || passed=false
  jq -n --arg namespace "$NAMESPACE" --arg name "$RESULT" --arg at "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --argjson passed "$passed" \
    --arg reason "$reason" --arg restore "$seconds" --arg archive "$archived" --arg rows "$rows" \
    '{apiVersion: "v1", kind: "ConfigMap", metadata: {name: $name, namespace: $namespace},
      data: {at: $at, passed: ($passed | tostring), reason: $reason, restoreSeconds: $restore, archiveSeconds: $archive, rows: $rows}}' >"$work/result.json"
  call PUT "/api/v1/namespaces/$NAMESPACE/configmaps/$RESULT" "$work/result.json" >/dev/null 2>&1 ||
    call POST "/api/v1/namespaces/$NAMESPACE/configmaps" "$work/result.json" >/dev/null || say "the result could not be written down"
  remove
  rm -rf "$work"
  exit "$code"
}
trap finish EXIT
trap 'exit 143' TERM INT

remove

# A moment at which nothing is written: the log is as long after the comparison's source was read as before.
target=
for _ in $(seq 100); do
  before=$(ask 'SELECT pg_current_wal_insert_lsn()')
  fingerprint "$DATABASE_URL" >"$work/source"
  after=$(ask 'SELECT pg_current_wal_insert_lsn()')
  if [ "$before" = "$after" ]; then
    target=$after
    break
  fi
  sleep 0.2
done
[ -n "$target" ] || fail "the database never rested long enough to be compared"
rows=$(cut -d '|' -f 2 "$work/source" | paste -sd + - | sed 's/^$/0/')
rows=$((rows))
say "$(wc -l <"$work/source") tables with $rows rows at $target"

# The log up to there is in the archive when the file after it is begun and the one with it is stored.
begun=$SECONDS
wanted=$(ask "SELECT pg_walfile_name('$target')")
until stored=$(ask 'SELECT last_archived_wal FROM pg_stat_archiver') && [[ ${stored:8:16} > ${wanted:8:16} || ${stored:8:16} = "${wanted:8:16}" ]]; do
  [ $((SECONDS - begun)) -le "$RPO_SECONDS" ] || fail "$wanted is not in the archive after $RPO_SECONDS s: so much would be lost"
  sleep 2
done
archived=$((SECONDS - begun))
say "$wanted is in the archive after $archived s"

# The scratch namespace has keys for the archive only while a drill runs.
if [ -n "${AWS_ACCESS_KEY_ID:-}" ]; then
  jq -n --arg id "$AWS_ACCESS_KEY_ID" --arg key "$AWS_SECRET_ACCESS_KEY" \
    '{apiVersion: "v1", kind: "Secret", metadata: {name: "drill-store"}, stringData: {"access-key-id": $id, "secret-access-key": $key}}' >"$work/store.json"
  call POST "$secrets" "$work/store.json" >/dev/null
  rm "$work/store.json"
fi
jq --arg lsn "$target" '.spec.bootstrap.recovery.recoveryTarget = {targetLSN: $lsn}' "$DRILL_DIRECTORY/cluster.json" >"$work/cluster.json"
begun=$SECONDS
call POST "$clusters" "$work/cluster.json" >/dev/null
until [ "$(call GET "$clusters/drill" | jq -r '.status.phase // ""')" = "Cluster in healthy state" ]; do
  [ $((SECONDS - begun)) -le "$RTO_SECONDS" ] || fail "the database is not back after $RTO_SECONDS s"
  sleep 2
done
seconds=$((SECONDS - begun))
say "restored in $seconds s"

field drill-ca ca.crt >"$work/ca.crt"
restored="postgres://$(field drill-app username):$(field drill-app password)@drill-rw.$SCRATCH.svc:5432/app?sslmode=verify-full&sslrootcert=$work/ca.crt"
fingerprint "$restored" >"$work/restored"
diff "$work/source" "$work/restored" >&2 || fail "what was restored is not what there was"

# The cache's newest copy is whole.
newest=$(aws s3api list-objects-v2 --bucket "$BUCKET" --prefix "$CACHE_FOLDER/" --query 'sort_by(Contents || `[]`, &LastModified)[-1].Key' --output text)
if [ "$newest" = None ]; then
  say "the cache was never copied yet"
else
  aws s3 cp "s3://$BUCKET/$newest" "$work/dump.rdb" --only-show-errors
  redis-check-rdb "$work/dump.rdb" >"$work/rdb" || { cat "$work/rdb" >&2; fail "$newest is not whole"; }
  say "$newest is whole: $(grep -c '' "$work/rdb") lines of redis-check-rdb"
fi
passed=true
say "passed"
