#include "tests/generated/capture_maker.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "base/bytes.hpp"
#include "capture/file/pcapng_writer.hpp"
#include "protocol/frame.hpp"
#include "tests/generated/conversation.hpp"
#include "tests/generated/sender.hpp"
#include "tests/golden/tape.hpp"

namespace plaintalk::generated {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

std::vector<UnitTruth> units_of(const std::string& stream) {
  std::vector<UnitTruth> units;
  FrameDecoder decoder;
  decoder.feed(stream);
  for (auto step = decoder.next(); step == FrameDecoder::Step::frame; step = decoder.next())
    units.push_back(
        {decoder.frame().stream_offset, decoder.frame().size, std::string(decoder.frame().verb_text)});
  return units;
}

// The packets of the capture by time, with what the capture itself does to them.
std::string as_file(const Plan& plan, std::vector<CapturedPacket> packets, Generated& generated) {
  std::ranges::stable_sort(packets, {}, &CapturedPacket::time);
  std::string file;
  capture::PcapngWriter writer([&](std::string_view block) { file += block; },
                               {"generated_truth", describe(plan)});
  const std::uint32_t snap_length = plan.snap_length == 0 ? 262144 : plan.snap_length;
  const std::uint32_t interface_count = plan.copies == Copies::other_interface ? 2 : 1;
  for (std::uint32_t index = 0; index < interface_count; ++index)
    writer.add_interface({LinkType::ethernet, snap_length, "eth" + std::to_string(index), ""});
  Nanoseconds shift{0};
  for (const CapturedPacket& packet : packets) {
    shift += packet.clock_step;
    const std::string frame =
        golden::framed(plan.has_vlan ? golden::Link::vlan : golden::Link::ethernet, packet.bytes);
    const std::string_view kept = std::string_view(frame).substr(0, snap_length);
    const auto size = static_cast<std::uint32_t>(frame.size());
    writer.packet(0, packet.time + shift, as_bytes(kept), size);
    if (plan.copies == Copies::none) continue;
    writer.packet(interface_count - 1, packet.time + shift + microseconds(3), as_bytes(kept), size);
    ++generated.connections[packet.connection].captured_copies;
  }
  return file;
}

}  // namespace

Generated make_capture(const Plan& plan) {
  const Conversation conversation = make_conversation(plan);
  Generated generated;
  generated.messages = conversation.messages;
  generated.is_complete = plan.snap_length == 0;
  generated.connections.resize(conversation.connection_count);

  std::map<std::size_t, std::vector<Fault>> faults;  // by burst
  for (const Fault& fault : plan.faults) faults[fault.burst % conversation.bursts.size()].push_back(fault);

  std::vector<CapturedPacket> packets;
  WallTime now(std::chrono::seconds(1'789'201'500));
  std::vector<Wire> wires;
  for (std::size_t index = 0; index < conversation.connection_count; ++index)
    wires.emplace_back(plan, index, conversation, generated, packets);
  for (std::size_t index = 0; index < conversation.bursts.size(); ++index) {
    const Burst& burst = conversation.bursts[index];
    Wire& wire = wires[burst.connection];
    switch (burst.kind) {
      case Burst::Kind::open: wire.open(now); break;
      case Burst::Kind::data: wire.send(now, burst, faults[index]); break;
      case Burst::Kind::close: wire.close(now); break;
    }
  }
  for (std::size_t index = 0; index < conversation.connection_count; ++index)
    for (const std::size_t side : {0U, 1U})
      generated.connections[index].sides[side].units = units_of(conversation.streams[index][side]);
  generated.file = as_file(plan, std::move(packets), generated);
  return generated;
}

}  // namespace plaintalk::generated
