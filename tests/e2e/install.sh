# Installed somewhere else, every program starts, and a report runs with the templates that were installed with it.
. "$(dirname "$0")/common.sh"
cmake --install "${PLAINTALK_BUILD:?}" --prefix "$work/usr" >"$work/install.log" 2>&1 ||
  { tail -n 3 "$work/install.log" >&2; fail 'the installation failed (is everything built?)'; }
for name in server client capture analyze report demo doctor relay draw; do
  equal "$("$work/usr/bin/plaintalk-$name" --version)" "plaintalk-$name 0.1.0" "the version of $name"
  "$work/usr/bin/plaintalk-$name" --help >"$work/help"
  [ -s "$work/help" ] || fail "$name --help is empty"
  status=0
  "$work/usr/bin/plaintalk-$name" --no-such-option >/dev/null 2>&1 || status=$?
  equal "$status" 2 "exit status of $name for a wrong option"
done
bin=$work/usr/bin
cd "$work"  # nothing may depend on where it is run from
run_demo record
"$bin/plaintalk-report" routing "$work/demo/analysis" --format csv >"$work/routing.csv" || fail 'the report failed'
contains "$work/routing.csv" '#lab'
