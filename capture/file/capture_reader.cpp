#include "capture/file/capture_reader.hpp"

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <variant>

#include <fcntl.h>
#include <unistd.h>

#include "base/front_door.hpp"
#include "capture/compressed/make_decompressor.hpp"
#include "capture/file/catalog.hpp"
#include "capture/file/input.hpp"
#include "capture/file/pcap_parser.hpp"
#include "capture/file/pcapng_parser.hpp"

namespace plaintalk::capture {
namespace {

constexpr std::size_t kStartSize = 6;  // enough to know any format by

using Parser = std::variant<PcapParser, PcapngParser>;

struct Foreign {
  std::string_view start;
  std::string_view what;
  std::string_view advice;  // up to our own command, if one is to follow
  std::string_view own_words = {};
};

// What people try to open instead, and what to do about it.
constexpr std::array<Foreign, 3> kForeign{{
    {"\xFD"
     "7zXZ",
     "is compressed with xz", "run: xzcat FILE | ", "analyze -"},
    {"BZh", "is compressed with bzip2", "run: bzcat FILE | ", "analyze -"},
    {"snoop", "is a snoop capture", "convert it first: editcap -F pcapng FILE NEW.pcapng"},
}};

[[noreturn]] void refuse(const std::string& name, std::string_view why) {
  throw std::runtime_error(name + ": " + std::string(why));
}

[[noreturn]] void refuse_unknown(const std::string& name, Bytes start) {
  const std::string_view text = as_text(start);
  for (const Foreign& foreign : kForeign)
    if (text.starts_with(foreign.start))
      refuse(name, std::string(foreign.what) + "; " + std::string(foreign.advice) +
                       (foreign.own_words.empty() ? "" : front_door(foreign.own_words)));
  if (start.empty()) refuse(name, "is empty; there is nothing to read");
  refuse(name, "is not a pcap or pcapng file; such files come from " + front_door("capture") +
                   ", tcpdump -w or Wireshark");
}

Parser choose_parser(const std::string& name, Input& input) {
  Bytes start = input.peek(kStartSize);
  if (auto decompressor = make_decompressor(start)) {
    input.unpack(std::move(decompressor));
    start = input.peek(kStartSize);
  }
  if (start.size() < kStartSize && !input.failure().empty())
    refuse(name, "cannot be read: " + input.failure());
  if (PcapngParser::recognises(start)) return PcapngParser();
  if (const auto pcap = PcapParser::recognise(start)) return *pcap;
  refuse_unknown(name, start);
}

}  // namespace

struct CaptureReader::State {
  State(Input source, const std::string& name)
      : input(std::move(source)), parser(choose_parser(name, input)) {
    const auto begun = std::visit([this](auto& chosen) { return chosen.begin(input, catalog); }, parser);
    if (!begun) refuse(name, begun.error());
  }

  Input input;
  Parser parser;
  Catalog catalog;
  std::optional<CaptureError> failure;
};

CaptureReader CaptureReader::open(const std::string& path) {
  if (path == "-") {
    // A duplicate, so that closing the reader leaves the program's standard input alone.
    const int descriptor = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    if (descriptor < 0) refuse("standard input", "is closed; pipe a capture into it");
    return from_descriptor(descriptor, "standard input");
  }
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) refuse(path, "cannot be opened: " + std::generic_category().message(errno));
  return from_descriptor(descriptor, path);
}

CaptureReader CaptureReader::from_descriptor(int descriptor, std::string name) {
  return CaptureReader(std::make_unique<State>(Input::from_descriptor(descriptor), name));
}

CaptureReader CaptureReader::from_source(std::unique_ptr<ByteSource> source, std::string name) {
  return CaptureReader(std::make_unique<State>(Input::from_source(std::move(source)), name));
}

CaptureReader CaptureReader::from_memory(Bytes file, std::string name) {
  return CaptureReader(std::make_unique<State>(Input::from_memory(file), name));
}

CaptureReader::CaptureReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
CaptureReader::CaptureReader(CaptureReader&&) noexcept = default;
CaptureReader::~CaptureReader() = default;

std::expected<std::optional<PacketRecord>, CaptureError> CaptureReader::next() {
  State& state = *state_;
  if (state.failure) [[unlikely]]
    return std::unexpected(*state.failure);
  NextRecord record =
      std::visit([&state](auto& parser) { return parser.next(state.input, state.catalog); }, state.parser);
  if (record) return record;
  // Half a record in a pipe is no damage when it was we who stopped reading.
  if (state.input.is_interrupted()) return std::nullopt;
  state.failure = record.error();
  return record;
}

const std::vector<InterfaceInfo>& CaptureReader::interfaces() const { return state_->catalog.interfaces; }

std::string CaptureReader::format() const {
  return std::visit([](const auto& parser) { return parser.format(); }, state_->parser);
}

const std::vector<std::string>& CaptureReader::comments() const { return state_->catalog.comments; }
const std::vector<CaptureError>& CaptureReader::skipped_blocks() const {
  return state_->catalog.skipped_blocks;
}
std::uint64_t CaptureReader::skipped_block_count() const { return state_->catalog.skipped_block_count; }
std::uint64_t CaptureReader::position() const { return state_->input.position(); }
std::optional<std::uint64_t> CaptureReader::size() const { return state_->input.size(); }

}  // namespace plaintalk::capture
