// A second opinion on the server's rules, made from docs/PROTOCOL.md alone: it sees the bytes that went into
// each connection and those that came out, knows nothing of the core, and stops in check() when a promise is
// broken:
//
//   - every command is answered exactly once, in order, by a frame that may answer it and with its id=,
//   unless its
//     connection ends before;
//   - MSG, FILE, TOPIC, JOINED and PARTED of a room reach only connections that have joined it, those of a
//     conversation only its two people, and not whoever takes one of their names later;
//   - on each connection the numbers of a room go on without a hole, except where a GAP names it, and a page
//   is what
//     was asked for;
//   - (room, n) is the same bytes for everybody, and one message for ever;
//   - a chunk of a file is part of a running GET, has the bytes that were sent there, and the person may have
//   it.
//
// A restart of the server forgets everything but the accounts of the configuration.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "messenger/core/server_events.hpp"
#include "protocol/frame.hpp"

namespace plaintalk::messenger::test {

class CoreModel {
 public:
  CoreModel(DecoderLimits limits, std::set<std::string> configured_accounts);

  void opened(ConnectionId id);
  // Bytes that reached the server.
  void sent(ConnectionId id, std::string_view bytes);
  // Bytes that the server wrote.
  void received(ConnectionId id, std::string_view bytes);
  void closed(ConnectionId id);
  void restarted();
  // What PUT sends under this hash, so that a download can be compared with it.
  void knows_content(std::string sha256, std::string_view content);

  // No open connection waits for an answer.
  bool all_is_answered() const;

 private:
  enum class PersonId : std::uint64_t {};
  using Sequence = std::uint64_t;

  struct Person {
    std::string name;
    std::uint64_t born =
        0;  // when the command that made it reached the server; 0: not known, or always there
  };
  struct Command {
    Verb verb = Verb::unknown;
    bool is_wrong = false;       // a line that is not a command; answered by an ERR without id=
    bool may_be_silent = false;  // answered only when it is refused
    std::uint64_t sent_at = 0;
    std::string id;
    std::string what;    // its first argument
    std::string target;  // PUT to=
    std::optional<std::string> token;
    bool has_text = false;
    std::string text;  // of PING
    std::optional<std::uint64_t> after, before, limit;
    std::uint64_t end = 0;   // DATA: the offset behind it
    std::uint64_t size = 0;  // PUT
    std::string sha256;
  };
  // A MSG, FILE or GAP that may turn out to be part of a page.
  struct Numbered {
    bool is_gap = false;
    std::string room;
    Sequence first = 0;
    Sequence last = 0;
  };
  // The next number of a room on one connection, if it is known.
  using Next = std::optional<Sequence>;
  struct View {
    View(DecoderLimits limits) : upstream(limits), downstream() {}
    FrameDecoder upstream;
    FrameDecoder downstream;
    std::deque<Command> pending;
    bool is_over = false;  // BYE or a fatal ERR was read
    bool has_said_bye = false;
    bool was_greeted = false;
    std::optional<PersonId> person;
    std::string name;
    std::string device;
    std::map<std::string, Next> joined;
    std::map<std::string, Next> conversations;
    std::map<std::string, std::uint64_t> downloads;  // handle: offset of the next chunk
    std::vector<Numbered> held;
    std::uint64_t heard_at = 0;  // when its last frame was heard
  };
  struct Message {
    std::size_t hash = 0;
    std::string from;
    std::uint64_t seen_at = 0;
    std::map<std::string, PersonId> readers;  // of a conversation, by name
  };
  struct File {
    PersonId owner{};
    std::string room;
    std::uint64_t size = 0;
    std::string sha256;
    std::uint64_t seen_at = 0;
    std::map<std::string, PersonId> readers;
  };

  Command read_command(const Frame& frame) const;
  void hear(View& view, const Frame& frame);
  void hear_error(View& view, const Frame& frame);
  void hear_ok(View& view, const Frame& frame);
  void hear_login(View& view, const Command& command, const Frame& frame);
  void hear_said(View& view, const Command& command, const Frame& frame);
  void hear_put(View& view, const Command& command, const Frame& frame);
  void hear_get(View& view, const Command& command, const Frame& frame);
  void hear_chunk(View& view, const Frame& frame);
  void hear_download_end(View& view, const Frame& frame);
  void hear_numbered(View& view, const Frame& frame);
  void hear_unnumbered(const View& view, const Frame& frame) const;
  void hear_page_end(View& view, const Frame& frame);
  void come_live(View& view, const Numbered& numbered);
  void release_held(View& view);

  // The command that waits first, those that need no answer left out; nullptr when there is none.
  static const Command* waiting(const View& view);
  static Command take_answered(View& view, const Frame& frame);
  PersonId make_person(std::string name, std::uint64_t born);
  PersonId person_of(const View& view) const;
  // The reader is not another one than before under this name, and not somebody who came later.
  void check_reader(const View& view, std::map<std::string, PersonId>& readers, std::uint64_t seen_at) const;
  static std::set<std::string> rooms_of(const View& view);
  // Who its person is, or may be without having heard so.
  static std::set<std::string> names_of(const View& view);
  void note_left(const View& view);
  // On any connection, now or at some time since.
  bool was_in_room(const std::string& name, const std::string& room, std::uint64_t since) const;
  File& file_of(std::string_view handle);

  DecoderLimits limits_;
  std::set<std::string> configured_;
  std::map<std::string, std::string_view> contents_;  // by SHA-256
  std::uint64_t clock_ = 0;                           // counts what happened
  std::map<ConnectionId, std::unique_ptr<View>> views_;
  std::vector<Person> persons_;
  std::map<std::string, PersonId> registered_;
  std::set<std::string> was_registered_;  // names whose REGISTER was answered
  std::map<std::string, PersonId> tokens_;
  std::map<std::pair<std::string, Sequence>, Message> messages_;
  std::set<std::pair<std::string, Sequence>> acknowledged_;
  std::map<std::tuple<PersonId, std::string, std::string>, std::pair<std::string, Sequence>> requests_;
  std::map<std::string, File, std::less<>> files_;
  std::map<std::pair<std::string, std::string>, std::uint64_t> left_at_;  // by name and room
};

}  // namespace plaintalk::messenger::test
