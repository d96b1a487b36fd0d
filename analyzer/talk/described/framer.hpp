// Takes one direction of a stream apart into the units of a described protocol. Bounded: a unit longer than
// the description allows is passed over, and a hole in the capture is survived wherever the framing has a
// place to go on from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/talk/described/description.hpp"

namespace plaintalk::analyzer::described {

struct Unit {
  std::string_view content;  // without what frames it; valid until the next call
  std::string_view body;     // the bytes that a line announced
  std::uint64_t offset = 0;  // in the stream, of its first byte
  std::uint64_t size = 0;    // bytes of the stream
  std::uint64_t hole_bytes = 0;
  // "ok"; "cut": its beginning may be missing; "too-long", "bad-length", "unfinished", "gap": it cannot be
  // read.
  std::string_view status = "ok";
  bool ends_reading = false;  // nothing behind it can be told apart
};

class Framer {
 public:
  // `midstream`: the stream began before the capture did.
  Framer(const Framing& framing, bool midstream);

  void feed(std::string_view bytes, WallTime time);
  void gap(std::uint64_t size);
  void end();  // no more bytes will come
  // The next unit; nothing while more bytes are needed. Call it until then after each of the above.
  std::optional<Unit> next();

  std::size_t held_size() const { return buffer_.capacity(); }
  std::uint64_t offset() const { return offset_; }
  // Gives up what is not complete.
  void drop();
  // Gives memory back that nothing is in.
  void trim() {
    constexpr std::size_t kKept = 4 << 10;
    if (at_ < buffer_.size() || buffer_.capacity() <= kKept) return;
    std::string().swap(buffer_);
    at_ = 0;
  }

 private:
  std::string_view rest() const { return std::string_view(buffer_).substr(at_); }
  void consume(std::size_t size);
  Unit take(std::size_t size, std::string_view status);
  std::optional<Unit> next_delimited();
  std::optional<Unit> next_with_length();
  std::optional<Unit> next_fixed();
  std::optional<Unit> next_piece();
  std::optional<Unit> unfinished();
  std::optional<std::uint64_t> length_in(std::string_view prefix) const;
  bool has_places() const {
    return framing_.kind == Framing::Kind::newline || framing_.kind == Framing::Kind::delimiter;
  }

  const Framing& framing_;
  std::string buffer_;
  std::size_t at_ = 0;         // what is before it is done with
  std::uint64_t offset_ = 0;   // of buffer_[at_]
  std::size_t searched_ = 0;   // of rest(): no delimiter begins there
  std::size_t line_size_ = 0;  // of a line whose body is awaited, its end included
  std::size_t need_ = 0;       // bytes of rest() that make a unit
  std::uint64_t skip_ = 0;     // bytes to be passed over
  std::uint64_t gap_ = 0;      // that was told and not given out yet
  std::size_t piece_ = 0;      // a unit that a pause ended
  bool resync_ = false;        // up to the next delimiter
  bool cut_ = false;           // the next unit may lack its beginning
  bool lost_ = false;          // for good
  bool ended_ = false;
  std::optional<WallTime> last_;
};

}  // namespace plaintalk::analyzer::described
