#!/usr/bin/env bash
# Brings an S3-compatible server (versitygw) to what plan.json says: users, buckets, policies, versioning, locks. It may run
# any number of times; it deletes nothing, and every step that fails ends it.
set -euo pipefail
plan="$SETUP_DIRECTORY/plan.json"
export ADMIN_ENDPOINT_URL="$S3_ENDPOINT" ADMIN_REGION="$AWS_DEFAULT_REGION"
export ADMIN_ACCESS_KEY_ID="$AWS_ACCESS_KEY_ID" ADMIN_SECRET_ACCESS_KEY="$AWS_SECRET_ACCESS_KEY"

s3() { aws --endpoint-url "$S3_ENDPOINT" s3api "$@"; }
admin() { versitygw admin "$@"; }

for ((attempt = 1; ; attempt++)); do
  s3 list-buckets > /dev/null && break
  ((attempt < ${SETUP_ATTEMPTS:-60})) || { echo "The server does not answer: $S3_ENDPOINT" >&2; exit 1; }
  sleep 2
done

wanted=$(jq -r '.users[]' "$plan")
buckets=$(jq -c '.buckets[]' "$plan")
users=$(admin list-users)
while read -r user; do
  # In a variable of its own: a command that fails inside of another's arguments does not end the script.
  secret=$(< "$CREDENTIALS_DIRECTORY/$user")
  [[ -n $secret ]] || { echo "There is no secret key for $user." >&2; exit 1; }
  if [[ $'\n'$users == *$'\n'"$user "* ]]; then
    admin update-user --access "$user" --secret "$secret" --role user
  else
    admin create-user --access "$user" --secret "$secret" --role user
  fi
  echo "user $user"
done <<< "$wanted"

while read -r bucket; do
  get() { jq -r "$1" <<< "$bucket"; }
  name=$(get .name)
  lock=$(get '.lockDays // 0')
  if ! s3 head-bucket --bucket "$name" > /dev/null 2>&1; then
    if ((lock > 0)); then
      s3 create-bucket --bucket "$name" --object-lock-enabled-for-bucket > /dev/null
    else
      s3 create-bucket --bucket "$name" > /dev/null
    fi
  fi
  s3 put-bucket-ownership-controls --bucket "$name" --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'
  s3 put-bucket-versioning --bucket "$name" --versioning-configuration Status=Enabled
  s3 put-bucket-tagging --bucket "$name" --tagging "$(get '{TagSet: (.tags | to_entries | map({Key: .key, Value: .value}))} | tojson')"
  s3 put-bucket-policy --bucket "$name" --policy "$(get '.policy | tojson')"
  if ((lock > 0)); then
    s3 put-object-lock-configuration --bucket "$name" --object-lock-configuration \
      "{\"ObjectLockEnabled\":\"Enabled\",\"Rule\":{\"DefaultRetention\":{\"Mode\":\"GOVERNANCE\",\"Days\":$lock}}}"
  fi
  # What the server took without a word may still not be so.
  [[ $(s3 get-bucket-versioning --bucket "$name" --query Status --output text) == Enabled ]] ||
    { echo "The server keeps no versions of $name." >&2; exit 1; }
  echo "bucket $name"
done <<< "$buckets"
