// Reads capture files: pcap (microseconds and nanoseconds, both byte orders, and the "modified" format) and
// pcapng (both byte orders, several sections and interfaces, any time resolution). Our own, because libpcap
// refuses files with mixed link types.
//   pcap    draft-ietf-opsawg-pcap
//   pcapng  draft-ietf-opsawg-pcapng
//
// Files are read in large blocks; of a pipe each record is handed over as soon as it is complete, so a live
// capture can be followed (see input.hpp). Bad input never stops the records before it: the reader reports
// where the file goes wrong and keeps everything up to there. A signal whose handler was installed without
// SA_RESTART ends the input like its end. Files compressed with gzip, zstd or lz4 are unpacked on the way;
// others are refused with the command that unpacks them.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/packet_record.hpp"
#include "capture/file/byte_source.hpp"
#include "capture/file/capture_info.hpp"

namespace plaintalk::capture {

class CaptureReader {
 public:
  // "-" is standard input. Throws std::runtime_error saying what to do when the file cannot be opened or is
  // no capture at all.
  static CaptureReader open(const std::string& path);
  static CaptureReader from_descriptor(int descriptor, std::string name);  // takes the descriptor over
  static CaptureReader from_source(std::unique_ptr<ByteSource> source, std::string name);
  static CaptureReader from_memory(Bytes file, std::string name);  // borrows; for tests and fuzzers

  CaptureReader(CaptureReader&&) noexcept;
  ~CaptureReader();

  // The next packet, nullopt at the end, or why there is no further one. After an error it is repeated.
  std::expected<std::optional<PacketRecord>, CaptureError> next();

  // Known so far: pcapng may add some later. A new section's interfaces are appended, so an index stays valid
  // for the whole file.
  const std::vector<InterfaceInfo>& interfaces() const;
  // "pcap, little-endian, microseconds" or "pcapng".
  std::string format() const;
  // Comments of the sections (opt_comment): the messenger's own recordings say here that their headers are
  // synthetic.
  const std::vector<std::string>& comments() const;
  // Blocks that were left out because something in them was wrong, while the packets around them are good:
  // the first ones, and how many there are in all.
  const std::vector<CaptureError>& skipped_blocks() const;
  std::uint64_t skipped_block_count() const;
  // Bytes read so far, and in all if the input is a file: for a progress bar.
  std::uint64_t position() const;
  std::optional<std::uint64_t> size() const;

 private:
  struct State;
  explicit CaptureReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace plaintalk::capture
