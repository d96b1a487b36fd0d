// Which labs there are, and where.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "labs/course/lab.hpp"

namespace plaintalk::labs {

// The labs that came with the program: labs/ of the checkout or share/plaintalk/labs of the installation.
// Throws std::runtime_error when they are nowhere.
std::filesystem::path shipped_labs();

// The lab "01", "1" or "first-session". Throws std::runtime_error with the labs there are, or with what is
// wrong in its lab.toml.
Lab find_lab(const std::filesystem::path& labs, std::string_view wanted);

}  // namespace plaintalk::labs
