#include "analyzer/run/capture_files.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace plaintalk::analyzer {
namespace {

constexpr std::array<std::string_view, 3> kCompressions{".gz", ".zst", ".lz4"};
constexpr std::array<std::string_view, 4> kEndings{".pcap", ".pcapng", ".cap", ".ntar"};

std::string_view without_ending(std::string_view name) {
  for (const std::string_view ending : kCompressions)
    if (name.ends_with(ending)) name.remove_suffix(ending.size());
  for (const std::string_view ending : kEndings)
    if (name.ends_with(ending)) return name.substr(0, name.size() - ending.size());
  return name;
}

bool has_ending(std::string_view name) {
  for (const std::string_view ending : kCompressions)
    if (name.ends_with(ending)) name.remove_suffix(ending.size());
  return std::ranges::any_of(kEndings, [name](std::string_view ending) { return name.ends_with(ending); });
}

std::vector<std::string> captures_in(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  std::filesystem::directory_iterator entries(folder, error);
  if (error) throw std::runtime_error("cannot read the folder " + folder + ": " + error.message());
  for (const auto& entry : entries) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with('.') && has_ending(name) && !entry.is_directory(error))
      files.push_back(entry.path().string());
  }
  if (files.empty())
    throw std::runtime_error("there is no capture in the folder " + folder +
                             " (.pcap, .pcapng or .cap, also as .gz, .zst or .lz4)");
  std::ranges::sort(files);
  return files;
}

}  // namespace

std::vector<std::string> capture_files(const std::vector<std::string>& arguments) {
  std::vector<std::string> files;
  for (const std::string& argument : arguments) {
    std::error_code error;
    if (argument == "-" || !std::filesystem::is_directory(argument, error)) {
      files.push_back(argument);
      continue;
    }
    const auto inside = captures_in(argument);
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

std::vector<std::string> capture_names(const std::vector<std::string>& files) {
  std::vector<std::string> names;
  std::set<std::string> taken;
  for (const std::string& file : files) {
    const std::string whole = std::filesystem::path(file).filename().string();
    const std::string stem(without_ending(whole));
    // A name that would be a path, or hidden, is none for a folder.
    const std::string base = stem.empty() || stem.starts_with('.') ? "capture" + stem : stem;
    std::string name = base;
    for (int number = 2; !taken.insert(name).second; ++number) name = base + '-' + std::to_string(number);
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace plaintalk::analyzer
