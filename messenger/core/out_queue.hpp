// What waits to be written to one connection, in three lanes: replies before chat before file data.
//
// Octets live in immutable blocks that are shared by reference: a message to a thousand people is encoded once, and each queue holds
// (block, offset, size). The shell drains a queue with gather() and consumed(); all bounds are kept by ServerCore.
// Single-threaded: reference counts are plain integers.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>

namespace plaintalk::messenger {

// An immutable run of octets with a plain reference count.
class Block {
 public:
  Block() = default;
  explicit Block(std::string octets);
  Block(const Block& other);
  Block(Block&& other) noexcept;
  Block& operator=(Block other) noexcept;
  ~Block();

  std::string_view octets() const;

 private:
  struct Shared;
  Shared* shared_ = nullptr;
};

enum class Lane : std::uint8_t { reply, chat, bulk };

}  // namespace plaintalk::messenger
