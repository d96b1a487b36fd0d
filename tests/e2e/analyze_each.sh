# A class of captures: a folder of them, one cut, one that is none; each has its own analysis, and all of them one table and one report.
. "$(dirname "$0")/common.sh"
golden=$here/../golden
mkdir "$work/class"
cp "$golden/logins.pcap" "$golden/room-session.pcap" "$work/class/"
gzip -c "$golden/file-transfer.pcap" >"$work/class/files.pcap.gz"
head -c 3000 "$golden/room-session.pcap" >"$work/class/cut.pcap"
printf 'a letter, not a capture\n' >"$work/class/letter.pcap"
status=0
"$bin/plaintalk-analyze" "$work/class" --each --out "$work/all" >"$work/out" 2>"$work/err" || status=$?
equal "$status" 3 'exit status with a damaged file'
healthy "$work/err"
contains "$work/out" '[5/5]'
contains "$work/out" '4 captures analysed, 1 of them damaged; 1 could not be read'
contains "$work/err" 'letter.pcap'
for name in logins room-session files cut; do [ -s "$work/all/$name/analysis.sqlite" ] || fail "$name has no analysis"; done
equal "$(columns "$work/all/captures.csv" capture | tr '\n' ' ')" 'cut files letter logins room-session ' 'captures'
equal "$(columns "$work/all/connections.csv" capture | sort | uniq -c | tr -s ' \n' ' ')" ' 2 cut 2 files 3 logins 3 room-session ' 'connections'
"$bin/plaintalk-report" credentials "$work/all" --format csv >"$work/credentials.csv"
equal "$(columns "$work/credentials.csv" capture method | grep -c 'password$')" 3 'passwords'
"$bin/plaintalk-report" file-transfers "$work/all" --capture files --format csv >"$work/files.csv"
contains "$work/files.csv" 'identical to what was announced'

# The same folder without --each is one capture, named after the folder.
status=0
(cd "$work" && "$bin/plaintalk-analyze" class --quiet --no-html 2>"$work/err") || status=$?
equal "$status" 1 'exit status with a file that is no capture'
rm "$work/class/letter.pcap" "$work/class/cut.pcap"
(cd "$work" && "$bin/plaintalk-analyze" class/ --quiet --no-html)
equal "$(columns "$work/class-analysis/captures.csv" packets)" "$(columns "$work/all/captures.csv" capture packets | awk '/logins|room|files/ { sum += $2 } END { print sum }')" 'packets of all files together'
