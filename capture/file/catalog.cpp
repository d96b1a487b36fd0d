#include "capture/file/catalog.hpp"

#include <system_error>

namespace plaintalk::capture {

std::unexpected<CaptureError> Catalog::cut(const Input& input, const std::string& part, std::size_t have,
                                           std::size_t want) const {
  const std::string sizes = ": " + std::to_string(have) + " of " + std::to_string(want) + " bytes are there";
  if (input.read_error() != 0)
    return fault(input.position(), "reading failed inside " + part + sizes + " (" +
                                       std::generic_category().message(input.read_error()) + ')');
  return fault(input.position(), "the file ends inside " + part + sizes);
}

}  // namespace plaintalk::capture
