#include "analyzer/run/packet_count.hpp"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <system_error>

#include "capture/file/capture_reader.hpp"

namespace plaintalk::analyzer {

bool have_more_packets_than(const std::vector<std::string>& files, std::uint64_t count) {
  const bool are_files = std::ranges::all_of(files, [](const std::string& file) {
    std::error_code error;
    return std::filesystem::is_regular_file(file, error);
  });
  if (!are_files) return false;
  std::uint64_t left = count;
  for (const std::string& file : files) {
    try {
      auto reader = capture::CaptureReader::open(file);
      for (auto record = reader.next(); record && *record; record = reader.next())
        if (left-- == 0) return true;
    } catch (const std::exception&) {
    }
  }
  return false;
}

}  // namespace plaintalk::analyzer
