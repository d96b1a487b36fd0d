#include <algorithm>
#include <array>

#include "base/check.hpp"
#include "protocol/frame.hpp"
#include "protocol/line.hpp"

namespace plaintalk {
namespace {

// A capture with more losses inside one body than this gets its last hole widened.
constexpr std::size_t kHoleCountMax = 64;
// Idle connections keep at most this much of a buffer that once held a frame.
constexpr std::size_t kKeptCapacityMax = 8192;

constexpr char kTlsRecord = '\x16';    // RFC 8446, section 5.1: handshake
constexpr char kSslv2Record = '\x80';  // the two-byte length of an SSLv2 hello
constexpr std::array<std::string_view, 3> kByteOrderMarks = {"\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF"};

std::string_view without_cr(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool is_blank(std::string_view line) { return line.find_first_not_of(' ') == line.npos; }

void release(std::string& buffer) {
  if (buffer.capacity() > kKeptCapacityMax) std::string().swap(buffer);
}

}  // namespace

FrameDecoder::FrameDecoder(DecoderLimits limits) : limits_(limits) {}

void FrameDecoder::feed(std::string_view bytes) {
  if (phase_ == Phase::dead) return;
  check(later_.empty() && (chunk_.empty() || parked_chunk_), "fed before the last bytes were read or parked");
  if (chunk_.empty()) {
    chunk_ = bytes;
    parked_chunk_ = false;
  } else {
    later_ = bytes;
  }
}

void FrameDecoder::park() {
  if (later_.empty() && (parked_chunk_ || chunk_.empty())) return;
  if (parked_chunk_) {
    parked_.erase(0, parked_.size() - chunk_.size());
  } else {
    parked_.assign(chunk_);
  }
  parked_.append(later_);
  later_ = {};
  chunk_ = parked_;
  parked_chunk_ = true;
}

FrameDecoder::Step FrameDecoder::next() {
  if (phase_ == Phase::dead) return Step::error;
  if (given_out_) start_next_frame();
  if (end_is_assumed_) {
    end_is_assumed_ = false;
    if (phase_ == Phase::body_end) return finish_body();
    start_next_frame();
  }
  if (gap_is_due_) return report_gap();
  for (;;) {
    if (chunk_.empty()) {
      chunk_ = later_;
      later_ = {};
      parked_chunk_ = false;
    }
    if (chunk_.empty()) {
      release_memory();
      return Step::need_more;
    }
    if (const auto step = advance()) return *step;
  }
}

std::optional<FrameDecoder::Step> FrameDecoder::advance() {
  switch (phase_) {
    case Phase::line: return read_line();
    case Phase::body: return read_body();
    case Phase::body_end:
    case Phase::skip_body_end: return read_body_end();
    case Phase::skip_line: return skip_line();
    case Phase::skip_body: return skip_body();
    case Phase::dead: break;
  }
  return Step::error;
}

// What is not PLAINTALK/1 is told from its first bytes, without waiting for an LF that may never come.
std::optional<FrameDecoder::Step> FrameDecoder::sniff() {
  std::array<char, 3> bytes{};
  std::size_t size = pending_.copy(bytes.data(), bytes.size());
  size += chunk_.copy(bytes.data() + size, bytes.size() - size);
  const std::string_view head(bytes.data(), size);
  if (head.front() == kTlsRecord || head.front() == kSslv2Record)
    return report(Code::not_plaintalk, frame_start_, true);
  bool undecided = false;
  for (const std::string_view mark : kByteOrderMarks) {
    if (head.starts_with(mark)) return report(Code::not_plaintalk, frame_start_, true);
    undecided = undecided || mark.starts_with(head);
  }
  at_stream_start_ = undecided;
  return std::nullopt;
}

std::optional<FrameDecoder::Step> FrameDecoder::read_line() {
  if (at_stream_start_) {
    if (const auto step = sniff()) return step;
  }
  const std::size_t room = limits_.line_size_max - pending_.size();
  const std::size_t found = chunk_.substr(0, room).find('\n');
  if (found == chunk_.npos) {
    if (chunk_.size() >= room) return refuse_line_too_long();
    store(chunk_.size());
    return std::nullopt;
  }
  if (!pending_.empty()) {
    store(found + 1);
    line_size_ = pending_.size();
    return take_line(without_cr(std::string_view(pending_).substr(0, line_size_ - 1)), {});
  }
  const std::string_view whole = chunk_;
  line_size_ = found + 1;
  take(line_size_);
  return take_line(without_cr(whole.substr(0, found)), whole);
}

// A line is complete. It lies in `whole`, with what was fed behind it, or else (`whole` is empty) in
// `pending_`.
std::optional<FrameDecoder::Step> FrameDecoder::take_line(std::string_view line, std::string_view whole) {
  if (is_blank(line)) {
    ++blank_line_count_;
    start_next_frame();
    return std::nullopt;
  }
  const LineResult result = parse_line(line, limits_.body_size_max, frame_);
  const bool foreign = is_http_request(line) || (result.fault && is_http_host_header(line));
  if (foreign && resyncing_) return refuse_line(Code::bad_verb, 0, line);
  if (foreign) return report(Code::not_plaintalk, frame_start_, true);
  if (result.fault) return refuse_line(result.fault->code, result.fault->index, line);
  if (resyncing_ && frame_.verb == Verb::unknown) return refuse_line(Code::bad_verb, 0, line);
  if (frame_.body_kind != BodyKind::counted) return give_out();

  body_size_ = result.announced_size;
  const bool all_here = chunk_.size() > body_size_ && chunk_[body_size_] == '\n';
  if (!whole.empty() && all_here) {
    frame_.body = chunk_.substr(0, body_size_);
    take(body_size_ + 1);
    return give_out();
  }
  if (!whole.empty()) pending_.assign(whole.substr(0, line_size_));
  phase_ = body_size_ == 0 ? Phase::body_end : Phase::body;
  return std::nullopt;
}

std::size_t FrameDecoder::body_left() const { return line_size_ + body_size_ - pending_.size(); }

std::optional<FrameDecoder::Step> FrameDecoder::read_body() {
  store(std::min(chunk_.size(), body_left()));
  if (body_left() == 0) phase_ = Phase::body_end;
  return std::nullopt;
}

std::optional<FrameDecoder::Step> FrameDecoder::skip_body() {
  const std::uint64_t size = std::min<std::uint64_t>(chunk_.size(), skip_left_);
  take(static_cast<std::size_t>(size));
  skip_left_ -= size;
  if (skip_left_ == 0) phase_ = Phase::skip_body_end;
  return std::nullopt;
}

std::optional<FrameDecoder::Step> FrameDecoder::read_body_end() {
  const char byte = chunk_.front();
  if (byte != '\n' && (byte != '\r' || saw_cr_)) {
    const Step step = report(Code::bad_body_end, position_, !resyncing_);
    if (resyncing_) {  // The announcement was an accident of lost bytes; look for the next line.
      phase_ = Phase::skip_line;
      body_mark_.reset();
      pending_.clear();
    }
    return step;
  }
  take(1);
  if (byte == '\r') {
    saw_cr_ = true;
    return std::nullopt;
  }
  if (phase_ == Phase::body_end) return finish_body();
  start_next_frame();
  return std::nullopt;
}

FrameDecoder::Step FrameDecoder::finish_body() {
  const std::string_view all = pending_;
  // The line was taken apart once when it came; its views did not survive the growth of the buffer.
  const auto result = parse_line(without_cr(all.substr(0, line_size_ - 1)), limits_.body_size_max, frame_);
  check(!result.fault && result.announced_size == body_size_, "a stored line reads differently");
  frame_.body = all.substr(line_size_, body_size_);
  return give_out();
}

FrameDecoder::Step FrameDecoder::give_out() {
  frame_.holes = holes_;
  frame_.stream_offset = frame_start_;
  frame_.size = position_ - frame_start_;
  if (resyncing_ && frame_.verb_text == verb_text(frame_.verb)) resyncing_ = false;
  given_out_ = true;
  return Step::frame;
}

FrameDecoder::Step FrameDecoder::refuse_line_too_long() {
  const std::size_t room = limits_.line_size_max - pending_.size();
  body_mark_.emplace();
  body_mark_->feed(pending_);
  body_mark_->feed(chunk_.substr(0, room));
  take(room);
  pending_.clear();
  phase_ = Phase::skip_line;
  return report(Code::line_too_long, frame_start_ + limits_.line_size_max - 1);
}

std::optional<FrameDecoder::Step> FrameDecoder::skip_line() {
  const std::size_t found = chunk_.find('\n');
  const bool ends_here = found != chunk_.npos;
  const std::string_view part = chunk_.substr(0, found);
  take(part.size() + (ends_here ? 1 : 0));
  if (body_mark_) body_mark_->feed(part);
  if (!ends_here) return std::nullopt;
  if (body_mark_) return skip_what_is_announced(*body_mark_);
  start_next_frame();
  return std::nullopt;
}

FrameDecoder::Step FrameDecoder::refuse_line(Code code, std::size_t index, std::string_view line) {
  BodyMarkFinder body_mark;
  body_mark.feed(line);
  body_mark.feed(
      "\r");  // The one that belongs to the line end is off already: another one is part of the last token.
  report(code, frame_start_ + index);
  // A fault after which the stream cannot be followed outranks the first one from the left.
  return skip_what_is_announced(body_mark).value_or(Step::error);
}

// The body that a refused line announces goes with it, so that nobody's text is ever run as commands.
std::optional<FrameDecoder::Step> FrameDecoder::skip_what_is_announced(const BodyMarkFinder& body_mark) {
  const auto mark = body_mark.mark();
  if (resyncing_ || mark == BodyMarkFinder::Mark::none) {
    start_next_frame();
    return std::nullopt;
  }
  const std::uint64_t at = frame_start_ + body_mark.index();
  if (mark == BodyMarkFinder::Mark::bad_count) return report(Code::bad_count, at, true);
  skip_left_ = body_mark.count();
  if (skip_left_ > std::max(limits_.body_size_max, limits_.skipped_body_size_max))
    return report(Code::body_too_large, at, true);
  pending_.clear();
  phase_ = skip_left_ == 0 ? Phase::skip_body_end : Phase::skip_body;
  return std::nullopt;
}

FrameDecoder::Step FrameDecoder::report(Code code, std::uint64_t at, bool fatal) {
  error_ = {code, fatal, frame_start_, at};
  if (fatal) {
    phase_ = Phase::dead;
    chunk_ = {};
    later_ = {};
    std::string().swap(parked_);
    std::string().swap(pending_);
  }
  return Step::error;
}

void FrameDecoder::gap(std::uint64_t size) {
  if (phase_ == Phase::dead) return;
  check(chunk_.empty() && later_.empty(), "gap() before next() has answered need_more");
  if (given_out_) start_next_frame();
  at_stream_start_ = false;
  if (!end_is_assumed_ && !gap_is_due_) {
    if (phase_ == Phase::body) {
      const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(size, body_left()));
      add_hole(part);
      size -= part;
      if (body_left() == 0) phase_ = Phase::body_end;
    } else if (phase_ == Phase::skip_body) {
      const std::uint64_t part = std::min(size, skip_left_);
      position_ += part;
      skip_left_ -= part;
      size -= part;
      if (skip_left_ == 0) phase_ = Phase::skip_body_end;
    }
    const bool in_a_body = phase_ != Phase::line && phase_ != Phase::skip_line;
    if (in_a_body && size == 0) return;
    if (in_a_body) {
      end_is_assumed_ = true;
      position_ += 1;
      size -= 1;
      if (size == 0) return;
    }
  }
  gap_is_due_ = true;
  lost_size_ += size;
}

void FrameDecoder::add_hole(std::size_t size) {
  if (size == 0) return;
  const std::size_t offset = pending_.size() - line_size_;
  pending_.append(size, '\0');
  position_ += size;
  const bool full = holes_.size() == kHoleCountMax;
  if (holes_.empty() || (!full && holes_.back().offset + holes_.back().size < offset)) {
    holes_.push_back({offset, size});
    return;
  }
  BodyHole& last = holes_.back();
  const std::size_t last_end = last.offset + last.size;
  pending_.replace(line_size_ + last_end, offset - last_end, offset - last_end, '\0');
  last.size = offset + size - last.offset;
}

FrameDecoder::Step FrameDecoder::report_gap() {
  gap_is_due_ = false;
  if (phase_ == Phase::skip_line) frame_start_ = position_;
  const std::uint64_t at = position_;
  position_ += lost_size_;
  lost_size_ = 0;
  pending_.clear();
  body_mark_.reset();
  phase_ = Phase::skip_line;
  resyncing_ = true;
  return report(Code::gap, at);
}

void FrameDecoder::store(std::size_t size) {
  pending_.append(chunk_.substr(0, size));
  take(size);
}

void FrameDecoder::take(std::size_t size) {
  chunk_.remove_prefix(size);
  position_ += size;
}

void FrameDecoder::start_next_frame() {
  pending_.clear();
  holes_.clear();
  given_out_ = false;
  saw_cr_ = false;
  phase_ = Phase::line;
  frame_start_ = position_;
}

// Many connections are idle most of the time: what a large frame once needed is not kept for them.
void FrameDecoder::release_memory() {
  parked_.clear();
  release(parked_);
  if (pending_.empty()) release(pending_);
}

std::size_t FrameDecoder::pending_size() const { return given_out_ ? 0 : pending_.size(); }

std::uint64_t FrameDecoder::stream_offset() const {
  return phase_ == Phase::dead ? error_.stream_offset : position_ - pending_size();
}

}  // namespace plaintalk
