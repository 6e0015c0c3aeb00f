#!/bin/sh
# A node: namespaces of its own for network, mounts and processes, and in them containerd, kubelet and kube-proxy, each
# started again when it ends. This script is the node's first process: when it is killed the kernel ends all others and
# takes mounts and network with them. Called as: node.sh SETTINGS, a file of shell variables that real.ts writes.
set -eu
. "$1"

if [ "${APG_INSIDE:-}" = "" ]; then
  switch=$(sed 's/.*"pid":\([0-9]*\).*/\1/' "$SWITCH_RECORD")
  exec 9<"/proc/$switch/ns/net"
  export APG_INSIDE=1
  exec unshare --net --mount --propagation slave --pid --fork --kill-child --mount-proc -- /bin/sh "$0" "$1"
fi
umask 022

# Network: one link into the switch. No default route: what is sent elsewhere does not leave the node.
ip link set lo up
# The port of a node that was killed stays until the kernel has taken its network down, which may last minutes.
nsenter --net=/proc/self/fd/9 -- ip link delete "$NODE" 2>/dev/null || :
ip link add eth0 type veth peer name "$NODE" netns /proc/self/fd/9
nsenter --net=/proc/self/fd/9 -- ip link set "$NODE" master nodes up
exec 9<&-
ip address add "$ADDRESS/24" dev eth0
ip link set eth0 up
ip route add "$SERVICES" via "$GATEWAY"
for peer in $PEERS; do ip route add "${peer%@*}" via "${peer#*@}"; done
echo 1 >/proc/sys/net/ipv4/ip_forward
# Pods of one node meet on a bridge: their packets, too, go through the network policies.
echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables

# Files: what programs keep in fixed places of the machine is the node's own.
mount --make-rshared /
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/apg /run/lock
mount --bind "$DIR" /run/apg
mount --bind "$DIR/log" /var/log
# The kubelet would set these of the machine; it finds them set.
while read -r name value; do
  mkdir -p "$DIR/sysctl/$(dirname "$name")"
  echo "$value" >"$DIR/sysctl/$name"
  mount --bind "$DIR/sysctl/$name" "/proc/sys/$name"
done <<END
vm/overcommit_memory 1
vm/panic_on_oom 0
kernel/panic 10
kernel/panic_on_oops 1
kernel/keys/root_maxkeys 1000000
kernel/keys/root_maxbytes 25000000
END

# Control groups of the pods of a node that was killed: for each the kubelet would ask the runtime for 3 s in vain.
tries=0
for pods in /sys/fs/cgroup"$CONTROL_GROUP"/kubepods /sys/fs/cgroup/*"$CONTROL_GROUP"/kubepods; do
  # Its last processes may still be about to end.
  while [ -d "$pods" ] && ! find "$pods" -depth -type d -exec rmdir {} + 2>/dev/null && [ "$tries" -lt 100 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
done

stop() {
  trap '' TERM
  kill -TERM -1
  # The others have 6 s to end; the kernel ends what is left.
  tries=0
  set -- /proc/[0-9]*
  while [ "$tries" -lt 60 ] && [ $# -gt 1 ]; do
    tries=$((tries + 1))
    sleep 0.1
    set -- /proc/[0-9]*
  done
  exit 0
}
trap stop TERM

keep() { # NAME COMMAND...
  name=$1
  shift
  while :; do
    "$@" </dev/null >>"$DIR/log/$name.log" 2>&1 || :
    echo "$name has ended and is started again" >>"$DIR/log/$name.log"
    sleep 1
  done
}

socket=/run/containerd/containerd.sock
containerd() { rm -f "$socket"; "$CONTAINERD" --config "$DIR/containerd.toml"; }
kubelet() {
  until [ -S "$socket" ]; do sleep 0.1; done
  # shellcheck disable=SC2086
  "$KUBELET" --config="$DIR/kubelet.yaml" --kubeconfig="$DIR/kubelet.kubeconfig" --root-dir=/run/apg/kubelet \
    --cert-dir=/run/apg/kubelet/pki --node-ip="$ADDRESS" --hostname-override="$NODE" --v=1
}
kube_proxy() { "$KUBE_PROXY" --config="$DIR/kube-proxy.yaml" --hostname-override="$NODE" --v=1; }

keep containerd containerd &
keep kubelet kubelet &
keep kube-proxy kube_proxy &
# As the first process it also reaps those whose parents have ended.
while :; do wait || :; done
