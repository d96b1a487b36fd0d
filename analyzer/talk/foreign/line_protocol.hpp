// A protocol whose commands and replies are lines.
#pragma once

#include "analyzer/talk/foreign/line_reader.hpp"
#include "analyzer/talk/foreign/protocol.hpp"

namespace plaintalk::analyzer::foreign {

class LineProtocol : public Protocol {
 public:
  void data(Direction direction, std::string_view bytes, Moment moment) override {
    LineReader& reader = direction == Direction::client_to_server ? client_ : server_;
    while (!bytes.empty() && !is_over()) {
      if (!reader.take(bytes)) continue;
      if (direction == Direction::client_to_server) {
        client_line(reader.line(), moment);
      } else {
        server_line(reader.line(), moment);
      }
    }
  }
  void lost(Direction direction, std::uint64_t) override {
    (direction == Direction::client_to_server ? client_ : server_).lost();
    line_lost(direction);
  }
  std::size_t held_size() const override { return client_.held_size() + server_.held_size(); }

 protected:
  virtual void client_line(std::string_view line, Moment moment) = 0;
  virtual void server_line(std::string_view line, Moment moment) = 0;
  virtual void line_lost(Direction direction) = 0;

 private:
  LineReader client_;
  LineReader server_;
};

}  // namespace plaintalk::analyzer::foreign
