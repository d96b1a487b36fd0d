#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace plaintalk::labs {

// All of a regular file. Throws std::runtime_error when it is missing, larger than the limit, or cannot be
// read.
std::string read_text_file(const std::filesystem::path& path, std::uintmax_t size_max);

// Whole or not at all: a full disk does not cost what was there before. Throws std::runtime_error, with the
// reason.
void write_text_file(const std::filesystem::path& path, std::string_view text);

struct NamedText {
  std::string name;
  std::string text;
};
// All of them into a folder, or none of them.
void write_text_files(const std::filesystem::path& folder, const std::vector<NamedText>& files);

}  // namespace plaintalk::labs
