// The list of golden captures. Each is made by a scenario below tests/golden/, always byte for byte the
// same.
#pragma once

#include <ostream>
#include <span>
#include <string>
#include <string_view>

namespace plaintalk::golden {

struct Golden {
  std::string_view file_name;  // NAME.pcap or NAME.pcapng
  std::string (*make)();
  bool has_messenger = true;  // false: other protocols only, so no frame is to be found
};

// Or GoogleTest prints the bytes of it beside the name of each test.
inline void PrintTo(const Golden& golden, std::ostream* out) { *out << golden.file_name; }

std::span<const Golden> goldens();

// scenario_sessions.cpp: how people use it.
std::string room_session();
std::string logins_and_direct_messages();
std::string segmentation();
std::string lost_connection();
// scenario_faults.cpp: what networks do.
std::string retransmission();
std::string reordering();
std::string sequence_wrap();
// scenario_captures.cpp: what captures do.
std::string capture_loss();
std::string duplicate_capture();
std::string midstream();
std::string snap_length();
std::string vlan_ipv6();
std::string sll2();
std::string two_interfaces();
// scenario_files.cpp: files, and people who mean harm.
std::string file_transfer();
std::string hostile();
// scenario_foreign.cpp: other protocols.
std::string foreign_chat();

}  // namespace plaintalk::golden
