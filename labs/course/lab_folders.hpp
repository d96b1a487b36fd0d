#pragma once

#include <filesystem>
#include <vector>

namespace plaintalk::labs {

// Folders of `labs` named NN-name that hold a lab.toml, in order.
std::vector<std::filesystem::path> lab_folders(const std::filesystem::path& labs);

}  // namespace plaintalk::labs
