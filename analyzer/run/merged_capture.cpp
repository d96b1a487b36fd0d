#include "analyzer/run/merged_capture.hpp"

#include <utility>

namespace plaintalk::analyzer {

// Interfaces of different files must not look alike: a packet seen on two of them is a duplicate, one seen
// twice in one is a repeat.
constexpr std::uint32_t kInterfacesPerFile = 1 << 16;

MergedCapture::MergedCapture(std::vector<capture::CaptureReader> readers, std::vector<std::string> names) {
  for (std::size_t index = 0; index < readers.size(); ++index)
    inputs_.push_back({std::move(readers[index]), std::move(names[index]), {}, {}, false});
}

void MergedCapture::fill(Input& input) {
  if (input.waiting || input.ended) return;
  const auto record = input.reader.next();
  if (!record) {
    input.error = record.error();
    input.ended = true;
  } else if (!*record) {
    input.ended = true;
  } else {
    input.waiting = **record;
  }
}

std::optional<PacketRecord> MergedCapture::next() {
  if (given_) inputs_[*given_].waiting.reset();
  given_.reset();
  for (std::size_t index = 0; index < inputs_.size(); ++index) {
    fill(inputs_[index]);
    const auto& waiting = inputs_[index].waiting;
    if (waiting && (!given_ || waiting->time < inputs_[*given_].waiting->time)) given_ = index;
  }
  if (!given_) return std::nullopt;
  PacketRecord record = *inputs_[*given_].waiting;
  record.number = ++count_;
  last_time_ = record.time;
  record.interface += static_cast<std::uint32_t>(*given_) * kInterfacesPerFile;
  return record;
}

const capture::InterfaceInfo* MergedCapture::interface(std::uint32_t index) const {
  const auto& interfaces = inputs_.at(index / kInterfacesPerFile).reader.interfaces();
  const std::uint32_t own = index % kInterfacesPerFile;
  return own < interfaces.size() ? &interfaces[own] : nullptr;
}

std::uint64_t MergedCapture::position() const {
  std::uint64_t sum = 0;
  for (const Input& input : inputs_) sum += input.reader.position();
  return sum;
}

std::optional<std::uint64_t> MergedCapture::size() const {
  std::uint64_t sum = 0;
  for (const Input& input : inputs_) {
    const auto size = input.reader.size();
    if (!size) return std::nullopt;
    sum += *size;
  }
  return sum;
}

bool MergedCapture::is_synthetic() const {
  for (const Input& input : inputs_)
    for (const std::string& comment : input.reader.comments())
      if (comment.starts_with("synthetic")) return true;
  return false;
}

DropCounts MergedCapture::drops() const {
  const auto add = [](std::optional<std::uint64_t>& sum, const std::optional<std::uint64_t>& count) {
    if (count) sum = sum.value_or(0) + *count;
  };
  DropCounts sums;
  for (const Input& input : inputs_) {
    for (const capture::InterfaceInfo& interface : input.reader.interfaces()) {
      add(sums.received, interface.received_count);
      add(sums.dropped, interface.dropped_count);
      add(sums.interface_dropped, interface.interface_dropped_count);
    }
  }
  return sums;
}

void MergedCapture::describe(CaptureInfo& info) const {
  const DropCounts sums = drops();
  info.received_count = sums.received;
  info.dropped_count = sums.dropped;
  info.interface_dropped_count = sums.interface_dropped;
  for (const Input& input : inputs_) {
    info.names.push_back(input.name);
    info.formats.push_back(input.reader.format());
    const auto& skipped = input.reader.skipped_blocks();
    for (const capture::CaptureError& block : skipped)
      info.damage.push_back(input.name + ": " + block.what + "; that block was left out (at byte " +
                            std::to_string(block.file_offset) + ")");
    if (const std::uint64_t count = input.reader.skipped_block_count(); count > skipped.size())
      info.damage.push_back(input.name + ": " + std::to_string(count - skipped.size()) +
                            " more blocks were left out");
    if (input.error)
      info.damage.push_back(input.name + ": " + input.error->what + " (at byte " +
                            std::to_string(input.error->file_offset) + ")");
  }
}

}  // namespace plaintalk::analyzer
