#include "messenger/client/progress_lines.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace plaintalk::messenger::client {

std::string ProgressLines::update(const TransferProgress& progress) {
  if (progress.total < 4 || progress.done > progress.total) return {};
  const auto quarter = static_cast<unsigned>(progress.done / (progress.total / 4));
  unsigned& shown = quarters_[progress.request];
  if (quarter <= shown || quarter >= 4) return {};
  shown = quarter;
  return fmt::format("* {} {}: {} %\n", progress.upload ? "sending" : "receiving",
                     terminal_safe(progress.name), quarter * 25);
}

}  // namespace plaintalk::messenger::client
