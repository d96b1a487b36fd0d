#include "analyzer/talk/described/framer.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace plaintalk::analyzer::described {
namespace {

std::optional<std::uint64_t> decimal_number(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\0' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  if (text.empty() || text.size() > 19) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

}  // namespace

Framer::Framer(const Framing& framing, bool midstream) : framing_(framing), cut_(midstream) {}

void Framer::consume(std::size_t size) {
  at_ += size;
  offset_ += size;
  searched_ = 0;
  line_size_ = 0;
  need_ = 0;
}

Unit Framer::take(std::size_t size, std::string_view status) {
  Unit unit;
  unit.content = rest().substr(0, size);
  unit.offset = offset_;
  unit.size = size;
  unit.status = std::exchange(cut_, false) && status == "ok" ? "cut" : status;
  consume(size);
  return unit;
}

void Framer::feed(std::string_view bytes, WallTime time) {
  if (framing_.kind == Framing::Kind::idle && last_ && time - *last_ > framing_.idle && at_ < buffer_.size())
    piece_ = buffer_.size() - at_;
  last_ = time;
  if (at_ == buffer_.size()) {
    buffer_.clear();
    at_ = 0;
  } else if (at_ > buffer_.size() / 2) {
    buffer_.erase(0, at_);
    at_ = 0;
  }
  if (lost_) {
    offset_ += bytes.size();
    return;
  }
  // What is to be passed over is never held.
  const auto skipped = static_cast<std::size_t>(std::min<std::uint64_t>(skip_, bytes.size()));
  if (at_ == buffer_.size() && skipped > 0) {
    skip_ -= skipped;
    offset_ += skipped;
    bytes.remove_prefix(skipped);
  }
  buffer_ += bytes;
}

void Framer::drop() {
  consume(buffer_.size() - at_);
  std::string().swap(buffer_);
  at_ = 0;
  piece_ = 0;
  if (has_places()) {
    resync_ = true;
  } else if (framing_.kind == Framing::Kind::length) {
    lost_ = true;
  } else if (framing_.kind == Framing::Kind::fixed && offset_ % framing_.fixed_size != 0) {
    skip_ = framing_.fixed_size - offset_ % framing_.fixed_size;
  }
}

void Framer::gap(std::uint64_t size) {
  if (lost_ || skip_ >= size) {
    if (!lost_) skip_ -= size;
    offset_ += size;
    return;
  }
  size -= skip_;
  offset_ += skip_;
  skip_ = 0;
  gap_ += size;
}

void Framer::end() { ended_ = true; }

std::optional<Unit> Framer::next() {
  if (lost_) return std::nullopt;
  for (;;) {
    std::optional<Unit> unit;
    switch (framing_.kind) {
      case Framing::Kind::newline:
      case Framing::Kind::delimiter: unit = next_delimited(); break;
      case Framing::Kind::length: unit = next_with_length(); break;
      case Framing::Kind::fixed: unit = next_fixed(); break;
      case Framing::Kind::idle:
      case Framing::Kind::none: unit = next_piece(); break;
    }
    if (unit) return unit;
    if (lost_ || (gap_ == 0 && !ended_)) return std::nullopt;
    return unfinished();
  }
}

// What is there is no whole unit, and its rest will not come: a hole follows, or nothing.
std::optional<Unit> Framer::unfinished() {
  const std::size_t left = buffer_.size() - at_;
  if (gap_ == 0) {
    if (left == 0) return std::nullopt;
    // A last line without its end is a line; of a number that announces more the rest is missing.
    const bool is_whole =
        !resync_ && line_size_ == 0 && (has_places() || framing_.kind == Framing::Kind::idle);
    return take(left, is_whole ? "ok" : "unfinished");
  }
  // The hole lies inside a unit whose end is known: what follows it can be read.
  const std::uint64_t known_end = need_;
  Unit unit = take(left, "gap");
  unit.hole_bytes = std::exchange(gap_, 0);
  unit.size += unit.hole_bytes;
  offset_ += unit.hole_bytes;
  cut_ = false;
  if (known_end >= unit.size) {
    skip_ = known_end - unit.size;
  } else if (has_places()) {
    resync_ = true;
  } else if (framing_.kind == Framing::Kind::fixed) {
    const std::uint64_t over = offset_ % framing_.fixed_size;
    skip_ = over == 0 ? 0 : framing_.fixed_size - over;
  } else if (framing_.kind == Framing::Kind::length) {
    lost_ = unit.ends_reading = true;
  }
  return unit;
}

std::optional<Unit> Framer::next_delimited() {
  for (;;) {
    const std::string_view text = rest();
    if (need_ == 0) {
      const std::size_t end = text.find(framing_.delimiter, searched_);
      if (end == text.npos) {
        // The end may have begun already.
        searched_ = text.size() - std::min(text.size(), framing_.delimiter.size() - 1);
        if (resync_) {
          consume(searched_);
          return std::nullopt;
        }
        if (text.size() <= framing_.unit_size_max) return std::nullopt;
        Unit unit = take(text.size(), "too-long");
        resync_ = true;
        return unit;
      }
      const std::size_t line_end = end + framing_.delimiter.size();
      if (std::exchange(resync_, false)) {
        consume(line_end);
        cut_ = false;
        continue;
      }
      if (end > framing_.unit_size_max) return take(line_end, "too-long");
      line_size_ = line_end;
      need_ = line_end;
      if (framing_.body_size) {
        std::string_view line = text.substr(0, end);
        if (framing_.kind == Framing::Kind::newline && line.ends_with('\r')) line.remove_suffix(1);
        const auto match = framing_.body_size->find(line);
        const auto size =
            match && match->has_group ? decimal_number(match->group) : std::optional<std::uint64_t>();
        if (match && match->has_group && !size) return take(line_end, "bad-length");
        if (size && *size > framing_.unit_size_max) {
          skip_ = *size + framing_.body_end.size();
          Unit unit = take(line_end, "too-long");
          const auto there = std::min<std::uint64_t>(skip_, buffer_.size() - at_);
          consume(static_cast<std::size_t>(there));
          skip_ -= there;
          return unit;
        }
        if (size) need_ = line_end + static_cast<std::size_t>(*size) + framing_.body_end.size();
      }
    }
    if (text.size() < need_) return std::nullopt;
    const std::size_t line_size = line_size_;
    const bool has_body = need_ > line_size;
    const bool is_newline = framing_.kind == Framing::Kind::newline;
    Unit unit = take(need_, "ok");
    if (has_body) {
      unit.body = unit.content.substr(line_size);
      if (!unit.body.ends_with(framing_.body_end)) unit.status = "bad-length";
      unit.body.remove_suffix(framing_.body_end.size());
    }
    unit.content = unit.content.substr(0, line_size - framing_.delimiter.size());
    if (is_newline && unit.content.ends_with('\r')) unit.content.remove_suffix(1);
    return unit;
  }
}

std::optional<std::uint64_t> Framer::length_in(std::string_view prefix) const {
  if (framing_.order == Framing::Order::text) return decimal_number(prefix);
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    const std::size_t place = framing_.order == Framing::Order::big ? i : prefix.size() - 1 - i;
    value = value << 8U | static_cast<unsigned char>(prefix[place]);
  }
  return value;
}

std::optional<Unit> Framer::next_with_length() {
  const std::string_view text = rest();
  const std::size_t head = framing_.prefix_offset + framing_.prefix_size;
  if (text.size() < head) return std::nullopt;
  if (need_ == 0) {
    const auto length = length_in(text.substr(framing_.prefix_offset, framing_.prefix_size));
    if (!length || (framing_.counts_itself && *length < head)) {
      Unit unit = take(text.size(), "bad-length");
      unit.ends_reading = lost_ = true;
      return unit;
    }
    const std::uint64_t after = framing_.counts_itself ? *length - head : *length;
    if (after > framing_.unit_size_max) {
      skip_ = after;
      Unit unit = take(head, "too-long");
      const auto there = static_cast<std::size_t>(std::min<std::uint64_t>(skip_, buffer_.size() - at_));
      consume(there);
      skip_ -= there;
      return unit;
    }
    need_ = head + static_cast<std::size_t>(after);
  }
  if (text.size() < need_) return std::nullopt;
  Unit unit = take(need_, "ok");
  // What stands before the length is part of what a unit says; the length is not.
  unit.body = unit.content.substr(head);
  if (framing_.prefix_offset == 0) unit.content = unit.body;
  return unit;
}

std::optional<Unit> Framer::next_fixed() {
  need_ = framing_.fixed_size;
  if (rest().size() < need_) return std::nullopt;
  return take(need_, "ok");
}

std::optional<Unit> Framer::next_piece() {
  const std::size_t left = buffer_.size() - at_;
  if (framing_.kind == Framing::Kind::none) {
    if (left == 0) return std::nullopt;
    cut_ = false;  // nobody could tell
    return take(left, left > framing_.unit_size_max ? "too-long" : "ok");
  }
  if (piece_ > 0) return take(std::exchange(piece_, 0), "ok");
  if (left > framing_.unit_size_max) return take(left, "too-long");
  return std::nullopt;
}

}  // namespace plaintalk::analyzer::described
