// The streams of a capture file, told to somebody, without tables: for a look at what a protocol does.
#pragma once

#include <string>
#include <vector>

#include "analyzer/stream/stream_sink.hpp"

namespace plaintalk::analyzer {

// Reads the whole file. `sink` is told everything in order; the tracker's end included. Gives what is wrong
// with the file ("" when nothing is). Throws std::runtime_error when it cannot be read at all.
std::string tell_streams(const std::string& file, StreamSink& sink);

}  // namespace plaintalk::analyzer
