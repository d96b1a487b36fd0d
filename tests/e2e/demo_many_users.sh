# The demo with a class of 12: everybody is heard by everybody, and the story still fits on a screen.
. "$(dirname "$0")/common.sh"
run_demo auto --user-count 12
