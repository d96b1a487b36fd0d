// The capture reader under any bytes, promising: every record lies inside the file and names a known
// interface; numbers rise, and have gaps only for what is told as left out; an error stays; and a file cut
// short gives the first records of the whole one.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "capture/file/capture_reader.hpp"

namespace plaintalk::capture {
namespace {

struct Seen {
  std::size_t at = 0;  // in the file
  std::size_t size = 0;
  WallTime time;
  bool operator==(const Seen&) const = default;
};

std::vector<Seen> read_all(Bytes file) {
  std::vector<Seen> records;
  std::uint64_t last_number = 0;
  try {
    CaptureReader reader = CaptureReader::from_memory(file, "fuzz");
    for (;;) {
      const std::uint64_t before = reader.position();
      const auto record = reader.next();
      check(reader.position() >= before && reader.position() <= file.size(), "the position is wrong");
      if (!record) {
        check(!reader.next(), "an error went away");
        check(record.error().packet_number > last_number, "an error names the wrong record");
      }
      if (!record || !*record) break;
      const PacketRecord& packet = **record;
      check(packet.number > last_number, "numbers do not rise");
      check(packet.number <= records.size() + 1 + reader.skipped_block_count(), "a number is missing");
      last_number = packet.number;
      check(packet.interface < reader.interfaces().size(), "an unknown interface");
      check(packet.original_size >= packet.bytes.size(), "captured more than there was");
      check(packet.bytes.empty() || (packet.bytes.data() >= file.data() &&
                                     packet.bytes.data() + packet.bytes.size() <= file.data() + file.size()),
            "a record lies outside the file");
      records.push_back(
          {static_cast<std::size_t>(packet.bytes.data() - file.data()), packet.bytes.size(), packet.time});
    }
  } catch (const std::runtime_error&) {
    // Not a capture at all.
  }
  return records;
}

}  // namespace
}  // namespace plaintalk::capture

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const plaintalk::Bytes file(data, size);
  const auto whole = plaintalk::capture::read_all(file);
  if (size == 0) return 0;
  const std::size_t cut = (size * (data[size - 1] + std::size_t{1})) / 257;
  const auto part = plaintalk::capture::read_all(file.first(cut));
  plaintalk::check(part.size() <= whole.size(), "a part has more records than the whole");
  plaintalk::check(std::equal(part.begin(), part.end(), whole.begin()),
                   "a part has other records than the whole");
  return 0;
}
