#!/usr/bin/env bash
# Replaces a workload's pods, by a rolling update, when the Secrets that they took when they started have other values by now.
# It reads no value: each Secret says by one of its keys, a hash, which it has.
set -euo pipefail
: "${NAMESPACE:?}" "${DEPLOYMENT:?}" "${ANNOTATION:?}" "${VERSIONS:=/etc/apg/versions}"
: "${ACCOUNT:=/var/run/secrets/kubernetes.io/serviceaccount}"
deployment=/apis/apps/v1/namespaces/$NAMESPACE/deployments/$DEPLOYMENT

# call METHOD [BODY]: the API server's answer; fails when it refuses.
call() {
  curl --silent --show-error --fail-with-body --max-time 30 --cacert "$ACCOUNT/ca.crt" \
    --header @<(printf 'Authorization: Bearer %s' "$(cat "$ACCOUNT/token")") \
    --header 'Content-Type: application/merge-patch+json' --request "$1" ${2:+--data "$2"} \
    "https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT$deployment${2:+?fieldManager=apg-secret-renewal}"
}

now=$(cd "$VERSIONS" && for secret in *; do echo "$secret $(cat "$secret")"; done | sha256sum | cut -d ' ' -f 1)
taken=$(call GET | jq -r --arg key "$ANNOTATION" '.spec.template.metadata.annotations[$key] // "nothing"')
if [ "$taken" = "$now" ]; then
  echo "secret-renewal: the pods of $DEPLOYMENT have what there is" >&2
  exit 0
fi
call PATCH "$(jq -nc --arg key "$ANNOTATION" --arg now "$now" \
  '{spec: {template: {metadata: {annotations: {($key): $now}}}}}')" >/dev/null
echo "secret-renewal: the pods of $DEPLOYMENT are replaced, one after the other" >&2
