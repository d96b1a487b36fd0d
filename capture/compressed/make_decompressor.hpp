// Which of the decompressors a file needs.
#pragma once

#include <memory>

#include "capture/compressed/decompressor.hpp"

namespace plaintalk::capture {

// By the first bytes of a file, of which six are enough; none when it is not compressed in a way known here.
std::unique_ptr<Decompressor> make_decompressor(Bytes start);

}  // namespace plaintalk::capture
