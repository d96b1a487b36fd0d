// conn.log, plaintalk.log and files.log of an analysis, for those who go on with zeek-cut, Zui or whatever
// else reads Zeek's logs. `uid` is that of the connections table, so that all can be joined.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace plaintalk::analyzer {

enum class ZeekForm : std::uint8_t {
  tsv,   // tab-separated, with the header lines of Zeek's ASCII writer
  json,  // a JSON object a line; fields that are not set are left out
};

// `analysis`: a folder written by plaintalk-analyze, or its analysis.sqlite. `folder` is made if need be.
// Gives the names of what was written: a log without a row is not, as with Zeek. Throws
// std::runtime_error, and leaves nothing behind, when one of the logs is there already, when the analysis is
// one of many captures, or when the disk is full.
std::vector<std::string> write_zeek_logs(const std::string& analysis, const std::string& folder,
                                         ZeekForm form);

// Throws std::runtime_error when one of the logs is there: before an analysis is made for them.
void require_room_for_zeek_logs(const std::string& folder);

}  // namespace plaintalk::analyzer
