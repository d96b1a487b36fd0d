// Does something in a copy of this process (fork(2)) while this one goes on: what it changes in memory is
// gone afterwards, what it writes to disk stays. That is how tables are written while a capture goes on: the
// copy counts everything that is open as if the capture ended now, and the original has not lost a thing.
//
// The copy has one thread and must not touch what another thread may have held at that moment. Memory is
// shared until one of the two changes it. The copy gives way to the original when there is too little
// processor.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include <sys/types.h>

#include "base/file_descriptor.hpp"

namespace plaintalk::analyzer {

class ForkedCopy {
 public:
  // What a copy does. It calls its argument once it needs nothing any more that the original may change on
  // the disk.
  using Work = std::function<void(const std::function<void()>& is_independent)>;

  ForkedCopy() = default;
  ForkedCopy(const ForkedCopy&) = delete;
  ForkedCopy& operator=(const ForkedCopy&) = delete;
  ~ForkedCopy() { wait(); }

  // "" or why there is no copy. REQUIRES: none is running.
  std::string start(const Work& work);
  // From start() until poll() or wait() has told how it ended.
  bool is_running() const { return process_ > 0; }
  // Running, and in need of what is on the disk.
  bool is_dependent() const { return is_running() && !is_independent_; }
  // How it ended, if it has by now: "" or why it failed, which is what an exception said or the signal that
  // ended it. nullopt: nothing is running, or it still is.
  std::optional<std::string> poll();
  // The same once it has ended.
  std::optional<std::string> wait();
  // Returns when it is independent, or has failed; poll() then tells the rest.
  void wait_until_independent();
  // What the two hold more than one of them would, as far as the kernel tells; else all that the copy holds.
  std::size_t further_memory() const;

 private:
  bool hear();  // false when it has nothing more to say
  std::optional<std::string> end();

  pid_t process_ = -1;
  FileDescriptor heard_;
  bool is_independent_ = false;
  bool has_ended_ = false;
  std::string said_;
};

}  // namespace plaintalk::analyzer
