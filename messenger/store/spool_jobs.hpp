// Does the jobs of the core on a spool: hashes what is appended, and writes it. Used by one thread at a time.
#pragma once

#include <unordered_map>

#include "base/crypto/digest.hpp"
#include "messenger/core/services.hpp"
#include "messenger/store/block_spool.hpp"

namespace plaintalk::messenger {

class SpoolJobs {
 public:
  explicit SpoolJobs(BlockSpool& spool) : spool_(spool) {}
  // Of a removal the result says nothing and is not to be passed on.
  SpoolResult run(const SpoolJob& job);

 private:
  struct Writing {
    Sha256 hash;
    std::uint64_t size = 0;
    std::string trouble;  // the file takes nothing more
  };
  void append(const SpoolJob& job, Writing& file);

  BlockSpool& spool_;
  std::unordered_map<FileId, Writing> writing_;  // from the first byte to the digest or the removal
};

}  // namespace plaintalk::messenger
