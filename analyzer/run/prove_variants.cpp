#include "analyzer/run/prove_variants.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace plaintalk::analyzer {
namespace {

constexpr std::uint32_t kSnapLength = 262144;
using Files = std::vector<VariantFile>;

void put_to(VariantFile& file, const PacketRecord& record) {
  if (!file.write(record)) throw VariantNotMade("more than one link type");
}

Expected all_the_same(Figure) { return Expected::same; }

// What depends on times, and what depends on being seen at one place.
bool is_by_time(Figure figure) {
  return figure == Figure::rtt_samples || figure == Figure::retransmitted_packets ||
         figure == Figure::out_of_order_packets || figure == Figure::ambiguous_packets ||
         figure == Figure::copies;
}
Expected times_matter(Figure figure) { return is_by_time(figure) ? Expected::anything : Expected::same; }

// Of a capture with less in it nothing more can be read.
Expected less_is_there(Figure figure) {
  switch (figure) {
    case Figure::packets:
    case Figure::segments:
    case Figure::bytes: return Expected::at_most;
    default: return Expected::anything;
  }
}

Expected bytes_are_cut(Figure figure) {
  switch (figure) {
    case Figure::packets:
    case Figure::connections:
    case Figure::bytes:
    case Figure::gap_bytes:
    case Figure::retransmitted_packets:
    case Figure::out_of_order_packets:
    case Figure::ambiguous_packets: return Expected::same;
    case Figure::truncated_bytes: return Expected::at_least;
    default: return Expected::anything;
  }
}

auto rounded_to(Nanoseconds step) {
  return [step](const PacketRecord& record, std::uint64_t, std::uint64_t, Files& files) {
    PacketRecord other = record;
    other.time = WallTime(record.time.time_since_epoch() / step * step);
    put_to(files[0], other);
  };
}

std::vector<Variant> make_variants() {
  using std::chrono::hours;
  using std::chrono::microseconds;
  const auto as_it_is = [](const PacketRecord& record, std::uint64_t, std::uint64_t, Files& files) {
    put_to(files[0], record);
  };
  std::vector<Variant> all;
  all.push_back({"pcapng", "written again as pcapng", {}, 1, as_it_is, all_the_same, {}});
  all.push_back({"pcap",
                 "written again as pcap, nanoseconds",
                 VariantFile::Format::pcap,
                 1,
                 as_it_is,
                 all_the_same,
                 {}});
  const auto by_thirds = [](const PacketRecord& record, std::uint64_t place, std::uint64_t count,
                            Files& files) { put_to(files[place * files.size() / count], record); };
  all.push_back({"split", "cut into three files", {}, 3, by_thirds, all_the_same, {}});
  all.push_back({"split-reversed",
                 "the same, named in the reverse order",
                 {},
                 3,
                 by_thirds,
                 all_the_same,
                 {},
                 true,
                 true});
  all.push_back({"dealt",
                 "every other packet in another file, as two interfaces would have it",
                 {},
                 2,
                 [](const PacketRecord& record, std::uint64_t place, std::uint64_t, Files& files) {
                   put_to(files[place % files.size()], record);
                 },
                 times_matter,
                 {},
                 false,
                 true});
  all.push_back({"shifted",
                 "all times a day later",
                 {},
                 1,
                 [](const PacketRecord& record, std::uint64_t, std::uint64_t, Files& files) {
                   PacketRecord other = record;
                   other.time += hours(24);
                   put_to(files[0], other);
                 },
                 all_the_same,
                 {}});
  all.push_back(
      {"microseconds", "times cut to microseconds", {}, 1, rounded_to(microseconds(1)), times_matter, {}});
  all.push_back(
      {"milliseconds", "times cut to milliseconds", {}, 1, rounded_to(Milliseconds(1)), times_matter, {}});
  const auto twice = [](Figure figure, const Figures& original) -> std::optional<std::uint64_t> {
    switch (figure) {
      case Figure::packets:
      case Figure::segments: return 2 * original[figure];
      case Figure::copies:
        // A second view also shows copies of the first that could not be told from repeats before.
        if (original[figure] > 0) return std::nullopt;
        return original[Figure::segments];
      default: return original[figure];
    }
  };
  all.push_back({"copied",
                 "every packet twice, as another interface sees it",
                 {},
                 2,
                 [](const PacketRecord& record, std::uint64_t, std::uint64_t, Files& files) {
                   PacketRecord other = record;
                   other.time += microseconds(3);
                   put_to(files[0], record);
                   put_to(files[1], other);
                 },
                 [](Figure figure) { return figure == Figure::copies ? Expected::at_least : Expected::same; },
                 twice});
  all.push_back({"snap-length",
                 "packets cut after 128 bytes",
                 {},
                 1,
                 [](const PacketRecord& record, std::uint64_t, std::uint64_t, Files& files) {
                   constexpr std::size_t kCutAt = 128;
                   PacketRecord other = record;
                   other.bytes = record.bytes.first(std::min(record.bytes.size(), kCutAt));
                   put_to(files[0], other);
                 },
                 bytes_are_cut,
                 {}});
  all.push_back({"thinned",
                 "every 50th packet left out",
                 {},
                 1,
                 [](const PacketRecord& record, std::uint64_t place, std::uint64_t, Files& files) {
                   constexpr std::uint64_t kEach = 50;
                   if (place % kEach != kEach / 2) put_to(files[0], record);
                 },
                 less_is_there,
                 {}});
  all.push_back({"late",
                 "the first tenth left out",
                 {},
                 1,
                 [](const PacketRecord& record, std::uint64_t place, std::uint64_t count, Files& files) {
                   if (place >= count / 10) put_to(files[0], record);
                 },
                 less_is_there,
                 {}});
  return all;
}

void put_u32(std::string& out, std::uint32_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8) out += static_cast<char>(value >> shift & 0xFF);
}

}  // namespace

const std::vector<Variant>& variants() {
  static const std::vector<Variant> all = make_variants();
  return all;
}

std::string_view name_of(Expected expected) {
  switch (expected) {
    case Expected::same: return "the same";
    case Expected::at_most: return "not more";
    case Expected::at_least: return "not less";
    case Expected::anything: return "may change";
  }
  return "unknown";
}

VariantFile::VariantFile(std::string path, Format format)
    : path_(std::move(path)), out_(std::make_unique<OutputFile>(create_file(path_))) {
  if (format == Format::pcap) return;
  writer_ = std::make_unique<capture::PcapngWriter>(
      [out = out_.get()](std::string_view block) { out->write(block); },
      capture::PcapngWriter::Section{"plaintalk-analyze --prove", ""});
}

bool VariantFile::write(const PacketRecord& record) {
  if (writer_) {
    const auto [place, is_new] = interfaces_.try_emplace({record.interface, record.link_type}, 0);
    if (is_new)
      place->second = writer_->add_interface(
          {record.link_type, kSnapLength, "if" + std::to_string(record.interface), ""});
    writer_->packet(place->second, record.time, record.bytes, record.original_size);
    return true;
  }
  std::string bytes;
  if (link_types_.empty()) {
    link_types_[0] = record.link_type;
    interfaces_[{record.interface, record.link_type}] = 0;
    put_u32(bytes, 0xA1B23C4D);  // nanoseconds
    put_u32(bytes, 0x00040002);  // version 2.4
    put_u32(bytes, 0);
    put_u32(bytes, 0);
    put_u32(bytes, kSnapLength);
    put_u32(bytes, static_cast<std::uint32_t>(record.link_type));
  }
  if (!interfaces_.contains({record.interface, record.link_type})) return false;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(record.time);
  put_u32(bytes, static_cast<std::uint32_t>(seconds.time_since_epoch().count()));
  put_u32(bytes, static_cast<std::uint32_t>((record.time - seconds).count()));
  put_u32(bytes, static_cast<std::uint32_t>(record.bytes.size()));
  put_u32(bytes, record.original_size);
  out_->write(bytes);
  out_->write(as_text(record.bytes));
  return true;
}

void VariantFile::close() { out_->close(); }

}  // namespace plaintalk::analyzer
