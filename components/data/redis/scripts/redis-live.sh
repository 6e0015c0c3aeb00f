#!/bin/sh
# Whether the process answers. One that loads its files, or runs a long script, is alive.
. "${0%/*}/common.sh"
case $(ask_own redis.conf probe ping) in
  PONG* | LOADING* | BUSY* | MASTERDOWN*) exit 0 ;;
esac
exit 1
