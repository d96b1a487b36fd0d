// What an analysis says about itself and its capture, for the head of the page and its filters.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace plaintalk::analyzer {

struct PageFacts {
  std::string program;
  std::string inputs;   // names of the captures, one a line
  std::string summary;  // Markdown; empty: the analysis is from an older version
  bool has_secrets = false;
  bool is_interim = false;
  bool is_synthetic = false;
  std::string packets_left_out;  // why there is no table of packets
  std::string first_time;        // epoch seconds
  std::string first_utc;
  std::string duration_s;
  std::uint64_t packets = 0;
  std::vector<std::pair<std::string, std::string>>
      numbers;  // what it is, how many: the ones that people ask for first
  std::vector<std::string> people;
  std::vector<std::string> rooms;
  std::vector<std::pair<std::string, std::string>> connections;  // number, whose and between whom
};

// `masked`: the summary with secrets masked, though the analysis may show them. Throws std::runtime_error.
PageFacts read_facts(const std::string& analysis, bool masked);

}  // namespace plaintalk::analyzer
