#include "analyzer/page/page_file.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <unistd.h>

#include "analyzer/page/page.hpp"
#include "analyzer/tables/analysis_folder.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::size_t kHeadSize = 4 << 10;

bool is_page(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string head(kHeadSize, '\0');
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  return head.find(kPageMark) != head.npos;
}

}  // namespace

void write_page_file(const std::string& path, std::string_view html) {
  std::error_code error;
  const auto status = std::filesystem::symlink_status(path, error);
  if (std::filesystem::exists(status) && !(std::filesystem::is_regular_file(status) && is_page(path)))
    throw std::runtime_error(
        terminal_safe(path) +
        " is there already and is no page of an analysis: choose another name with --out");
  const std::string temporary = path + ".new-" + std::to_string(::getpid());
  try {
    OutputFile file = create_file(temporary);
    file.write(html);
    file.close();
    std::filesystem::rename(temporary, path);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
}

}  // namespace plaintalk::analyzer
