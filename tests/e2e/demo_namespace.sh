# The whole demo with --mode namespace: it tells its story in under 40 lines and its two witnesses agree.
. "$(dirname "$0")/common.sh"
run_demo namespace
