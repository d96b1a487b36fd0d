#include "analyzer/check/check_protocol.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/check/stream_of_capture.hpp"
#include "analyzer/talk/talk_analyzer.hpp"
#include "base/bytes.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

struct Misfit {
  ConnectionId connection{};
  Direction direction{};
  std::uint64_t packet = 0;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::string status;
  std::string bytes{};        // the first of them
  std::vector<bool> known{};  // which of these are in the capture
};

bool is_good(std::string_view status) {
  return status == "ok" || status == "cut" || status == "merged" || status == "continued";
}

class MisfitCollector : public TalkSink {
 public:
  void connection(const ConnectionResult& row) override {
    if (row.is_described) ++connection_count;
  }
  void pdu(const PduResult& row) override {
    // The other protocols have rows too.
    if (!described.contains(row.connection)) return;
    ++unit_count;
    // What may lack its beginning need not fit.
    if (is_good(row.status) && (row.is_explained || row.status == "cut")) return;
    const std::string status(is_good(row.status) ? "unexplained" : row.status);
    ++counts[status];
    if (misfits.size() < kShownMisfitCountMax)
      misfits.push_back(
          {row.connection, row.direction, row.first.packet, row.stream_offset, row.length, status});
  }
  void tcp_event(const TcpEvent&) override {}
  void message(const MessageResult&) override {}
  void credential(const CredentialResult&) override {}
  void user(const UserResult&) override {}
  void file(const FileResult&) override {}
  void transfer(const TransferResult&) override {}
  void room(const RoomResult&) override {}
  void timeline(const TimelineResult&) override {}
  void finding(const Finding&) override {}
  bool wants_every_row() const override { return true; }
  bool wants_evidence() const override { return false; }
  bool wants_arguments() const override { return false; }
  bool wants_foreign_secrets() const override { return false; }

  std::set<ConnectionId> described;
  std::uint64_t unit_count = 0;
  std::uint64_t connection_count = 0;
  std::map<std::string, std::uint64_t> counts;
  std::vector<Misfit> misfits;
};

class NoContents : public ContentStore {
 public:
  Written write(std::uint64_t, std::uint64_t, std::string_view) override { return Written::stored; }
  Outcome finish(std::uint64_t, std::uint64_t) override { return {}; }
};

// The first reading: which units do not fit.
class FirstReading : public StreamSink {
 public:
  FirstReading(const std::shared_ptr<const described::Description>& description, MisfitCollector& misfits)
      : ports_(description->ports),
        misfits_(misfits),
        talk_({.description = description}, misfits, contents_) {}

  void opened(const ConnectionRecord& connection) override {
    if (std::ranges::find(ports_, connection.server.endpoint.port) != ports_.end())
      misfits_.described.insert(connection.id);
    talk_.opened(connection);
  }
  void data(const StreamData& data) override {
    talk_.data(data);
    talk_.advance(data.time);
  }
  void gap(const StreamGap& gap) override { talk_.gap(gap); }
  void acknowledged(const StreamAck& ack) override { talk_.acknowledged(ack); }
  void event(const TcpEvent& event) override { talk_.event(event); }
  bool wants_evidence(unsigned) const override { return false; }
  void closed(const ConnectionRecord& connection) override {
    talk_.closed(connection);
    misfits_.described.erase(connection.id);
  }
  void finish() { talk_.finish(); }

 private:
  const std::vector<std::uint16_t>& ports_;
  MisfitCollector& misfits_;
  NoContents contents_;
  TalkAnalyzer talk_;
};

// The second: their bytes.
class SecondReading : public StreamSink {
 public:
  explicit SecondReading(std::vector<Misfit>& misfits) : misfits_(misfits) {
    for (Misfit& misfit : misfits_) {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(misfit.length, kShownByteCountMax));
      misfit.bytes.assign(size, '\0');
      misfit.known.assign(size, false);
    }
  }
  void data(const StreamData& data) override {
    for (Misfit& misfit : misfits_) {
      if (misfit.connection != data.connection || misfit.direction != data.direction) continue;
      const std::uint64_t begin = std::max(misfit.offset, data.offset);
      const std::uint64_t end =
          std::min(misfit.offset + misfit.bytes.size(), data.offset + data.bytes.size());
      for (std::uint64_t at = begin; at < end; ++at) {
        misfit.bytes[static_cast<std::size_t>(at - misfit.offset)] =
            static_cast<char>(data.bytes[static_cast<std::size_t>(at - data.offset)]);
        misfit.known[static_cast<std::size_t>(at - misfit.offset)] = true;
      }
    }
  }
  void opened(const ConnectionRecord&) override {}
  void gap(const StreamGap&) override {}
  void acknowledged(const StreamAck&) override {}
  void event(const TcpEvent&) override {}
  bool wants_evidence(unsigned) const override { return false; }
  void closed(const ConnectionRecord&) override {}

 private:
  std::vector<Misfit>& misfits_;
};

// "  48 65 ?? 6c  He?l" in rows of sixteen.
std::string dump_of(const Misfit& misfit) {
  constexpr std::size_t kRowSize = 16;
  std::string text;
  for (std::size_t row = 0; row < misfit.bytes.size(); row += kRowSize) {
    const std::size_t end = std::min(row + kRowSize, misfit.bytes.size());
    std::string digits;
    std::string letters;
    for (std::size_t at = row; at < end; ++at) {
      const char c = misfit.bytes[at];
      digits += (misfit.known[at] ? hex(std::string_view(&c, 1)) : std::string("??")) + ' ';
      letters += !misfit.known[at] ? '?' : c >= ' ' && c <= '~' ? c : '.';
    }
    digits.resize(3 * kRowSize, ' ');
    text += "    " + digits + ' ' + letters + '\n';
  }
  if (misfit.length > misfit.bytes.size())
    text += "    ... and " + std::to_string(misfit.length - misfit.bytes.size()) + " more\n";
  return text;
}

std::string text_of(const MisfitCollector& found, const described::Description& description,
                    std::uint64_t misfit_count) {
  if (found.connection_count == 0) {
    std::string ports;
    for (const std::uint16_t port : description.ports) ports += ' ' + std::to_string(port);
    return "no connection to a server on port" + ports +
           " is in the capture: see `ports` of the description\n";
  }
  std::string text =
      plural(found.unit_count, "unit") + " in " + plural(found.connection_count, "connection") +
      (misfit_count == 0 ? ": all fit " : ": " + std::to_string(misfit_count) + " do not fit ") +
      description.name + '\n';
  for (const auto& [status, count] : found.counts)
    text += "  " + status + ": " + std::to_string(count) + '\n';
  for (const Misfit& misfit : found.misfits)
    text += "connection " + std::to_string(static_cast<std::uint64_t>(misfit.connection)) + ", " +
            (misfit.direction == Direction::client_to_server ? "client" : "server") + ", packet " +
            std::to_string(misfit.packet) + ", offset " + std::to_string(misfit.offset) + ", " +
            plural(misfit.length, "byte") + ": " + misfit.status + '\n' + dump_of(misfit);
  if (misfit_count > found.misfits.size())
    text += "and " + std::to_string(misfit_count - found.misfits.size()) + " more\n";
  return text;
}

}  // namespace

ProtocolCheck check_protocol(const std::shared_ptr<const described::Description>& description,
                             const std::string& capture) {
  ProtocolCheck check;
  MisfitCollector found;
  {
    FirstReading reading(description, found);
    check.damage = tell_streams(capture, reading);
    reading.finish();
  }
  SecondReading bytes(found.misfits);
  if (!found.misfits.empty()) static_cast<void>(tell_streams(capture, bytes));
  check.unit_count = found.unit_count;
  check.connection_count = found.connection_count;
  for (const auto& [status, count] : found.counts) check.misfit_count += count;
  check.text = text_of(found, *description, check.misfit_count);
  return check;
}

}  // namespace plaintalk::analyzer
