# Other people's protocols from the command line: a description that is built in and one of one's own, through a file, a
# pipe and --each; the guide's own example; what is wrong with a description; what does not fit; a proposal that is fed back.
. "$(dirname "$0")/common.sh"
captures=$(cd "$(dirname "$0")/../protocols" && pwd)
analyze=$bin/plaintalk-analyze
report=$bin/plaintalk-report

status_of() { # status_of NAME COMMAND...: runs it; its exit status is in $status, its words in $work/NAME
  local name=$1
  shift
  status=0
  "$@" >"$work/$name" 2>"$work/$name.err" || status=$?
}

status_of list "$analyze" --protocol list
equal "$status" 0 'the list'
contains "$work/list" 'irc: Internet Relay Chat'

# A file, the same through a pipe, and each for itself: the same tables.
"$analyze" "$captures/irc.pcap" --protocol irc --out "$work/file" --quiet
"$analyze" - --protocol irc --out "$work/pipe" --quiet <"$captures/irc.pcap"
cat "$captures/irc.pcap" | "$analyze" - --protocol irc --out "$work/real-pipe" --quiet
"$analyze" "$captures/irc.pcap" --each --protocol irc --out "$work/each" --quiet
for table in pdus messages deliveries users rooms credentials findings; do
  cmp "$work/file/$table.csv" "$work/pipe/$table.csv" || fail "$table differs through standard input"
  cmp "$work/file/$table.csv" "$work/real-pipe/$table.csv" || fail "$table differs through a pipe"
  cmp "$work/file/$table.csv" "$work/each/irc/$table.csv" || fail "$table differs with --each"
done
equal "$(grep -c ',alice,[0-9]' "$work/file/messages.csv")" 6 'messages of alice'
contains "$work/file/credentials.csv" '******,yes,client,irc'
"$report" routing "$work/file" --format csv >"$work/routing"
contains "$work/routing" '#lab,6,alice'

# What is wrong stands there with its line.
printf 'ports = [6000]\n[framing]\nby = "magic"\n' >"$work/bad.toml"
status_of bad "$analyze" "$captures/irc.pcap" --protocol "$work/bad.toml" --out "$work/bad-out"
equal "$status" 1 'a faulty description'
contains "$work/bad.err" 'bad.toml:2: by must be newline'
[ ! -e "$work/bad-out" ] || fail 'a faulty description leaves a folder'
status_of unknown "$analyze" "$captures/irc.pcap" --protocol nosuch
equal "$status" 1 'an unknown protocol'
contains "$work/unknown.err" 'there are: irc'
status_of prove "$analyze" "$captures/irc.pcap" --protocol irc --prove
equal "$status" 2 '--prove with --protocol'

# check-protocol.
status_of fits "$report" check-protocol nats "$captures/nats.pcap"
equal "$status" 0 'a description that fits'
contains "$work/fits" 'all fit nats'
printf 'ports = [6667]\n' >"$work/empty.toml"
status_of misfits "$report" check-protocol "$work/empty.toml" "$captures/irc.pcap"
equal "$status" 4 'a description that does not fit'
contains "$work/misfits" 'connection 2, client, packet 6, offset 0, 13 bytes: unexplained'
status_of nobody "$report" check-protocol nats "$captures/irc.pcap"
equal "$status" 4 'nobody on these ports'
head -c 8000 "$captures/nats.pcap" >"$work/cut.pcap"
status_of cut "$report" check-protocol nats "$work/cut.pcap"
equal "$status" 3 'a damaged capture'
status_of two "$report" check-protocol nats
equal "$status" 2 'check-protocol without a capture'

# What is proposed can be fed back.
status_of guess "$analyze" "$captures/json-length.pcap" --guess
equal "$status" 0 '--guess'
contains "$work/guess" '# nearly certain: the lengths add up exactly over'
contains "$work/guess.err" 'proposed for port 9001'
cp "$work/guess" "$work/guess.toml"
"$analyze" "$captures/json-length.pcap" --protocol "$work/guess.toml" --out "$work/guessed" --quiet
contains "$work/guessed/messages.csv" 'alice will miss this'
contains "$work/guessed/findings.csv" 'missing-delivery'
