#include "base/front_door.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace plaintalk {
namespace {

// Nothing that a shell would read as anything but one word.
bool is_plain(std::string_view command) {
  return !command.empty() && std::ranges::all_of(command, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '.' || c == '-' || c == '_';
  });
}

std::string command() {
  const char* told = std::getenv("PLAINTALK_COMMAND");
  return told != nullptr && is_plain(told) ? told : "plaintalk";
}

}  // namespace

std::string front_door(std::string_view words) { return command() + ' ' + std::string(words); }

std::string front_door_from_anywhere(std::string_view words) {
  const std::string called = command();
  const bool is_path = called.find('/') != called.npos;
  const std::string path = is_path ? std::filesystem::absolute(called).lexically_normal().string() : called;
  return (is_plain(path) ? path : called) + ' ' + std::string(words);
}

}  // namespace plaintalk
