#include "labs/files/text_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>

#include "base/file_descriptor.hpp"
#include "base/write_all.hpp"

namespace plaintalk::labs {
namespace {

std::filesystem::path fresh_name(std::filesystem::path path) { return path += ".new"; }

void write_fresh(const std::filesystem::path& path, std::string_view text) {
  const std::filesystem::path fresh = fresh_name(path);
  int error = 0;
  {
    const FileDescriptor file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    error = file.is_open() ? write_all(file.number(), text) : errno;
  }
  if (error == 0) return;
  std::error_code ignored;
  std::filesystem::remove(fresh, ignored);
  throw std::runtime_error(path.string() + " cannot be written: " + std::strerror(error));
}

void take_place(const std::filesystem::path& path) { std::filesystem::rename(fresh_name(path), path); }

}  // namespace

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
  write_fresh(path, text);
  take_place(path);
}

void write_text_files(const std::filesystem::path& folder, const std::vector<NamedText>& files) {
  // All are whole before the first one takes the place of an older one.
  try {
    for (const NamedText& file : files) write_fresh(folder / file.name, file.text);
  } catch (const std::runtime_error&) {
    std::error_code ignored;
    for (const NamedText& file : files) std::filesystem::remove(fresh_name(folder / file.name), ignored);
    throw;
  }
  for (const NamedText& file : files) take_place(folder / file.name);
}

}  // namespace plaintalk::labs
