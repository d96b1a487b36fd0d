# Prints the named columns of a CSV file (RFC 4180), tab-separated and unquoted: awk -v want="room seq" -f this FILE
function take(text,    i, c, quoted, n, value) {
  n = 1; value = ""; quoted = 0
  for (i = 1; i <= length(text); i++) {
    c = substr(text, i, 1)
    if (quoted && c == "\"" && substr(text, i + 1, 1) == "\"") { value = value c; i++ }
    else if (c == "\"") quoted = !quoted
    else if (c == "," && !quoted) { field[n++] = value; value = "" }
    else value = value c
  }
  field[n] = value
  return n
}
{
  sub(/\r$/, "")
  record = (record == "") ? $0 : record "\n" $0
  if (gsub(/"/, "\"", record) % 2) next  # a line break inside quotes: the record goes on
  count = take(record)
  record = ""
  if (!width) {
    width = split(want, names, " ")
    for (i = 1; i <= count; i++) place[field[i]] = i
    for (i = 1; i <= width; i++) if (!(names[i] in place)) { print "no column " names[i] | "cat >&2"; exit 1 }
    next
  }
  row = ""
  for (i = 1; i <= width; i++) row = row (i > 1 ? "\t" : "") field[place[names[i]]]
  print row
}
