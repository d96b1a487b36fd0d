#include "analyzer/talk/foreign/http_message.hpp"

#include <algorithm>
#include <charconv>

#include "analyzer/talk/foreign/words.hpp"

namespace plaintalk::analyzer::foreign {
namespace {

std::uint64_t number(std::string_view text, int base) {
  text = trim(text);
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, base);
  return value;
}

}  // namespace

void HttpReader::feed(std::string_view bytes, Moment moment) {
  while (!bytes.empty()) {
    switch (state_) {
      case State::until_end: return handler_.body(bytes);
      case State::length:
      case State::chunk: {
        const std::string_view part = bytes.substr(0, std::min<std::uint64_t>(left_, bytes.size()));
        handler_.body(part);
        bytes.remove_prefix(part.size());
        left_ -= part.size();
        if (left_ > 0) return;
        if (state_ == State::length) {
          end(moment);
        } else {
          state_ = State::chunk_end;
        }
        break;
      }
      default:
        if (lines_.take(bytes)) line(lines_.line(), moment);
    }
  }
}

void HttpReader::line(std::string_view text, Moment moment) {
  switch (state_) {
    case State::start:
      if (!handler_.start_line(text)) return;
      has_length_ = is_chunked_ = false;
      left_ = 0;
      state_ = State::fields;
      return;
    case State::fields: return text.empty() ? begin_body(moment) : read_field(text, moment);
    case State::chunk_size:
      left_ = number(text.substr(0, text.find(';')), 16);
      state_ = left_ == 0 ? State::trailer : State::chunk;
      return;
    case State::chunk_end: state_ = State::chunk_size; return;
    case State::trailer:
      if (text.empty()) end(moment);
      return;
    default: return;
  }
}

void HttpReader::read_field(std::string_view text, Moment moment) {
  const std::size_t colon = text.find(':');
  if (colon == text.npos) return;
  const std::string name = upper(text.substr(0, colon));
  const std::string_view value = trim(text.substr(colon + 1));
  if (name == "CONTENT-LENGTH") {
    has_length_ = true;
    left_ = number(value, 10);
  } else if (name == "TRANSFER-ENCODING") {
    is_chunked_ = contains_any_case(value, "chunked");
  }
  handler_.field(name, value, moment);
}

void HttpReader::begin_body(Moment moment) {
  const Body body = handler_.fields_end(has_length_ || is_chunked_, moment);
  if (body == Body::until_end) {
    state_ = State::until_end;
  } else if (body == Body::none || (!is_chunked_ && left_ == 0)) {
    end(moment);
  } else {
    state_ = is_chunked_ ? State::chunk_size : State::length;
  }
}

void HttpReader::end(Moment moment) {
  state_ = State::start;
  handler_.message_end(moment);
}

void HttpReader::lost(std::uint64_t size) {
  if (state_ == State::until_end) return;
  if (state_ == State::length && size < left_) {
    left_ -= size;
    return;
  }
  // Where the next message begins is not known: its first line tells.
  if (state_ == State::length && size == left_) {
    state_ = State::start;
    return;
  }
  lines_.lost();
  state_ = State::start;
}

}  // namespace plaintalk::analyzer::foreign
