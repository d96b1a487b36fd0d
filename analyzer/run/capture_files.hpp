// The capture files that a command line means: files as they are, of a folder every capture in it.
#pragma once

#include <string>
#include <vector>

namespace plaintalk::analyzer {

// A folder gives its files whose names end as captures do (.pcap, .pcapng, .cap, compressed or not), in
// alphabetical order; folders inside of it are not looked into. Throws std::runtime_error when a folder has
// none.
std::vector<std::string> capture_files(const std::vector<std::string>& arguments);

// "dir/a.pcapng.gz" -> "a"; one that was met before gets a number: "a-2".
std::vector<std::string> capture_names(const std::vector<std::string>& files);

}  // namespace plaintalk::analyzer
