// What the logs hold: for each a query over the tables of an analysis, and a field of Zeek's for each column
// of it. The fields of conn.log and files.log are those of Zeek 6 (base/protocols/conn/main.zeek,
// base/frameworks/files/main.zeek), in its order; plaintalk.log is ours.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace plaintalk::analyzer {

enum class ZeekType : std::uint8_t {
  time,      // of "1789201502.123456789"
  interval,  // of seconds
  string,
  string_set,  // of one element, or none
  enumeration,
  address,
  port,
  count,
  boolean,
  file_id,  // of any text: what it says identifies the file
};

// As it stands in the #types line.
std::string_view name_of(ZeekType type);

struct ZeekField {
  std::string_view name;
  ZeekType type{};
};

struct ZeekLog {
  std::string_view path;  // "conn": the log is conn.log
  std::vector<ZeekField> fields;
  std::string_view query;  // one column for each field; NULL is a field that is not set
};

const std::vector<ZeekLog>& zeek_logs();

}  // namespace plaintalk::analyzer
