// The variants of a capture that --prove looks at, and what each may do to the numbers.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/run/prove_figures.hpp"
#include "analyzer/tables/analysis_folder.hpp"
#include "base/packet_record.hpp"
#include "capture/file/pcapng_writer.hpp"

namespace plaintalk::analyzer {

// Of this capture that variant cannot be made; the words say why.
class VariantNotMade : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A capture that is being written. Throws std::runtime_error when the disk does not take it.
class VariantFile {
 public:
  enum class Format : std::uint8_t { pcapng, pcap };
  VariantFile(std::string path, Format format);
  // pcap has one link type: false, and nothing is written, when this is another one.
  bool write(const PacketRecord& record);
  void close();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::unique_ptr<OutputFile> out_;
  std::unique_ptr<capture::PcapngWriter> writer_;  // none: pcap
  std::map<std::pair<std::uint32_t, LinkType>, std::uint32_t> interfaces_;
  std::map<std::uint32_t, LinkType> link_types_;
};

enum class Expected : std::uint8_t {
  same,
  at_most,  // what is missing cannot be counted
  at_least,
  anything,  // it depends on what the variant changes
};
std::string_view name_of(Expected expected);

struct Variant {
  std::string_view name;
  std::string_view what;  // was done to the capture
  VariantFile::Format format = VariantFile::Format::pcapng;
  std::size_t file_count = 1;
  // Puts a packet where it belongs, none, one or several times. `place` and `count`: which packet of how
  // many.
  std::function<void(const PacketRecord& record, std::uint64_t place, std::uint64_t count,
                     std::vector<VariantFile>& files)>
      put;
  std::function<Expected(Figure figure)> expected;
  // The figure, when it must be a certain one; nothing: see `expected`.
  std::function<std::optional<std::uint64_t>(Figure figure, const Figures& original)> must_be;
  bool is_in_reverse = false;      // the files are named in the reverse order
  bool needs_clear_order = false;  // puts packets of equal times into different files
};

const std::vector<Variant>& variants();

}  // namespace plaintalk::analyzer
