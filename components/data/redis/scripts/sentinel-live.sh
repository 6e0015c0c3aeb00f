#!/bin/sh
# Whether the process answers.
. "${0%/*}/common.sh"
case $(ask_own sentinel.conf probe ping) in
  PONG*) exit 0 ;;
esac
exit 1
