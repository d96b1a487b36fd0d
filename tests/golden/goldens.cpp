#include "tests/golden/goldens.hpp"

#include <array>

namespace plaintalk::golden {

std::span<const Golden> goldens() {
  static constexpr std::array<Golden, 17> kGoldens{{
      {"room-session.pcap", room_session},
      {"logins.pcap", logins_and_direct_messages},
      {"segmentation.pcap", segmentation},
      {"lost-connection.pcap", lost_connection},
      {"retransmission.pcap", retransmission},
      {"reordering.pcap", reordering},
      {"sequence-wrap.pcap", sequence_wrap},
      {"capture-loss.pcap", capture_loss},
      {"duplicate-capture.pcap", duplicate_capture},
      {"midstream.pcap", midstream},
      {"snap-length.pcap", snap_length},
      {"vlan-ipv6.pcap", vlan_ipv6},
      {"sll2.pcap", sll2},
      {"two-interfaces.pcapng", two_interfaces},
      {"file-transfer.pcap", file_transfer},
      {"hostile.pcap", hostile},
      {"foreign-chat.pcap", foreign_chat, false},
  }};
  return kGoldens;
}

}  // namespace plaintalk::golden
