// Where a capture is written: a file or standard output, for PcapngWriter's sink.
//
//   FileSink file = FileSink::create("lab.pcapng");
//   PcapngWriter writer([&](std::string_view block) { file.write(block); }, section);
//   ...
//   if (!file.flush()) ...  // file.reader_gone(), or file.error() says what happened
//
// Blocks are gathered and handed to the kernel by flush(), or when 1 MiB waits. After a failure everything
// more is dropped, so a full disk costs the rest of the recording and never the program: a file is cut back
// to its last whole block, and packet_count() says how many packets can be read from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace plaintalk::capture {

class FileSink {
 public:
  enum class Existing : std::uint8_t { refuse, overwrite };
  // "-" is standard output. A new file can be read by its owner only, because a capture shows what people
  // said. What is there already is kept unless `existing` says overwrite; a link as the last part of the path
  // is never followed to a file; pipes and devices are written to as they are. The file is locked (flock) as
  // long as it is written, so that no second recording gets into it. Throws std::runtime_error saying why it
  // cannot be created.
  static FileSink create(const std::string& path, Existing existing = Existing::refuse);
  static FileSink from_descriptor(int descriptor, std::string name);  // takes it over

  FileSink(FileSink&& other) noexcept;
  FileSink& operator=(FileSink&&) = delete;
  ~FileSink();  // flushes

  void write(std::string_view block, bool is_packet = false);
  // Everything up to now is with the kernel. False once writing has failed or the reader has left.
  bool flush();

  // The program at the other end of the pipe has closed it (EPIPE): the end of the work, not a fault. SIGPIPE
  // must be ignored.
  bool reader_gone() const;
  // "" or why writing failed.
  const std::string& error() const { return error_; }
  std::uint64_t size() const { return size_; }
  // Packets that have reached the kernel in whole blocks.
  std::uint64_t packet_count() const { return packet_count_; }
  // Once this descriptor is readable, writing to a pipe ends when its reader takes nothing for `patience`: a
  // reader that goes on reading gets everything.
  void stop_on(int descriptor, Milliseconds patience) {
    stop_descriptor_ = descriptor;
    patience_ = patience;
  }
  int descriptor() const { return descriptor_; }
  const std::string& name() const { return name_; }

 private:
  FileSink(int descriptor, std::string name);

  int descriptor_ = -1;
  std::string name_;
  struct Block {
    std::size_t size;
    bool is_packet;
  };
  int write_to_pipe(std::string_view bytes, std::size_t& written) const;
  void keep_whole_blocks(std::size_t written);

  bool is_file_ = false;  // it can be cut
  bool is_pipe_ = false;
  int stop_descriptor_ = -1;
  Milliseconds patience_{};
  std::string waiting_;
  std::vector<Block> waiting_blocks_;
  std::string error_;
  int error_code_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t packet_count_ = 0;
};

}  // namespace plaintalk::capture
