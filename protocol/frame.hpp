// One frame of PLAINTALK/1, and the decoder that finds frames in a byte stream (docs/PROTOCOL.md, section 2):
//
//   VERB arg... key=value...           LF              bare
//   VERB arg... key=value... :text     LF              inline body
//   VERB arg... key=value... {N}       LF body LF      counted body
//
// Server, client and analyzer all read through this one decoder, so all of them see the same frames however
// the stream is cut. Nothing here does I/O, reads a clock or allocates for each frame.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/body_mark.hpp"
#include "protocol/limits.hpp"
#include "protocol/verb.hpp"

namespace plaintalk {

enum class BodyKind : std::uint8_t { none, inline_text, counted };

// Bytes of a counted body that the reader never saw (only a capture has such holes); they read as zero.
struct BodyHole {
  std::size_t offset = 0;  // in the body
  std::size_t size = 0;
};

// A decoded frame. All text is borrowed from the decoder and valid until its next call of next(), feed(),
// park() or gap().
struct Frame {
  Verb verb = Verb::unknown;
  std::string_view verb_text;  // as it was sent
  std::string_view line;       // the whole first line, without its CR LF
  BodyKind body_kind = BodyKind::none;
  std::string_view body;
  std::span<const BodyHole> holes;
  std::uint64_t stream_offset = 0;  // of the first byte of the frame, counted from the first one fed
  std::uint64_t size = 0;           // bytes on the wire, line ends included

  std::array<std::string_view, kTokenCountMax>
      tokens;  // arguments and parameters in order, verb and body apart
  std::size_t token_count = 0;
  std::uint32_t parameter_bits = 0;  // bit i is set when tokens[i] is key=value

  std::size_t argument_count() const;
  // The index-th token that is not key=value; empty when there is none. Not unescaped.
  std::string_view argument(std::size_t index) const;
  // The value of key=value; keys compare exactly, the first one counts. Not unescaped.
  std::optional<std::string_view> parameter(std::string_view key) const {
    return parameter_bits == 0 ? std::nullopt : find_parameter(key);
  }

 private:
  std::optional<std::string_view> find_parameter(std::string_view key) const;
};
static_assert(kTokenCountMax <= 32, "Frame::parameter_bits has a bit for each token");

struct DecodeError {
  enum class Code : std::uint8_t {
    line_too_long,
    bad_verb,
    bad_token,
    too_many_tokens,
    bad_text,
    not_utf8,
    bad_count,
    bad_body_end,
    body_too_large,
    not_plaintalk,
    gap,  // bytes are missing from the stream; decoding goes on after the next LF
  };
  Code code{};
  bool fatal = false;               // the stream cannot be followed any more
  std::uint64_t stream_offset = 0;  // of the frame the error is in
  std::uint64_t at = 0;             // of the first byte that is wrong
};

// The name used in docs/PROTOCOL.md, such as "line_too_long".
std::string_view name_of(DecodeError::Code code);

struct DecoderLimits {
  std::size_t line_size_max = kLineSizeMax;
  std::size_t body_size_max = kChatBodySizeMax;
  std::size_t skipped_body_size_max = kSkippedBodySizeMax;
};

// Finds the frames in a stream that arrives cut at arbitrary places:
//
//   decoder.feed(bytes);
//   for (auto step = decoder.next(); step != Step::need_more; step = decoder.next()) ...frame() or error()...
//
// feed() borrows `bytes` until next() answers need_more or park() is called; then the unread rest has been
// copied, never more than one frame that is within the limits plus whatever a caller that stops early leaves
// unread. After a fatal error next() repeats that error for ever.
class FrameDecoder {
 public:
  enum class Step : std::uint8_t { need_more, frame, error };

  explicit FrameDecoder(DecoderLimits limits = {});
  FrameDecoder(const FrameDecoder&) = delete;  // frame() points into the decoder
  FrameDecoder& operator=(const FrameDecoder&) = delete;

  // REQUIRES: the previous feed() was read to need_more, or parked.
  void feed(std::string_view bytes);
  Step next();
  // Keeps a copy of what next() has not read yet, so that the fed bytes may go away.
  void park();

  // `size` bytes of the stream were lost here. Inside a counted body they become a hole of that frame;
  // anywhere else the frame they cut is given up (error `gap`) and decoding resumes after the next LF. Of a
  // loss that covers the end of a body its first byte outside is taken to be the LF. A size of 0 says:
  // unknown, a frame may have been cut.
  //
  // That next LF may stand inside a counted body whose announcement was lost. What follows is then read as
  // lines, as far as it looks like any; so until a frame of a known verb in upper case has been read, no
  // error is fatal and no announcement of an unknown verb is believed. REQUIRES: next() has answered
  // need_more.
  void gap(std::uint64_t size);

  const Frame& frame() const { return frame_; }
  const DecodeError& error() const { return error_; }

  // Bytes held back for a frame that is not complete yet.
  std::size_t pending_size() const;
  // Offset in the stream up to which everything has been given out.
  std::uint64_t stream_offset() const;
  // Lines with nothing in them that were passed over since this was last asked.
  std::size_t take_blank_line_count() { return std::exchange(blank_line_count_, 0); }

 private:
  enum class Phase : std::uint8_t { line, body, body_end, skip_line, skip_body, skip_body_end, dead };
  using Code = DecodeError::Code;

  std::optional<Step> advance();
  std::optional<Step> sniff();
  std::optional<Step> read_line();
  std::optional<Step> take_line(std::string_view line, std::string_view whole);
  std::optional<Step> read_body();
  std::optional<Step> read_body_end();
  std::optional<Step> skip_line();
  std::optional<Step> skip_body();
  Step refuse_line_too_long();
  Step refuse_line(Code code, std::size_t index, std::string_view line);
  std::optional<Step> skip_what_is_announced(const BodyMarkFinder& body_mark);
  Step finish_body();
  Step give_out();
  Step report(Code code, std::uint64_t at, bool fatal = false);
  Step report_gap();
  void store(std::size_t size);
  void take(std::size_t size);
  void add_hole(std::size_t size);
  void start_next_frame();
  void release_memory();
  std::size_t body_left() const;

  Frame frame_;
  DecodeError error_;
  DecoderLimits limits_;

  std::string_view chunk_;  // not read yet; the parked rest comes before what was fed after it
  std::string_view later_;
  std::string parked_;
  std::string pending_;                      // of a frame that did not arrive in one piece
  std::vector<BodyHole> holes_;              // in the body of `pending_`
  std::optional<BodyMarkFinder> body_mark_;  // of the line being skipped; none after a loss
  std::uint64_t position_ = 0;               // in the stream, of the first byte of `chunk_`
  std::uint64_t frame_start_ = 0;
  std::uint64_t skip_left_ = 0;
  std::uint64_t lost_size_ = 0;
  std::size_t line_size_ = 0;  // of the line at the front of `pending_`, its LF included
  std::size_t body_size_ = 0;
  std::size_t blank_line_count_ = 0;
  Phase phase_ = Phase::line;
  bool parked_chunk_ = false;    // `chunk_` lies in `parked_`
  bool at_stream_start_ = true;  // it may still turn out not to be PLAINTALK/1 at all
  bool given_out_ = false;       // `pending_` belongs to the frame last given out
  bool saw_cr_ = false;          // behind a counted body
  bool end_is_assumed_ = false;  // the LF behind a body was lost
  bool gap_is_due_ = false;      // an error to report, of `lost_size_` bytes
  bool resyncing_ = false;       // since a loss, until a frame is read that can be trusted
};

}  // namespace plaintalk
