// Does something in a copy of this process (fork(2)) and waits for it: what it changes in memory is gone
// afterwards, what it writes to disk stays. That is how tables are written while a capture goes on: the copy
// counts everything that is open as if the capture ended now, and the original has not lost a thing.
//
// The copy has one thread and must not touch what another thread may have held at that moment.
#pragma once

#include <functional>
#include <string>

namespace plaintalk::analyzer {

// "" or why it failed: what the exception said, or the signal that ended the copy.
std::string run_in_copy(const std::function<void()>& work);

}  // namespace plaintalk::analyzer
