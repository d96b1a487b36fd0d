#include "labs/link/ledger.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string_view>

#include <fcntl.h>
#include <nlohmann/json.hpp>

#include "base/write_all.hpp"

namespace plaintalk::link {
namespace {

constexpr std::uint64_t kLedgerSizeMax = 64U << 20;

std::string_view render(Reason reason) {
  switch (reason) {
    case Reason::none: break;
    case Reason::chance: return "chance";
    case Reason::chosen: return "chosen";
    case Reason::queue: return "queue";
  }
  return "none";
}

std::string endpoint(std::uint32_t address, std::uint16_t port) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8)
    text += (text.empty() ? "" : ".") + std::to_string(address >> shift & 0xff);
  return text + ':' + std::to_string(port);
}

void append_count(std::string& text, std::uint64_t count, std::string_view what) {
  if (count > 0) text += ", " + std::to_string(count) + ' ' + std::string(what);
}

}  // namespace

Ledger::Ledger(const std::filesystem::path& file) {
  if (file.empty()) return;
  file_ = FileDescriptor(
      open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file_.is_open())
    throw std::runtime_error("cannot write " + file.string() + ": " + std::strerror(errno));
}

void Ledger::add(Direction direction, const Fate& fate, const std::optional<FrameView>& frame, WallTime now) {
  LinkCounts& counts = counts_[static_cast<std::size_t>(direction)];
  if (!fate.is_lost) ++counts.passed;
  if (fate.lost_by == Reason::chance) ++counts.lost_by_chance;
  if (fate.lost_by == Reason::chosen) ++counts.lost_by_choice;
  if (fate.lost_by == Reason::queue) ++counts.lost_in_queue;
  if (fate.held_by != Reason::none) ++counts.held;
  if (fate.is_doubled) ++counts.doubled;
  const bool is_special = fate.is_lost || fate.held_by != Reason::none || fate.is_doubled;
  if (file_.is_open() && is_special && frame) write_line(direction, fate, *frame, now);
}

void Ledger::add_unwanted(Direction direction, std::uint64_t count) {
  counts_[static_cast<std::size_t>(direction)].unwanted += count;
}

void Ledger::write_line(Direction direction, const Fate& fate, const FrameView& frame, WallTime now) {
  const nlohmann::ordered_json line{{"time", render_epoch(now)},
                                    {"direction", render(direction)},
                                    {"source", endpoint(frame.source, frame.source_port)},
                                    {"target", endpoint(frame.target, frame.target_port)},
                                    {"ip_id", frame.ip_id},
                                    {"flags", frame.flags},
                                    {"seq_raw", frame.sequence},
                                    {"payload_bytes", frame.payload.size()},
                                    {"lost_by", render(fate.lost_by)},
                                    {"held_by", render(fate.held_by)},
                                    {"doubled", fate.is_doubled}};
  const std::string text = line.dump() + '\n';
  if (size_ + text.size() > kLedgerSizeMax) return;
  size_ += text.size();
  write_all(file_.number(), text);
}

std::string Ledger::summary() const {
  std::string text;
  for (const Direction direction : {Direction::to_server, Direction::to_people}) {
    const LinkCounts& counts = of(direction);
    if (!text.empty()) text += "; ";
    text += std::string(link::render(direction)) + ": " + std::to_string(counts.passed) + " passed";
    append_count(text, counts.lost_by_chance, "lost by chance");
    append_count(text, counts.lost_by_choice, "lost by choice");
    append_count(text, counts.lost_in_queue, "lost for want of room");
    append_count(text, counts.held, "held back");
    append_count(text, counts.doubled, "doubled");
    append_count(text, counts.unwanted, "lost against the plan");
  }
  return text;
}

}  // namespace plaintalk::link
