// Gathers what a person wants to know first, and says it in words: summary.md, and the last lines on the
// terminal. Bounded: long lists are cut and say where the whole is.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/stream/stream_sink.hpp"
#include "analyzer/tables/capture_contents.hpp"
#include "analyzer/talk/results.hpp"

namespace plaintalk::analyzer {

// What is known about the captures themselves.
struct CaptureInfo {
  std::vector<std::string> names;
  std::vector<std::string> formats;
  std::uint64_t packets = 0;
  std::uint64_t segments = 0;
  std::uint64_t used_fragments = 0;              // packets with another part of one of those segments
  std::map<std::string, std::uint64_t> skipped;  // packets without a TCP segment, by reason
  std::optional<std::uint64_t> received_count;   // by the interfaces, when the captures say so
  std::optional<std::uint64_t> dropped_count;
  std::optional<std::uint64_t> interface_dropped_count;
  std::vector<std::string> damage;  // where input files are not well-formed
  std::optional<WallTime> first;
  std::optional<WallTime> last;
  bool is_interim = false;  // the capture still goes on
  bool is_synthetic = false;
  CaptureContents contents;
  std::optional<std::uint64_t> packets_max;  // more packets than this: the table of them was left out
  bool without_foreign_secrets = false;      // no table was asked for that has them
  std::uint64_t early_packet_rows = 0;       // written when something about them was still open
  std::size_t waiting_packets_max = 0;       // how long such rows wait at most, in packets
};

// Why there is no table `packets`, and what to do.
std::string left_out_text(std::uint64_t packets_max);

class Summary {
 public:
  static constexpr std::size_t kListSizeMax = 20;
  static constexpr std::size_t kPairCountMax = 10'000;

  void add(const ConnectionResult& row);
  void add(const TcpEvent& row);
  void add(const PduResult& row);
  void add(const MessageResult& row);
  void add(const CredentialResult& row);
  void add(const UserResult& row);
  void add(const FileResult& row);
  void add(const RoomResult& row);
  void add(const Finding& row);

  // `written` names the files of the folder.
  std::string render_markdown(const CaptureInfo& input, const std::vector<std::string>& written,
                              bool show_secrets) const;
  // A few lines for the terminal.
  std::string render_text(const CaptureInfo& input, const std::string& folder) const;

 private:
  struct SenderTotals {  // what one person said in one room
    std::uint64_t messages = 0;
    std::uint64_t deliveries = 0;
    std::optional<Nanoseconds> latency_max;
  };
  std::string talk_section() const;
  std::string secrets_section(const CaptureInfo& input, bool show_secrets) const;
  std::string why_no_password(const CaptureInfo& input) const;
  std::string balance_section() const;
  std::string files_section() const;
  std::string tcp_section(const CaptureInfo& input) const;
  std::string capture_section(const CaptureInfo& input) const;
  std::string findings_section() const;

  std::uint64_t connection_count_ = 0;
  std::map<std::string, std::uint64_t> protocols_;
  std::uint64_t client_bytes_ = 0;
  std::uint64_t server_bytes_ = 0;
  std::uint64_t gap_bytes_ = 0;
  std::uint64_t truncated_bytes_ = 0;
  std::uint64_t duplicate_packets_ = 0;
  std::map<std::string, std::uint64_t, std::less<>> verdicts_;
  std::uint64_t pdu_count_ = 0;
  std::uint64_t bad_pdu_count_ = 0;
  std::uint64_t message_count_ = 0;
  std::uint64_t history_count_ = 0;
  DeliveryBalance balance_;
  std::optional<Nanoseconds> latency_min_;
  std::optional<Nanoseconds> latency_max_;
  std::map<std::pair<std::string, std::string>, SenderTotals> sender_totals_;  // (room, sender)
  std::vector<CredentialResult> passwords_;
  std::uint64_t password_count_ = 0;
  std::uint64_t token_count_ = 0;
  std::uint64_t guest_count_ = 0;
  std::uint64_t by_token_count_ = 0;
  std::uint64_t unseen_login_count_ = 0;
  std::vector<UserResult> users_;
  std::uint64_t user_count_ = 0;
  std::vector<FileResult> files_;
  std::uint64_t file_count_ = 0;
  std::uint64_t file_complete_count_ = 0;
  std::uint64_t room_count_ = 0;
  std::vector<Finding> findings_;
  std::map<Severity, std::uint64_t> finding_counts_;
};

}  // namespace plaintalk::analyzer
