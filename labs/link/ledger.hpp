// A link's own account of what it did: counts, and a line of JSON for each packet that did not just pass. It
// is what captures are compared with, for the link alone knows which packet was lost.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/file_descriptor.hpp"
#include "base/time.hpp"
#include "labs/link/frame_view.hpp"
#include "labs/link/link_planner.hpp"

namespace plaintalk::link {

struct LinkCounts {
  std::uint64_t passed = 0;  // frames, doubled ones once
  std::uint64_t lost_by_chance = 0;
  std::uint64_t lost_by_choice = 0;
  std::uint64_t lost_in_queue = 0;
  std::uint64_t held = 0;
  std::uint64_t doubled = 0;
  std::uint64_t unwanted = 0;  // lost against the plan: too many at once, or the kernel took them not
};

class Ledger {
 public:
  // Empty: counts alone are kept. Throws std::runtime_error when the file cannot be made.
  explicit Ledger(const std::filesystem::path& file);

  void add(Direction direction, const Fate& fate, const std::optional<FrameView>& frame, WallTime now);
  void add_unwanted(Direction direction, std::uint64_t count = 1);

  const LinkCounts& of(Direction direction) const { return counts_[static_cast<std::size_t>(direction)]; }
  // One line for people: "to_server: 120 passed; to_people: 300 passed, 7 lost (1 chosen), 2 held back".
  std::string summary() const;

 private:
  void write_line(Direction direction, const Fate& fate, const FrameView& frame, WallTime now);

  std::array<LinkCounts, 2> counts_{};
  FileDescriptor file_;
  std::uint64_t size_ = 0;
};

}  // namespace plaintalk::link
