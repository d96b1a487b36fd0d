// Where the talk layer puts what it finds. Rows are handed over as soon as they are certain, so that nothing
// has to be kept: connections, pdus, messages, credentials and TCP events while the capture is read; users,
// files, rooms, the timeline and findings at its end.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "analyzer/stream/stream_sink.hpp"
#include "analyzer/talk/results.hpp"

namespace plaintalk::analyzer {

class TalkSink {
 public:
  virtual ~TalkSink() = default;
  virtual void connection(const ConnectionResult& row) = 0;
  virtual void tcp_event(const TcpEvent& row) = 0;
  virtual void pdu(const PduResult& row) = 0;
  virtual void message(const MessageResult& row) = 0;
  virtual void credential(const CredentialResult& row) = 0;
  virtual void user(const UserResult& row) = 0;
  virtual void file(const FileResult& row) = 0;
  virtual void transfer(const TransferResult& row) = 0;
  virtual void room(const RoomResult& row) = 0;
  virtual void timeline(const TimelineResult& row) = 0;
  virtual void finding(const Finding& row) = 0;
  // Whether anybody reads what tcp_event() and pdu() give in words: evidence and arguments. Left empty
  // otherwise, for making them costs more than all the rest.
  virtual bool wants_evidence() const { return true; }
  virtual bool wants_arguments() const { return true; }
  // Whether anybody wants to know the passwords on connections that speak other protocols. Their names are
  // found out in any case.
  virtual bool wants_foreign_secrets() const { return true; }
  // Of what is no unit of its protocol only the first rows are told, unless somebody counts them.
  virtual bool wants_every_row() const { return false; }
  virtual void live_event(const LiveEvent&) {}
};

// Keeps the contents of transferred files outside of the talk layer's memory. Files are named by numbers
// given here.
class ContentStore {
 public:
  virtual ~ContentStore() = default;

  enum class Written : std::uint8_t {
    stored,
    differs /* from bytes already stored there: the first ones stay */,
    refused
  };
  // Some bytes of the file; those stored before are compared instead of stored again.
  virtual Written write(std::uint64_t file, std::uint64_t offset, std::string_view bytes) = 0;

  struct Outcome {
    std::string sha256;  // lower-case hexadecimal, of the content; empty when it has holes or is not kept
    std::string path;    // relative to the output folder
  };
  // No more bytes will come. `size` is the whole size; the rest is a hole.
  virtual Outcome finish(std::uint64_t file, std::uint64_t size) = 0;
};

}  // namespace plaintalk::analyzer
