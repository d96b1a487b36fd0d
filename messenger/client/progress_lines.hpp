// Progress of transfers where there is no terminal to draw a bar on: one line for each quarter.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "messenger/client/event.hpp"

namespace plaintalk::messenger::client {

// Progress of transfers for programs: at most one event in kProgressInterval for each transfer.
inline constexpr Milliseconds kProgressInterval{100};

class ProgressPace {
 public:
  // The first of a transfer always is, and the first after what an earlier attempt left was hashed: it tells
  // where the transfer goes on.
  bool is_due(const TransferProgress& progress, Instant now);
  void forget(RequestId request) {
    last_.erase({request, false});
    last_.erase({request, true});
  }

 private:
  std::map<std::pair<RequestId, bool>, Instant> last_;  // by request, and whether it is being hashed
};

class ProgressLines {
 public:
  // The line to print now, or nothing. The last quarter is left to the line that reports the result.
  std::string update(const TransferProgress& progress);
  void forget(RequestId request) {
    quarters_.erase({request, false});
    quarters_.erase({request, true});
  }

 private:
  std::map<std::pair<RequestId, bool>, unsigned> quarters_;  // by request, and whether it is being hashed
};

}  // namespace plaintalk::messenger::client
