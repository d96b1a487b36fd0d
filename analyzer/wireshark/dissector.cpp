#include "analyzer/wireshark/dissector.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

namespace fs = std::filesystem;

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

}  // namespace

fs::path install_wireshark_dissector(const fs::path& home) {
  if (home.empty()) throw std::runtime_error("HOME is not set: nobody's plugin folder is known");
  const fs::path path = home / ".local/lib/wireshark/plugins/plaintalk.lua";
  if (fs::exists(fs::symlink_status(path))) {
    std::ifstream file(path, std::ios::binary);
    const std::string present(std::istreambuf_iterator<char>(file), {});
    if (first_line(present) != first_line(wireshark_dissector()))
      throw std::runtime_error(terminal_safe(path.string()) +
                               " is something else: move it away, or load ours with -X lua_script:FILE");
  }
  fs::create_directories(path.parent_path());
  // Under another name first: who opens Wireshark meanwhile gets the old one or the new one.
  const fs::path written = path.string() + ".new";
  std::ofstream file(written, std::ios::binary | std::ios::trunc);
  file << wireshark_dissector() << std::flush;
  if (!file) throw std::runtime_error("cannot write " + terminal_safe(written.string()));
  file.close();
  fs::rename(written, path);
  return path;
}

}  // namespace plaintalk::analyzer
