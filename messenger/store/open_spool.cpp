#include "messenger/store/open_spool.hpp"

#include <filesystem>
#include <system_error>

#include <stdlib.h>

namespace plaintalk::messenger {
namespace {

std::filesystem::path temporary_folder() {
  if (const char* chosen = ::getenv("TMPDIR"); chosen != nullptr && *chosen != '\0') return chosen;
  std::error_code error;
  return std::filesystem::is_directory("/var/tmp", error) ? "/var/tmp" : "/tmp";
}

}  // namespace

std::unique_ptr<BlockSpool> open_spool(const std::string& where) {
  if (where == "memory") return std::make_unique<BlockSpool>();
  return std::make_unique<BlockSpool>(where.empty() ? temporary_folder() : std::filesystem::path(where));
}

std::string spool_line(const std::string& where) {
  if (!where.empty()) return {};
  return "files: kept in " + temporary_folder().string() + " until the server ends (--spool DIR)\n";
}

}  // namespace plaintalk::messenger
