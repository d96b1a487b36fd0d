// Which frames of the protocol the packets of one side carry. Frames come in the order of the stream, often
// while the packet that completes them is still being looked at, and packets repeat what earlier ones
// carried.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "analyzer/talk/results.hpp"

namespace plaintalk::analyzer {

class PacketPdus {
 public:
  // Remembered for packets that are still to come.
  static constexpr std::size_t kRememberedCountMax = 16;
  static constexpr std::size_t kLongCountMax = 4;
  // How far a search goes at most.
  static constexpr std::size_t kStepsMax = 4096;

  struct Carrier {  // a packet and the part of the stream that it holds
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::uint64_t packet = 0;
  };
  struct Frame {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::uint64_t number = 0;
  };

  // Calls `mark(packet, number)` for every packet known so far that holds bytes of the frame, beside the
  // first and the last, which the frame itself names.
  template <typename Mark>
  void add_frame(const PduResult& pdu, const Mark& mark) {
    const Frame frame{static_cast<std::int64_t>(pdu.stream_offset),
                      static_cast<std::int64_t>(pdu.stream_offset + pdu.length), pdu.number};
    if (frames_.size() >= kRememberedCountMax) forgotten_end_ = std::max(forgotten_end_, frames_.front().end);
    remember(frames_, kRememberedCountMax, frame);
    if (pdu.packets > 2) remember(long_frames_, kLongCountMax, frame);
    mark(pdu.first.packet, frame.number);
    mark(pdu.last.packet, frame.number);
    if (pdu.packets < 2) return;
    // Packets are nearly in the order of their bytes, and the newest ones hold this frame's.
    std::size_t below = 0;
    for (std::size_t steps = 0; steps < kStepsMax && first_ + steps < carriers_.size(); ++steps) {
      const Carrier& carrier = carriers_[carriers_.size() - 1 - steps];
      if (carrier.begin < frame.end && carrier.end > frame.begin) mark(carrier.packet, frame.number);
      if (carrier.end <= frame.begin && ++below > kBelowCountMax) return;
    }
  }

  // Calls `mark(number)` for the remembered frames of which the packet holds bytes. Where some of them are
  // forgotten and the packet itself has brought none (`is_marked`), nothing is marked and the result is the
  // packet whose bytes it repeats, or 0.
  template <typename Mark>
  std::uint64_t add_carrier(const Carrier& carrier, bool is_marked, const Mark& mark) {
    std::uint64_t original = 0;
    const auto overlaps = [&](const Frame& frame) {
      return carrier.begin < frame.end && carrier.end > frame.begin;
    };
    const auto covers = [&](const Frame& frame) {
      return carrier.begin >= frame.begin && carrier.end <= frame.end;
    };
    if (const auto whole = std::ranges::find_if(long_frames_, covers); whole != long_frames_.end()) {
      mark(whole->number);
    } else if (carrier.begin >= forgotten_end_) {
      for (const Frame& frame : frames_)
        if (overlaps(frame)) mark(frame.number);
    } else if (!is_marked) {
      original = find_same(carrier);
    }
    carriers_.push_back(carrier);
    return original;
  }

  // Its row is written.
  void forget(std::uint64_t packet) {
    if (first_ == carriers_.size() || carriers_[first_].packet != packet) return;
    ++first_;
    if (first_ * 2 <= carriers_.size()) return;
    carriers_.erase(carriers_.begin(), carriers_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }

 private:
  static constexpr std::size_t kBelowCountMax = 16;
  std::uint64_t find_same(const Carrier& carrier) const {
    for (std::size_t steps = 0; steps < kStepsMax && first_ + steps < carriers_.size(); ++steps) {
      const Carrier& other = carriers_[carriers_.size() - 1 - steps];
      if (other.begin == carrier.begin && other.end == carrier.end) return other.packet;
    }
    return 0;
  }
  static void remember(std::vector<Frame>& frames, std::size_t count_max, const Frame& frame) {
    if (frames.size() >= count_max) frames.erase(frames.begin());
    frames.push_back(frame);
  }

  std::vector<Carrier> carriers_;  // in the order of the packets; those before first_ are gone
  std::size_t first_ = 0;
  std::vector<Frame> frames_;
  std::vector<Frame> long_frames_;  // of more than two packets
  std::int64_t forgotten_end_ = 0;
};

}  // namespace plaintalk::analyzer
