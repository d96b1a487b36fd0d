// Several captures as one, in the order of time, as mergecap would write them: packets are numbered from 1
// over all files. Each file is taken to be in order itself. A file that ends in damage ends there; the others
// go on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/run/summary.hpp"
#include "base/packet_record.hpp"
#include "capture/file/capture_reader.hpp"

namespace plaintalk::analyzer {

// What the interfaces counted, summed up; nothing: no capture says.
struct DropCounts {
  std::optional<std::uint64_t> received;
  std::optional<std::uint64_t> dropped;            // in the kernel's buffer
  std::optional<std::uint64_t> interface_dropped;  // at the interface
};

class MergedCapture {
 public:
  explicit MergedCapture(std::vector<capture::CaptureReader> readers, std::vector<std::string> names);

  // Valid until the next call.
  std::optional<PacketRecord> next();
  // By the `interface` of a record that was given; nullptr when the file does not describe it.
  const capture::InterfaceInfo* interface(std::uint32_t index) const;

  WallTime last_time() const { return last_time_; }  // of the record that was given last
  std::uint64_t position() const;
  std::optional<std::uint64_t> size() const;  // unknown when one of them is a pipe
  bool is_synthetic() const;                  // an application recorded it and made up the headers
  // As far as the captures have told by now.
  DropCounts drops() const;
  // Formats, counters and damage, as far as they are known by now.
  void describe(CaptureInfo& info) const;

 private:
  struct Input {
    capture::CaptureReader reader;
    std::string name;
    std::optional<PacketRecord> waiting;
    std::optional<capture::CaptureError> error;
    bool ended = false;
  };
  void fill(Input& input);

  std::vector<Input> inputs_;
  std::optional<std::size_t> given_;  // whose record the caller holds
  std::uint64_t count_ = 0;
  WallTime last_time_{};
};

}  // namespace plaintalk::analyzer
