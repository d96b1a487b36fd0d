# Sourced after common.sh: sets browser (Chromium) and axe (axe-core, fetched once by package-lock.json into the build folder), or skips.
browser=$(command -v chromium || command -v chromium-browser) || skip "there is no chromium here"
command -v npm >/dev/null || skip "there is no npm here to fetch axe-core with"
modules=$PLAINTALK_BUILD/browser
browser_tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$modules"
cp "$browser_tests/package.json" "$browser_tests/package-lock.json" "$modules/"
if ! cmp -s "$browser_tests/package-lock.json" "$modules/fetched"; then
  (cd "$modules" && npm ci --ignore-scripts --no-audit --no-fund) >"$work/npm" 2>&1 ||
    skip "axe-core cannot be fetched: $(tail -n 1 "$work/npm")"
  cp "$browser_tests/package-lock.json" "$modules/fetched"
fi
axe=$modules/node_modules/axe-core/axe.min.js
