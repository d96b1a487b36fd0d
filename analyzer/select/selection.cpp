#include "analyzer/select/selection.hpp"

#include <charconv>
#include <iterator>
#include <stdexcept>
#include <variant>

#include "analyzer/tables/open_analysis.hpp"
#include "base/sqlite/sqlite.hpp"

namespace plaintalk::analyzer {
namespace {

// A frame with the room and the number that it names, and its server as `messages` writes it. The argument of
// a direct message names the other one only: the conversation is that of both.
constexpr const char* kFrames = R"(
CREATE TEMP TABLE frames (pdu INTEGER PRIMARY KEY, connection INTEGER, direction TEXT, verb TEXT, status TEXT,
  time_ns INTEGER, last_packet INTEGER, room TEXT, seq INTEGER, server TEXT);
INSERT INTO frames
WITH word AS (
  SELECT *, substr(arguments, 1, instr(arguments || ' ', ' ') - 1) AS first,
    substr(arguments, instr(arguments || ' ', ' ') + 1) AS rest,
    instr(' ' || arguments, ' room=') AS named FROM pdus)
SELECT w.pdu, w.connection, w.direction, w.verb, w.status, w.time_ns, w.last_packet,
  CASE WHEN substr(first, 1, 1) = '#' THEN lower(first)
    WHEN first LIKE '@%,%' THEN first
    WHEN substr(first, 1, 1) = '@' AND c.user <> '' THEN
      '@' || min(c.user, lower(substr(first, 2))) || ',' || max(c.user, lower(substr(first, 2)))
    WHEN named > 0 THEN substr(arguments, named + 5, instr(substr(arguments || ' ', named + 5), ' ') - 1) END,
  CASE WHEN w.direction = 'server' AND w.verb IN ('MSG', 'FILE') AND substr(rest, 1, 1) BETWEEN '0' AND '9'
    THEN CAST(substr(rest, 1, instr(rest || ' ', ' ') - 1) AS INTEGER) END,
  CASE WHEN instr(c.server_address, ':') > 0 THEN '[' || c.server_address || ']' ELSE c.server_address END || ':' || c.server_port
FROM word w JOIN connections c USING (connection) ORDER BY w.pdu;
CREATE TEMP TABLE commands AS SELECT connection_in AS connection, packet_in AS packet, sender, text FROM messages
  WHERE packet_in IS NOT NULL;
CREATE INDEX temp.commands_by_packet ON commands (connection, packet);
)";

std::string query_of(const Filter& filter, bool whole_connections) {
  std::string from = " FROM packets p LEFT JOIN connections c ON c.connection = p.connection";
  if (filter.asks_frames)
    from +=
        " LEFT JOIN temp.frames u ON u.pdu BETWEEN p.first_pdu AND p.last_pdu AND u.connection = p.connection"
        " AND u.direction = p.direction";
  if (filter.asks_findings) from += " LEFT JOIN temp.cited f ON f.packet = p.packet";
  const std::string matches = from + " WHERE " + filter.condition;
  if (!whole_connections) return "SELECT p.packet" + matches + " ORDER BY p.packet";
  // The condition stands in the query once: its values are given once.
  return "WITH matching AS (SELECT p.packet, p.connection" + matches +
         ") SELECT packet FROM matching UNION SELECT packet FROM packets WHERE connection IN (SELECT "
         "connection FROM "
         "matching) ORDER BY packet";
}

// Numbers with anything between them.
std::vector<std::uint64_t> numbers_in(const std::string& text) {
  std::vector<std::uint64_t> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    std::uint64_t number = 0;
    const auto [stop, error] = std::from_chars(at, end, number);
    if (error == std::errc()) numbers.push_back(number);
    at = stop == at ? at + 1 : stop;
  }
  return numbers;
}

struct Cited {
  std::string words;
  std::string kinds;
  std::uint64_t left_out = 0;
};

std::map<std::uint64_t, Cited> cited_packets(const SqliteDatabase& database) {
  std::map<std::uint64_t, Cited> cited;
  SqliteStatement findings =
      database.prepare("SELECT severity, rule, kind, text, packets FROM findings ORDER BY rowid");
  while (findings.next()) {
    const std::string line =
        findings.text(1) + ' ' + findings.text(2) + " (" + findings.text(0) + "): " + findings.text(3);
    for (const std::uint64_t packet : numbers_in(findings.text(4))) {
      Cited& words = cited[packet];
      if ((',' + words.kinds + ',').find(',' + findings.text(2) + ',') == std::string::npos)
        words.kinds += (words.kinds.empty() ? "" : ",") + findings.text(2);
      if (words.words.size() + line.size() > kCommentSizeMax) {
        ++words.left_out;
      } else {
        words.words += (words.words.empty() ? "" : "\n") + line;
      }
    }
  }
  return cited;
}

void tell_kinds(const SqliteDatabase& database, const std::map<std::uint64_t, Cited>& cited) {
  database.run("CREATE TEMP TABLE cited (packet INTEGER PRIMARY KEY, kinds TEXT)");
  SqliteStatement insert = database.prepare("INSERT INTO temp.cited VALUES (?, ?)");
  for (const auto& [packet, words] : cited) {
    insert.bind(1, static_cast<std::int64_t>(packet));
    insert.bind(2, words.kinds);
    insert.next();
    insert.reset();
  }
}

}  // namespace

Selection select_packets(const std::string& analysis, const Filter& filter, bool whole_connections) {
  const SqliteDatabase database = open_analysis(analysis);
  const std::map<std::uint64_t, Cited> cited = cited_packets(database);
  if (filter.asks_frames) database.run(kFrames);
  if (filter.asks_findings) tell_kinds(database, cited);
  Selection selection;
  SqliteStatement query = database.prepare(query_of(filter, whole_connections));
  int place = 0;
  for (const auto& value : filter.values) std::visit([&](const auto& it) { query.bind(++place, it); }, value);
  while (query.next()) {
    const auto packet = static_cast<std::uint64_t>(query.integer(0));
    // A packet with several frames that match comes several times.
    if (!selection.packets.empty() && selection.packets.back() == packet) continue;
    selection.packets.push_back(packet);
    const auto words = cited.find(packet);
    if (words == cited.end()) continue;
    std::string& comment = selection.comments[packet];
    comment = words->second.words;
    if (words->second.left_out > 0)
      comment += (comment.empty() ? "" : "\n") +
                 ("and " + std::to_string(words->second.left_out) + " more findings");
  }
  return selection;
}

}  // namespace plaintalk::analyzer
