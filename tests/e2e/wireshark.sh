# The dissector for Wireshark: printed, installed for one user without harm to what is there, and in tshark it finds
# the same frames as the analyzer, and the same copies of each message.
. "$(dirname "$0")/common.sh"
report=$bin/plaintalk-report
golden=$here/../golden

"$report" wireshark >"$work/printed.lua"
cmp "$work/printed.lua" "$here/../../analyzer/wireshark/plaintalk.lua" || fail "another script is printed"
mkdir "$work/home" && chmod 755 "$work" "$work/home"
plugin=$work/home/.local/lib/wireshark/plugins/plaintalk.lua
HOME=$work/home "$report" wireshark --install >"$work/out"
contains "$work/out" "installed: $plugin"
cmp "$plugin" "$work/printed.lua" || fail "another script is installed"
head -n 1 "$work/printed.lua" >"$plugin" && HOME=$work/home "$report" wireshark --install >"$work/out"
cmp "$plugin" "$work/printed.lua" || fail "an earlier version of ours stays"
echo '-- mine' >"$plugin"
HOME=$work/home "$report" wireshark --install >"$work/out" 2>&1 && fail "somebody's own script is overwritten"
contains "$work/out" "is something else"
equal "$(cat "$plugin")" '-- mine' "somebody's own script"
env -u HOME "$report" wireshark --install 2>"$work/out" && fail "installed for nobody"
contains "$work/out" "HOME is not set"
"$report" --install task2-summary x 2>"$work/out" && fail "--install of a template"
contains "$work/out" "--install goes with wireshark"
cp "$work/printed.lua" "$plugin"

for program in tshark python3; do
  command -v $program >/dev/null || skip "there is no $program here: what the dissector finds was not compared"
done
"$here/../conformance/wireshark_units.py" --analyze "$bin/plaintalk-analyze" "$golden" >"$work/units" || fail "$(cat "$work/units")"

# A stranger's line that never ends is put together no further than the bound, and named once.
python3 - "$work/endless.pcap" <<'PYTHON'
import struct, sys
def packet(number, sequence, flags, payload):
    tcp = struct.pack(">HHIIBBHHH", 40000, 7777, sequence, 1, 5 << 4, flags, 65535, 0, 0) + payload
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), number, 0, 64, 6, 0, bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2]))
    return struct.pack("<IIII", number, 0, len(ip + tcp), len(ip + tcp)) + ip + tcp
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101) + packet(1, 0, 2, b""))
    for number in range(2000):
        file.write(packet(number + 2, 1 + 1400 * number, 24, b"x" * 1400))
PYTHON
timeout 60 tshark -n -r "$work/endless.pcap" -X "lua_script:$work/printed.lua" -Y plaintalk.fault -T fields -e frame.number \
  -e plaintalk.fault >"$work/endless" 2>/dev/null || fail "a line without an end takes too long"
equal "$(cut -f 2 "$work/endless")" line_too_long "faults of a line without an end"

# Who said what in which packet, and which packets brought it to whom; a page of history brings it once more.
fields() { tshark -2 -n -r "$1" -X "lua_script:$work/printed.lua" -Y "$2" -T fields -e frame.number -e "$3" 2>/dev/null; }
cat >"$work/copies.sql" <<'SQL'
-- title: Messages and the packets of their copies
-- description: For this test.
SELECT m.packet_in, group_concat(d.packet_out, ' ') AS copies
FROM messages m JOIN deliveries d USING (room, seq)
WHERE m.packet_in IS NOT NULL AND d.packet_out IS NOT NULL
GROUP BY m.packet_in
ORDER BY m.packet_in
SQL
for name in room-session vlan-ipv6; do
  capture=$golden/$name.pcap
  "$bin/plaintalk-analyze" --quiet --no-html --out "$work/$name" "$capture"
  "$report" --format csv "$work/copies.sql" "$work/$name" >"$work/expected"
  fields "$capture" 'plaintalk.verb == "SAY" && plaintalk.copies > 0' plaintalk.copy_in | sort -n >"$work/said"
  equal "$(wc -l <"$work/said")" "$(($(wc -l <"$work/expected") - 1))" "messages of $name"
  while IFS=, read -r packet copies; do
    [ "$packet" != packet_in ] || continue
    found=$(awk -v packet="$packet" '$1 == packet { print $2 }' "$work/said")
    for copy in $copies; do [[ ,$found, == *,$copy,* ]] || fail "$name: the message of packet $packet, copy $copy: $found"; done
  done <"$work/expected"
  fields "$capture" 'plaintalk.said_in' plaintalk.said_in >"$work/heard"
  while IFS=, read -r packet copies; do
    [ "$packet" != packet_in ] || continue
    for copy in $copies; do awk -v copy="$copy" -v packet="$packet" '$1 == copy && "," $2 "," ~ "," packet "," { found = 1 } END { exit !found }' "$work/heard" ||
      fail "$name: packet $copy does not name packet $packet"; done
  done <"$work/expected"
done

# Where it was installed, tshark finds it. Not as root: Wireshark runs no scripts of a superuser's folder.
as_nobody=()
[ "$(id -u)" != 0 ] || as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
chmod -R a+rX "$work/home"
HOME=$work/home "${as_nobody[@]}" tshark -G fields >"$work/fields" 2>"$work/tshark"
grep -q 'plaintalk\.verb' "$work/fields" || fail "tshark does not load it from $plugin: $(cat "$work/tshark")"
