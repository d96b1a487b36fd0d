// Between a pipe and the analysis: a thread that always reads, so that whoever writes never waits because the
// analysis is busy. What the analysis has not come to yet waits in a ByteQueue. Only when neither memory nor
// disk takes more, the writer has to wait.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "analyzer/run/byte_queue.hpp"
#include "base/file_descriptor.hpp"
#include "base/time.hpp"
#include "capture/file/byte_source.hpp"

namespace plaintalk::analyzer {

class PipeSpool {
 public:
  // What becomes of the reading when somebody asks for a stop.
  enum class OnStop : std::uint8_t {
    read_on,        // to the end of the pipe
    until_silence,  // what is in the pipe, without waiting for more
    at_once,
  };
  struct Options {
    ByteQueue::Limits limits;
    std::function<int()> make_file;  // of the ByteQueue
    // A byte becomes readable here whenever a stop is asked for, and the thread asks `on_stop` what it means.
    // -1: never.
    int stop_descriptor = -1;
    std::function<OnStop()> on_stop;
    // What a person should know, told by the thread.
    std::function<void(const std::string&)> note;
  };

  PipeSpool(FileDescriptor pipe, Options options);
  PipeSpool(const PipeSpool&) = delete;
  PipeSpool& operator=(const PipeSpool&) = delete;
  ~PipeSpool();  // closes the pipe, whatever may still come

  // Readers own their source; this one only refers to the spool. REQUIRES: one reader.
  std::unique_ptr<capture::ByteSource> source();
  // Called by the reader whenever it has to wait; says how long to wait at most before it is called again.
  void when_idle(std::function<Milliseconds()> idle) { idle_ = std::move(idle); }

  // The most that ever waited for the analysis.
  std::uint64_t memory_peak() const;
  std::uint64_t file_peak() const;

 private:
  class Source;
  ssize_t read(std::uint8_t* target, std::size_t size);
  void run();
  bool wait_for_pipe();
  bool hear_stop();
  bool keep(Bytes bytes);
  void tell_once(bool& told, const std::string& text);

  Options options_;
  FileDescriptor pipe_;
  FileDescriptor leave_;
  std::function<Milliseconds()> idle_;

  mutable std::mutex mutex_;  // for everything below
  std::condition_variable changed_;
  ByteQueue queue_;
  bool until_silence_ = false;
  bool at_once_ = false;
  bool ended_ = false;
  bool leaving_ = false;
  bool told_behind_ = false;
  bool told_stalled_ = false;
  std::uint64_t memory_peak_ = 0;
  std::uint64_t file_peak_ = 0;

  std::thread thread_;  // last: it uses all of them
};

}  // namespace plaintalk::analyzer
