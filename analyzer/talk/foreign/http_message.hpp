// One direction of HTTP/1.1 as messages (RFC 9112): start line, fields, body by length, in chunks or until
// the end. After a hole it looks for the next start line.
#pragma once

#include <cstdint>
#include <string_view>

#include "analyzer/talk/foreign/line_reader.hpp"
#include "analyzer/talk/results.hpp"

namespace plaintalk::analyzer::foreign {

class HttpReader {
 public:
  enum class Body : std::uint8_t { none, by_fields, until_end };

  class Handler {
   public:
    virtual ~Handler() = default;
    // False when the line is no start of a message.
    virtual bool start_line(std::string_view line) = 0;
    virtual void field(std::string_view name, std::string_view value, Moment moment) = 0;
    // Which body follows; by_fields: as Content-Length and Transfer-Encoding say.
    virtual Body fields_end(bool has_body_fields, Moment moment) = 0;
    virtual void body(std::string_view bytes) = 0;
    virtual void message_end(Moment moment) = 0;
  };

  explicit HttpReader(Handler& handler) : handler_(handler) {}

  void feed(std::string_view bytes, Moment moment);
  void lost(std::uint64_t size);
  std::size_t held_size() const { return lines_.held_size(); }

 private:
  enum class State : std::uint8_t { start, fields, length, chunk_size, chunk, chunk_end, trailer, until_end };
  void line(std::string_view text, Moment moment);
  void read_field(std::string_view text, Moment moment);
  void begin_body(Moment moment);
  void end(Moment moment);

  Handler& handler_;
  LineReader lines_;
  State state_ = State::start;
  std::uint64_t left_ = 0;  // of a body or a chunk
  bool has_length_ = false;
  bool is_chunked_ = false;
};

}  // namespace plaintalk::analyzer::foreign
