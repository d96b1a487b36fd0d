#include "analyzer/page/page_facts.hpp"

#include <stdexcept>
#include <string_view>

#include "analyzer/report/report_query.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::size_t kFilterEntriesMax = 500;

std::vector<std::vector<ReportCell>> rows_of(const std::string& analysis, std::string_view sql) {
  return run_report(parse_template("page", sql), analysis).rows;
}

std::string one(const std::string& analysis, std::string_view sql) {
  const auto rows = rows_of(analysis, sql);
  return rows.empty() ? std::string() : rows.front().front().text;
}

void read_about(const std::string& analysis, bool masked, PageFacts& facts) {
  for (const auto& row : rows_of(analysis, "SELECT key, value FROM about ORDER BY key")) {
    const std::string& key = row[0].text;
    const std::string& value = row[1].text;
    if (key == "program") facts.program = value;
    if (key == "inputs") facts.inputs = value;
    if (key == "secrets") facts.has_secrets = value == "shown";
    if (key == "state") facts.is_interim = value != "complete";
    if (key == "packets_table") facts.packets_left_out = value;
    if (key == "summary" && facts.summary.empty()) facts.summary = value;
    if (key == "summary_with_secrets" && !masked) facts.summary = value;
  }
}

void read_capture(const std::string& analysis, PageFacts& facts) {
  const auto rows =
      rows_of(analysis,
              "SELECT packets, synthetic, first_time, strftime('%Y-%m-%d %H:%M:%S', first_time_ns / "
              "1000000000, 'unixepoch'), round(duration_s, 3) FROM captures");
  if (rows.size() != 1) throw std::runtime_error(analysis + " has no table of one capture");
  const auto& row = rows.front();
  facts.packets = row[0].text.empty() ? 0 : std::stoull(row[0].text);
  facts.is_synthetic = row[1].text == "1";
  facts.first_time = row[2].text;
  facts.first_utc = row[3].text;
  facts.duration_s = row[4].text;
}

void read_numbers(const std::string& analysis, PageFacts& facts) {
  const auto add = [&](const char* what, std::string_view sql) {
    facts.numbers.emplace_back(what, one(analysis, sql));
  };
  add("packets", "SELECT packets FROM captures");
  if (!facts.duration_s.empty())
    facts.numbers.emplace_back("seconds from first to last packet", facts.duration_s);
  add("TCP connections", "SELECT count(*) FROM connections");
  add("people", "SELECT count(*) FROM users");
  add("messages and files that went in", "SELECT count(*) FROM messages WHERE origin = 'live'");
  add("copies that came out, of those due",
      "SELECT coalesce(sum(deliveries), 0) || ' of ' || coalesce(sum(members), 0) FROM messages WHERE origin "
      "= 'live'");
  add("passwords readable", "SELECT count(*) FROM credentials WHERE method LIKE '%password'");
  add("findings of weight, and warnings",
      "SELECT coalesce(sum(severity = 'high'), 0) || ' + ' || coalesce(sum(severity = 'warning'), 0) FROM "
      "findings");
}

}  // namespace

PageFacts read_facts(const std::string& analysis, bool masked) {
  // Of many captures each row begins with the name of one.
  if (run_report(parse_template("page", "SELECT packets FROM captures"), analysis).columns.size() != 1)
    throw std::runtime_error(
        "this analysis is of many captures, and a page is of one: give the folder of one of them in it");
  PageFacts facts;
  read_about(analysis, masked, facts);
  read_capture(analysis, facts);
  read_numbers(analysis, facts);
  const std::string limit = " LIMIT " + std::to_string(kFilterEntriesMax);
  for (const auto& row :
       rows_of(analysis, "SELECT user FROM users ORDER BY messages_sent + deliveries DESC, user" + limit))
    facts.people.push_back(row[0].text);
  for (const auto& row :
       rows_of(analysis, "SELECT DISTINCT room FROM rooms ORDER BY messages DESC, room" + limit))
    facts.rooms.push_back(row[0].text);
  for (const auto& row : rows_of(
           analysis,
           "SELECT connection, connection || ': ' || coalesce(user || ', ', '') || client_address || ':' || "
           "client_port || ' to ' || server_address || ':' || server_port FROM connections ORDER BY "
           "connection" +
               limit))
    facts.connections.emplace_back(row[0].text, row[1].text);
  return facts;
}

}  // namespace plaintalk::analyzer
