#include "messenger/client/progress_lines.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace plaintalk::messenger::client {

bool ProgressPace::is_due(const TransferProgress& progress, Instant now) {
  const auto [last, is_first] = last_.try_emplace({progress.request, progress.hashing}, now);
  if (!is_first && now - last->second < kProgressInterval) return false;
  last->second = now;
  return true;
}

std::string ProgressLines::update(const TransferProgress& progress) {
  if (progress.total < 4 || progress.done > progress.total) return {};
  const auto quarter = static_cast<unsigned>(progress.done / (progress.total / 4));
  unsigned& shown = quarters_[{progress.request, progress.hashing}];
  if (quarter <= shown || quarter >= 4) return {};
  shown = quarter;
  const char* what = progress.hashing ? "hashing" : progress.upload ? "sending" : "receiving";
  return fmt::format("* {} {}: {} %\n", what, terminal_safe(progress.name), quarter * 25);
}

}  // namespace plaintalk::messenger::client
