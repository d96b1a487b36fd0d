# Every lab is played by its reference student: each question has one answer, each known mistake is recognised, and
# names a packet. In a private network, and lab 01 by the server's own recording too.
source "$(dirname "$0")/common.sh"
labs=$(cd "$(dirname "$0")/../../labs" && pwd)
lab() { TMPDIR=$work "$bin/plaintalk-lab" --labs "$labs" "$@"; }

lab lint >"$work/lint" || { cat "$work/lint" >&2; fail "a lab is not in order"; }
lab solve 01 --student record --mode record >"$work/record" 2>&1 || { cat "$work/record" >&2; fail "lab 01, recorded"; }
contains "$work/record" ", 0 faults"

for folder in "$labs"/[0-9][0-9]-*; do
  number=$(basename "$folder" | cut -c1-2)
  # What a student of this lab has to write: it is run, and must not lie beside the lab.
  reference=()
  if [ -d "$here/../lab_reference/$number" ]; then
    reference=(--reference "$here/../lab_reference/$number")
    command -v python3 >/dev/null || { echo "lab $number was not played: there is no python3"; continue; }
  fi
  # Where a private network is refused it is played another way; many students are for lab-proof.
  lab solve "$number" --student everyday "${reference[@]}" >"$work/$number" 2>&1 || { cat "$work/$number" >&2; fail "lab $number"; }
  contains "$work/$number" ", 0 faults"
done
equal "$(ls "$work" | grep -c plaintalk-lab)" 0 "folders left behind"
