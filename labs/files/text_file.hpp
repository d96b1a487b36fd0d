#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace plaintalk::labs {

// All of a regular file. Throws std::runtime_error when it is missing, larger than the limit, or cannot be
// read.
std::string read_text_file(const std::filesystem::path& path, std::uintmax_t size_max);

// Whole or not at all: a full disk does not cost what was there before. Throws std::runtime_error.
void write_text_file(const std::filesystem::path& path, std::string_view text);

}  // namespace plaintalk::labs
