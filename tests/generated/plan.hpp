// What a generated capture is made of, as a value: the conversation and everything that goes wrong. A seed
// gives a plan; a plan that shows a fault of the analyzer is shrunk by leaving parts of it out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace plaintalk::generated {

enum class FaultKind : std::uint8_t {
  lost_before,       // the network lost the segment before the tap: only its repeat is captured
  lost_after,        // ... behind the tap: it is captured, and repeated
  repeated_merged,   // the same, and the repeat carries the next segment as well
  repeated_shifted,  // the same, and the repeat begins in the middle of the segment
  missed,            // the capture has a hole, the receiver has not
  network_copy,      // the network delivers the packet twice
  exchanged,         // with the segment after it
  missed_ack,        // the acknowledgement is not captured
  keep_alive,        // a minute of silence before it
  clock_back,        // the clock of the capture is set back by three seconds
  clock_forward,
  contradicted,  // as lost_after, and the repeat says something else
};
inline constexpr std::size_t kFaultKindCount = 12;

struct Fault {
  FaultKind kind{};
  std::size_t burst = 0;    // what one side sends at once; counted modulo how many there are
  std::size_t segment = 0;  // of it, likewise
};

struct Message {
  std::size_t sender = 0;
  std::size_t size = 0;
};

enum class Copies : std::uint8_t { none, same_place, other_interface };
enum class Close : std::uint8_t { server_fin, client_fin, client_reset };
// The first FIN: sent again because it was lost behind the tap, or held up until after its repeat.
enum class FinFate : std::uint8_t { once, repeated, overtaken };

struct Plan {
  std::uint32_t seed = 0;
  std::size_t people = 1;
  std::vector<Message> messages;
  std::vector<Fault> faults;
  std::size_t segment_size = 1400;  // beyond what a wire carries: as offloading hands it over
  std::uint32_t snap_length = 0;    // 0: whole packets
  Copies copies = Copies::none;
  Close close = Close::server_fin;
  bool is_ipv6 = false;
  bool has_vlan = false;
  bool wraps = false;        // sequence numbers start again at 0 within the first messages
  bool reuses_port = false;  // the first person comes again from the same port
  bool misses_syn = false;
  bool misses_syn_ack = false;
  bool has_stamps = false;   // TCP time stamps
  bool has_sack = false;     // selective acknowledgements, and D-SACKs of what the network doubled
  bool repeats_syn = false;  // it was lost behind the tap
  bool repeats_syn_ack = false;
  FinFate fin = FinFate::once;
};

Plan make_plan(std::uint32_t seed);
std::string describe(const Plan& plan);
// The smallest plan found, by leaving things out, for which `fails` still holds. REQUIRES fails(plan).
Plan shrink(Plan plan, const std::function<bool(const Plan&)>& fails);

}  // namespace plaintalk::generated
