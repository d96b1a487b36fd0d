// Where another of our programs is.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

namespace plaintalk {

// The program `file_name` beside the one that runs, else on PATH; nullopt when it is nowhere.
std::optional<std::filesystem::path> find_program(std::string_view file_name);

}  // namespace plaintalk
