#!/bin/sh
# Whether it could fail over: enough Sentinels see each other, and it knows of a replica to promote.
. "${0%/*}/common.sh"
case $(ask_own sentinel.conf probe sentinel ckquorum "$GROUP") in
  OK*) ;;
  *) exit 1 ;;
esac
ask_own sentinel.conf probe sentinel master "$GROUP" | tr -d '\r' | grep -A 1 '^num-slaves$' | grep -q '^[1-9]'
