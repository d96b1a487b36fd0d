#include "messenger/client/room_cursor.hpp"

#include <algorithm>

namespace plaintalk::messenger::client {
namespace {

std::size_t size_of(const RoomFrame& frame) {
  const auto* message = std::get_if<MessageCame>(&frame);
  return message != nullptr ? message->text.size() : std::get<FileCame>(frame).name.size();
}

}  // namespace

void RoomCursor::start(std::uint64_t last) {
  if (known_) return;
  known_ = true;
  cursor_ = last;
  highest_ = last;
}

RoomCursor::Verdict RoomCursor::take(std::uint64_t seq, RoomFrame frame, std::vector<RoomFrame>& out) {
  if (!known_) start(seq == 0 ? 0 : seq - 1);
  if (seq <= cursor_) return Verdict::repeat;
  highest_ = std::max(highest_, seq);
  if (seq == cursor_ + 1) {
    cursor_ = seq;
    out.push_back(std::move(frame));
    drain(out);
    return Verdict::shown;
  }
  if (held_.contains(seq)) return Verdict::repeat;
  // Over the bound nothing is lost: the frame lies behind the hole, and the pages that fill it go on to it.
  const std::size_t size = size_of(frame);
  if (held_.size() < kHeldFrameCountMax && held_bytes_ + size <= kHeldBytesMax) {
    held_bytes_ += size;
    held_.emplace(seq, std::move(frame));
  }
  return Verdict::held;
}

void RoomCursor::announce(std::uint64_t seq) {
  if (known_) highest_ = std::max(highest_, seq);
}

void RoomCursor::drain(std::vector<RoomFrame>& out) {
  for (auto first = held_.begin(); first != held_.end() && first->first <= cursor_ + 1;
       first = held_.begin()) {
    held_bytes_ -= size_of(first->second);
    if (first->first == cursor_ + 1) {
      cursor_ = first->first;
      out.push_back(std::move(first->second));
    }
    held_.erase(first);
  }
}

void RoomCursor::skip_to(std::uint64_t seq, Settled& settled, std::vector<RoomFrame>& out) {
  settled.missed.emplace_back(cursor_ + 1, seq - 1);
  cursor_ = seq - 1;
  highest_ = std::max(highest_, cursor_);
  drain(out);
}

void RoomCursor::start_over() {
  known_ = true;
  cursor_ = 0;
  highest_ = 0;
  held_.clear();
  held_bytes_ = 0;
}

RoomCursor::Settled RoomCursor::settle(std::uint64_t after, std::uint64_t last, bool more,
                                       std::uint64_t oldest, std::vector<RoomFrame>& out) {
  Settled settled;
  start(last);
  highest_ = std::max(highest_, last);
  drain(out);
  // Frames that are held are shown although the server has dropped them meanwhile.
  while (behind() && oldest > cursor_ + 1) {
    const std::uint64_t kept = std::min(oldest, highest_ + 1);
    skip_to(held_.empty() ? kept : std::min(kept, held_.begin()->first), settled, out);
  }
  if (!behind() && !more) return settled;
  if (cursor_ == after) {
    if (!behind()) return settled;
    // The page had nothing for the hole, so nobody keeps it: go on behind it.
    skip_to(held_.empty() ? highest_ + 1 : held_.begin()->first, settled, out);
    settled.page_again = behind();
    return settled;
  }
  settled.page_again = true;
  return settled;
}

}  // namespace plaintalk::messenger::client
