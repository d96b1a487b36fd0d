# ./plaintalk in a checkout: builds when something changed and only then, for whoever called it, wherever it may write.
# The checkout is made up, and so are the package manager and the compilers, which only note that they were called.
. "$(dirname "$0")/common.sh"
door=$(dirname "$0")/../../plaintalk
root=$(cd "$(dirname "$door")" && pwd)
# A program that nobody is told of does not exist for them.
"$door" >"$work/help"
for main in $(find "$root/analyzer" "$root/capture" "$root/labs" "$root/messenger" -name '*_main.cpp'); do
  name=$(basename "$main" _main.cpp)
  contains "$work/help" "  plaintalk $name "
  contains "$root/README.md" "\`$name\`"
done
chmod 755 "$work"
checkout=$work/checkout tools=$work/tools
mkdir -p "$checkout" "$tools"
cp "$door" "$checkout/plaintalk"
cd "$checkout"
mkdir cmake base protocol messenger analyzer capture labs report-templates
touch CMakeLists.txt CMakePresets.json base/text.cpp analyzer/show_main.cpp
printf 'g++\n' >cmake/packages.txt

tool() { { printf '#!/bin/sh\n'; cat; } >"$tools/$1"; chmod 755 "$tools/$1"; }
tool dpkg-query <<'EOF'
echo dpkg-query >>"$CALLS"
printf installed
EOF
tool cmake <<'EOF'
echo cmake >>"$CALLS"
while [ "$1" != -B ]; do shift; done
touch "$2/build.ninja"
EOF
tool ninja <<'EOF'
echo ninja >>"$CALLS"
mkdir -p "$2/bin"
printf '#!/bin/sh\necho "$PLAINTALK_COMMAND $*"\n' >"$2/bin/plaintalk-show"
chmod 755 "$2/bin/plaintalk-show"
EOF
export CALLS=$work/calls PATH=$tools:$PATH
called() { sort -u "$CALLS" | xargs; }
# Runs ./plaintalk show; sets what it printed and the tools it called.
show() { : >"$CALLS"; chmod 666 "$CALLS"; shown=$("$@" ./plaintalk show --all) || fail "'$* ./plaintalk show' failed"; }
unset SUDO_UID SUDO_GID XDG_CACHE_HOME

show env
equal "$shown" './plaintalk --all' 'what the program was told of its caller'
equal "$(called)" 'cmake dpkg-query ninja' 'tools of the first call'
show env
equal "$(called)" '' 'tools when nothing changed'

# Files of a later second, as edited, added and removed ones are.
later() { touch -d '1 minute' "$@"; }
built_is_later() { touch -d '2 minutes' build/release/.built-programs; }
later base/text.cpp
show env
equal "$(called)" 'dpkg-query ninja' 'tools when a file was edited'
built_is_later
show env
equal "$(called)" '' 'tools after that'
touch base/new.cpp
touch -d '3 minutes' base
show env
equal "$(called)" 'dpkg-query ninja' 'tools when a file was added'
mkdir results  # what an analysis leaves in the checkout
touch -d '9 minutes' results .
touch -d '8 minutes' build/release/.built-programs
show env
equal "$(called)" '' 'tools when only something else lies in the checkout'

rm -rf build
find . -exec touch -d '1 hour ago' {} +
if [ "$(id -u)" = 0 ]; then
  # Through sudo, all that is built is the caller's.
  chown -R 65534:65534 "$checkout"
  show env SUDO_UID=65534 SUDO_GID=65534 HOME=/root
  equal "$(called)" 'cmake dpkg-query ninja' 'tools of the first call through sudo'
  equal "$(find "$checkout" ! -uid 65534)" '' "what is not the caller's after sudo ./plaintalk"
  show env SUDO_UID=65534 SUDO_GID=65534
  equal "$(called)" '' 'tools of the second call through sudo'
  rm -rf build
  chown -R 0:0 "$checkout"
  stranger=(setpriv --reuid 65534 --regid 65534 --clear-groups)
else
  chmod -R a-w "$checkout"
  stranger=()
fi

# A checkout that cannot be written to, and no home: below TMPDIR, unless somebody else could have put programs there.
mkdir -m 777 "$work/tmp"
stranger+=(env -u HOME TMPDIR="$work/tmp")
show "${stranger[@]}"
equal "$shown" './plaintalk --all' 'what a read-only checkout does'
show "${stranger[@]}"
equal "$(called)" '' 'tools of the second call in a read-only checkout'
chmod 755 "$work"/tmp/plaintalk-*
status=0
"${stranger[@]}" ./plaintalk show 2>"$work/refused" || status=$?
equal "$status" 1 'exit status when others can read and enter the folder of programs'
contains "$work/refused" 'set XDG_CACHE_HOME'
chmod -R u+w "$checkout"
