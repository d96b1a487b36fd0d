#include "labs/files/text_file.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

namespace plaintalk::labs {

std::string read_text_file(const std::filesystem::path& path, std::uintmax_t size_max) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) throw std::runtime_error(path.string() + " is missing");
  if (std::filesystem::file_size(path, error) > size_max)
    throw std::runtime_error(path.string() + " is larger than " + std::to_string(size_max >> 20) + " MiB");
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path.string() + " cannot be read");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void write_text_file(const std::filesystem::path& path, std::string_view text) {
  std::filesystem::path fresh = path;
  fresh += ".new";
  std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
  file << text << std::flush;
  file.close();
  if (!file) {
    std::error_code ignored;
    std::filesystem::remove(fresh, ignored);
    throw std::runtime_error(path.string() +
                             " cannot be written: is the disk full, or the folder read-only?");
  }
  std::filesystem::rename(fresh, path);
}

}  // namespace plaintalk::labs
