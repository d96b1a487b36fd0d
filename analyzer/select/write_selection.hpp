// A small capture of the packets that were selected.
#pragma once

#include <string>

#include "analyzer/run/merged_capture.hpp"
#include "analyzer/select/selection.hpp"

namespace plaintalk::analyzer {

// `capture` is read again from its beginning: the files that were analysed, in the same order. Writes pcapng
// to `path` (nanoseconds, each interface with its link type and name, findings as comments of their packets;
// that headers are synthetic is said again). What is at `path` stays: it is refused. Throws
// std::runtime_error; then nothing is at `path`.
void write_selection(MergedCapture& capture, const Selection& selection, const std::string& path,
                     const std::string& program);

}  // namespace plaintalk::analyzer
