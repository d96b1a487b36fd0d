// IMAP's LOGIN and AUTHENTICATE PLAIN or LOGIN (RFC 9051): the reply repeats the tag of its command, so that
// a loss costs only what was lost. Strings may be quoted, or literals: {5} and then five bytes after a line
// end.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "analyzer/talk/foreign/line_reader.hpp"
#include "analyzer/talk/foreign/protocol.hpp"
#include "analyzer/talk/foreign/sasl_dialogue.hpp"

namespace plaintalk::analyzer::foreign {

class Imap : public Protocol {
 public:
  static constexpr std::size_t kWaitingCountMax = 8;
  static constexpr std::size_t kWordCountMax = 4;  // tag, command, user, password

  explicit Imap(SecretSink& sink) : sink_(sink) {}

  std::string_view name() const override { return "imap"; }
  void data(Direction direction, std::string_view bytes, Moment moment) override;
  void lost(Direction direction, std::uint64_t size) override;
  void finish() override;
  bool is_over() const override { return over_; }
  std::size_t held_size() const override;

 private:
  void client_data(std::string_view bytes, Moment moment);
  void client_line(std::string_view line, Moment moment);
  void command(Moment moment);
  void server_line(std::string_view line);
  void wait(const std::string& tag, Secret secret);
  void answered(std::string_view tag, std::string_view accepted);

  SecretSink& sink_;
  LineReader client_;
  LineReader server_;
  std::vector<std::string> words_;  // of the command that is being read
  std::uint64_t literal_left_ = 0;
  bool literal_kept_ = false;
  SaslDialogue sasl_;
  std::string sasl_tag_;
  std::vector<std::pair<std::string, Secret>> waiting_;
  bool over_ = false;
};

}  // namespace plaintalk::analyzer::foreign
