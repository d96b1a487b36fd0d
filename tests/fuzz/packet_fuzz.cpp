// The packet decoder under any bytes. The first byte chooses the link type, the second whether the capture
// is said to have cut the packet. Promises: nothing outside the packet is read (the sanitizers watch), and a
// payload is never longer than it was on the wire.
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "analyzer/wire/packet_decoder.hpp"
#include "base/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::array<std::uint32_t, 16> kLinkTypes = {0,   1,   9,   10,  12,  14,  50,  51,
                                                        101, 104, 108, 113, 228, 229, 276, 147};
  if (size < 2) return 0;
  // Fragments need a second packet: the rest is cut in two at a place that the input chooses.
  const std::size_t rest = size - 2;
  const std::size_t first_size = rest == 0 ? 0 : (data[1] * rest) / 255;
  plaintalk::analyzer::PacketDecoder decoder;
  std::size_t at = 2;
  for (const std::size_t packet_size : {first_size, rest - first_size}) {
    const std::vector<std::uint8_t> exact(data + at, data + at + packet_size);
    at += packet_size;
    plaintalk::PacketRecord record;
    record.number = 1;
    record.link_type = static_cast<plaintalk::LinkType>(kLinkTypes[data[0] % kLinkTypes.size()]);
    record.original_size = static_cast<std::uint32_t>(packet_size + (data[1] & 1) * 100);
    record.time = plaintalk::WallTime(plaintalk::Nanoseconds(data[0] == 255 ? INT64_MAX : INT64_MIN));
    record.bytes = exact;
    const auto segment = decoder.decode(record);
    if (!segment) continue;
    plaintalk::check(segment->payload.size() <= segment->payload_size,
                     "more payload than there was on the wire");
    unsigned sum = 0;
    for (const std::uint8_t byte : segment->payload) sum += byte;
    plaintalk::check(sum <= 255 * segment->payload.size(), "the payload cannot be read");
  }
  plaintalk::check(decoder.skipped().size() <= 2, "a packet was counted twice");
  return 0;
}
