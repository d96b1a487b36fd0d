#include "analyzer/protocols/descriptions.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "analyzer/protocols/description_reader.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read the description " + path + ": " + std::strerror(errno));
  std::string text(kDescriptionSizeMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (file.gcount() == 0 && !file.eof()))
    throw std::runtime_error("cannot read the description " + path);
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

std::string builtin_names() {
  std::string names;
  for (const BuiltinDescription& builtin : builtin_descriptions())
    names += (names.empty() ? "" : ", ") + std::string(builtin.name);
  return names;
}

described::Description read_or_throw(std::string_view text, const std::string& file) {
  auto description = read_description(text, file);
  if (description) return std::move(*description);
  std::string faults;
  for (const std::string& fault : description.error())
    faults += (faults.empty() ? "" : "\n") + terminal_safe(fault);
  throw std::runtime_error(faults);
}

}  // namespace

std::shared_ptr<const described::Description> load_description(const std::string& name) {
  const bool is_path = name.find('/') != name.npos || name.ends_with(".toml");
  if (is_path) return std::make_shared<described::Description>(read_or_throw(read_file(name), name));
  const auto found = std::ranges::find(builtin_descriptions(), name, &BuiltinDescription::name);
  if (found == builtin_descriptions().end())
    throw std::runtime_error("there is no protocol '" + terminal_safe(name) +
                             "'; there are: " + builtin_names() +
                             "; a description of your own is given by its path, such as ./mine.toml");
  return std::make_shared<described::Description>(read_or_throw(found->text, name + ".toml"));
}

std::string list_descriptions() {
  std::string list;
  for (const BuiltinDescription& builtin : builtin_descriptions()) {
    const described::Description description =
        read_or_throw(builtin.text, std::string(builtin.name) + ".toml");
    list += description.name + ": " + description.title + "; port";
    for (const std::uint16_t port : description.ports) list += ' ' + std::to_string(port);
    list += '\n';
  }
  return list;
}

}  // namespace plaintalk::analyzer
