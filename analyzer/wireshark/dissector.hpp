// The Lua dissector for Wireshark, built into the program, and where Wireshark looks for it.
#pragma once

#include <filesystem>
#include <string_view>

namespace plaintalk::analyzer {

std::string_view wireshark_dissector();

// Into Wireshark's folder for the Lua plugins of one user (about:Folders calls it Personal Lua Plugins);
// gives the path. An earlier version of ours is replaced. Throws std::runtime_error when something else has
// the name, or when it cannot be written.
std::filesystem::path install_wireshark_dissector(const std::filesystem::path& home);

}  // namespace plaintalk::analyzer
