// The files that were announced here, so that people can fetch one by its name: handles cannot be typed.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace plaintalk::messenger::client {

class SeenFiles {
 public:
  static constexpr std::size_t kCountMax = 256;  // then the oldest is forgotten

  void add(std::string_view handle, std::string_view name);
  // A file of that name or handle was announced.
  bool has(std::string_view wanted) const;
  // The handle of the latest file of that name, or `wanted` itself when it can be a handle.
  std::optional<std::string> handle_of(std::string_view wanted) const;

 private:
  struct Seen {
    std::string handle;
    std::string name;
  };
  std::deque<Seen> files_;  // the latest last
};

}  // namespace plaintalk::messenger::client
