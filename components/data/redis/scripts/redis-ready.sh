#!/bin/sh
# Whether it serves: as the master, or as a replica that follows its master and may take its place.
. "${0%/*}/common.sh"
state=$(ask_own redis.conf probe info replication persistence | tr -d '\r')
has() { echo "$state" | grep -q "^$1\$"; }
has loading:0 || exit 1
has role:master && exit 0
has master_link_status:up && ! has slave_priority:0
