#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace plaintalk::labs {

// A text of an object that may come from anybody; empty when it is missing or something else.
inline std::string text_of(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace plaintalk::labs
