// A folder that goes away, and a small session as a capture: alice registers, joins #lab, says something and
// sends a file; bob is there; carol reads the history. Everything hostile that a table can be given stands in
// what alice says.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "analyzer/run/analysis.hpp"
#include "base/crypto/digest.hpp"
#include "base/text.hpp"
#include "capture/file/capture_reader.hpp"
#include "capture/file/pcapng_writer.hpp"
#include "capture/synthetic/synthetic_connection.hpp"

namespace plaintalk::analyzer {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "plaintalk-report-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_text(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

// The fields of a CSV file with LF line ends (RFC 4180 otherwise).
inline std::vector<std::vector<std::string>> parse_csv(const std::string& text) {
  std::vector<std::vector<std::string>> rows{{""}};
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted && c == '"' && at + 1 < text.size() && text[at + 1] == '"') {
      rows.back().back() += '"';
      ++at;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == ',') {
      rows.back().emplace_back();
    } else if (!quoted && c == '\n') {
      rows.push_back({""});
    } else {
      rows.back().back() += c;
    }
  }
  rows.pop_back();
  return rows;
}

inline const std::string kHostile = "=HYPERLINK(\"http://x\") <b>|`\x1b[31m\"\xe2\x80\xae, \x01";

class SessionCapture {
 public:
  explicit SessionCapture(std::string comment = {})
      : writer_([this](std::string_view block) { bytes += block; }, {"test", std::move(comment)}) {
    interface_ = writer_.add_interface({LinkType::raw, 262144, "test", ""});
  }

  // One connection for each person, from 10.0.0.<number>; `run` names a run of the server.
  capture::SyntheticConnection& connect(std::uint8_t number, const std::string& run = {}) {
    const Endpoint client{IpAddress::v4(10, 0, 0, number), static_cast<std::uint16_t>(40000 + number)};
    const Endpoint server{IpAddress::v4(10, 0, 0, 100), 7777};
    auto& connection = connections_.emplace_back(std::make_unique<capture::SyntheticConnection>(
        client, server,
        [this](WallTime time, Bytes packet) { packets_.emplace_back(time, std::string(as_text(packet))); }));
    connection->open(step());
    connection->server_sent("PLAINTALK/1 lab caps=history,files line=4096 body=65536 chunk=16384 ping=30" +
                                (run.empty() ? "" : " run=" + run) + " :type HELP\n",
                            step());
    return *connection;
  }
  WallTime step() { return now_ += std::chrono::milliseconds(5); }
  void finish() {
    for (auto& connection : connections_) connection->close(true, step());
    std::stable_sort(packets_.begin(), packets_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [time, packet] : packets_)
      writer_.packet(interface_, time, as_bytes(packet), static_cast<std::uint32_t>(packet.size()));
    writer_.statistics(interface_, now_, {packets_.size(), 0, 0});
  }

  std::string bytes;

 private:
  capture::PcapngWriter writer_;
  std::uint32_t interface_ = 0;
  std::vector<std::unique_ptr<capture::SyntheticConnection>> connections_;
  std::vector<std::pair<WallTime, std::string>> packets_;
  WallTime now_{std::chrono::seconds(1'700'000'000)};
};

inline const std::string kFileContent(3000, 'r');

inline std::string counted(const std::string& head, const std::string& body) {
  return head + " {" + std::to_string(body.size()) + "}\n" + body + "\n";
}

inline std::string session_capture(std::string comment = {}) {
  SessionCapture session(std::move(comment));
  auto& alice = session.connect(1);
  auto& bob = session.connect(2);
  const auto hash = hex(sha256(kFileContent));
  alice.client_sent("REGISTER alice device=a1 :tulip9\n", session.step());
  alice.server_sent("OK user=alice device=a1 token=K3V5\n", session.step());
  bob.client_sent("LOGIN bob device=b1\n", session.step());
  bob.server_sent("OK user=bob device=b1 token=T7 guest=1\n", session.step());
  alice.client_sent("JOIN #lab\n", session.step());
  alice.server_sent("OK room=#lab members=1 last=0\nJOINED #lab alice\n", session.step());
  bob.client_sent("JOIN #lab\n", session.step());
  bob.server_sent("OK room=#lab members=2 last=0\nJOINED #lab bob\n", session.step());
  alice.client_sent(counted("SAY #lab id=1", kHostile), session.step());
  alice.server_sent("OK id=1 seq=1 at=1\n" + counted("MSG #lab 1 alice 1", kHostile), session.step());
  bob.server_sent(counted("MSG #lab 1 alice 1", kHostile), session.step());
  alice.client_sent("PUT ..%2F..%2Fetc%2Fpasswd 3000 sha256=" + hash + " to=#lab\n", session.step());
  alice.server_sent("OK file=f1 next=0 chunk=16384 credit=262144\n", session.step());
  alice.client_sent(counted("DATA f1 0", kFileContent), session.step());
  alice.server_sent("ACK f1 3000\n", session.step());
  alice.client_sent("DONE f1\n", session.step());
  const std::string announcement = "FILE #lab 2 alice f1 3000 " + hash + " :../../etc/passwd\n";
  alice.server_sent("OK file=f1 verified=1\n" + announcement, session.step());
  bob.server_sent(announcement, session.step());
  session.finish();
  return session.bytes;
}

inline AnalysisOutcome analyse_bytes(const std::string& bytes, AnalysisOptions options) {
  std::vector<capture::CaptureReader> readers;
  readers.push_back(capture::CaptureReader::from_memory(as_bytes(bytes), "session.pcapng"));
  MergedCapture input(std::move(readers), {"session.pcapng"});
  options.version = "test";
  return analyse(input, options);
}

inline AnalysisOptions into(const std::string& folder) {
  AnalysisOptions options;
  options.folder = folder;
  return options;
}

}  // namespace plaintalk::analyzer
