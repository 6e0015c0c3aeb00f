#!/usr/bin/env bash
# Does what a lifecycle rule does on AWS, where the server (versitygw) has none: deletes objects, old versions, markers of
# nothing and unfinished uploads when their days are over. Deleted objects stay recoverable as old versions.
set -euo pipefail
plan="$SETUP_DIRECTORY/plan.json"
now=${RETENTION_NOW:-$(date +%s)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

s3() { aws --endpoint-url "$S3_ENDPOINT" s3api "$@"; }

# Deletes the objects of a list of {Key, VersionId?}, a thousand at a time, which is the most that one request takes.
delete() {
  local bucket=$1 list=$2 count at failed
  count=$(jq length <<< "$list")
  for ((at = 0; at < count; at += 1000)); do
    jq -c "{Objects: .[$at:$at + 1000], Quiet: true}" <<< "$list" > "$work/delete.json"
    failed=$(s3 delete-objects --bucket "$bucket" --delete "file://$work/delete.json" --output json --query 'Errors || `[]`')
    [[ $(jq length <<< "${failed:-[]}") == 0 ]] || { echo "$bucket: $failed" >&2; exit 1; }
  done
  echo "$bucket: $3: $count"
}

buckets=$(jq -c '.buckets[]' "$plan")
while read -r bucket; do
  name=$(jq -r .name <<< "$bucket")
  s3 list-object-versions --bucket "$name" --output json > "$work/versions.json"
  [[ -s $work/versions.json ]] || echo '{}' > "$work/versions.json" # of nothing, the CLI says nothing
  expired=$(jq -c --argjson rule "$bucket" --argjson now "$now" '
    def days(n): n * 86400;
    def at: .LastModified[0:19] + "Z" | fromdate;
    # A rule counts whole days: until then the object is there.
    [(.Versions // [])[] | select(.IsLatest and (at + days($rule.expireDays)) < $now) | {Key}]' "$work/versions.json")
  outdated=$(jq -c --argjson rule "$bucket" --argjson now "$now" '
    def days(n): n * 86400;
    def at: .LastModified[0:19] + "Z" | fromdate;
    [((.Versions // [] | map(. + {marker: false})) + (.DeleteMarkers // [] | map(. + {marker: true})))
      | group_by(.Key)[] | sort_by(.IsLatest, .LastModified)
      | . as $all
      # A version is old since the next newer one came.
      | (range(length - 1) as $i | select(($all[$i + 1] | at) + days($rule.noncurrentDays) < $now) | $all[$i]),
        (select(length == 1) | $all[0] | select(.marker))
      | {Key, VersionId}]' "$work/versions.json")
  delete "$name" "$expired" "objects expired"
  delete "$name" "$outdated" "old versions removed"
  uploads=$(s3 list-multipart-uploads --bucket "$name" --output json | jq -c --argjson rule "$bucket" --argjson now "$now" \
    '(.Uploads // [])[] | select((.Initiated[0:19] + "Z" | fromdate) + $rule.abortDays * 86400 < $now)')
  while read -r upload; do
    [[ -n $upload ]] || continue
    s3 abort-multipart-upload --bucket "$name" --key "$(jq -r .Key <<< "$upload")" --upload-id "$(jq -r .UploadId <<< "$upload")"
    echo "$name: unfinished upload removed"
  done <<< "$uploads"
done <<< "$buckets"
