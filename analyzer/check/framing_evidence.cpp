#include "analyzer/check/framing_evidence.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

using described::Framing;

struct Streams {
  std::vector<const StreamSample*> all;
  std::vector<std::string_view> segments;
};

Streams streams_of(const std::vector<ConversationSample>& conversations) {
  Streams streams;
  for (const ConversationSample& conversation : conversations)
    for (const StreamSample* const stream : {&conversation.client, &conversation.server}) {
      if (stream->is_broken || stream->bytes.empty()) continue;
      streams.all.push_back(stream);
      std::size_t begin = 0;
      for (const std::size_t end : stream->segment_ends) {
        streams.segments.push_back(std::string_view(stream->bytes).substr(begin, end - begin));
        begin = end;
      }
    }
  return streams;
}

std::optional<std::uint64_t> length_at(std::string_view prefix, Framing::Order order) {
  std::uint64_t value = 0;
  if (order != Framing::Order::text) {
    for (std::size_t i = 0; i < prefix.size(); ++i)
      value = value << 8U |
              static_cast<unsigned char>(prefix[order == Framing::Order::big ? i : prefix.size() - 1 - i]);
    return value;
  }
  while (prefix.starts_with(' ')) prefix.remove_prefix(1);
  while (prefix.ends_with(' ')) prefix.remove_suffix(1);
  if (prefix.empty() || prefix.size() > 9) return std::nullopt;
  for (const char c : prefix) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

// How many units the lengths make of a stream; nothing when they do not add up.
std::optional<std::uint64_t> units_by_length(const StreamSample& stream, const Framing& framing) {
  const std::string_view bytes = stream.bytes;
  std::uint64_t count = 0;
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (bytes.size() - at < framing.prefix_size) return stream.is_cut ? std::optional(count) : std::nullopt;
    const auto length = length_at(bytes.substr(at, framing.prefix_size), framing.order);
    if (!length || (framing.counts_itself && *length < framing.prefix_size)) return std::nullopt;
    const std::uint64_t size = framing.counts_itself ? *length : framing.prefix_size + *length;
    if (size > bytes.size() - at)
      return stream.is_cut && size <= (1U << 20U) ? std::optional(count) : std::nullopt;
    at += static_cast<std::size_t>(size);
    ++count;
  }
  return count;
}

std::string length_toml(const Framing& framing) {
  std::string toml = "by = \"length\"\nlength_bytes = " + std::to_string(framing.prefix_size) + '\n';
  toml += framing.order == Framing::Order::big      ? "order = \"big\"\n"
          : framing.order == Framing::Order::little ? "order = \"little\"\n"
                                                    : "order = \"text\"\n";
  if (framing.counts_itself) toml += "counts_itself = true\n";
  return toml;
}

std::optional<FramingGuess> try_length(const Streams& streams, const Framing& framing) {
  std::uint64_t units = 0;
  for (const StreamSample* const stream : streams.all) {
    const auto count = units_by_length(*stream, framing);
    if (!count) return std::nullopt;
    units += *count;
  }
  // One byte fits by chance more easily.
  const std::uint64_t enough = framing.prefix_size == 1 ? 12 : 3;
  if (units < enough) return std::nullopt;
  FramingGuess guess;
  guess.framing = framing;
  guess.toml = length_toml(framing);
  guess.why = "the lengths add up exactly over " + plural(streams.all.size(), "stream") + " with " +
              plural(units, "unit");
  guess.certainty = units >= 10 && streams.all.size() >= 2 ? "nearly certain" : "likely";
  return guess;
}

std::optional<FramingGuess> by_length(const Streams& streams) {
  Framing framing;
  framing.kind = Framing::Kind::length;
  framing.unit_size_max = 1 << 20;
  framing.order = Framing::Order::text;
  for (framing.prefix_size = 64; framing.prefix_size > 0; --framing.prefix_size)
    if (auto guess = try_length(streams, framing)) return guess;
  // The longest first: zeros in front of four bytes look like an empty unit to two.
  for (const std::size_t size : {std::size_t{8}, std::size_t{4}, std::size_t{2}, std::size_t{1}})
    for (const Framing::Order order : {Framing::Order::big, Framing::Order::little})
      for (const bool counts_itself : {false, true}) {
        framing.prefix_size = size;
        framing.order = order;
        framing.counts_itself = counts_itself;
        if (auto guess = try_length(streams, framing)) return guess;
      }
  return std::nullopt;
}

std::string percent(std::size_t part, std::size_t whole) {
  return std::to_string(whole == 0 ? 0 : part * 100 / whole) + " %";
}

std::optional<FramingGuess> by_newline(const Streams& streams) {
  std::size_t ended = 0;
  std::size_t whole = 0;
  std::size_t lines = 0;
  for (const StreamSample* const stream : streams.all) {
    lines += static_cast<std::size_t>(std::ranges::count(stream->bytes, '\n'));
    if (stream->is_cut) continue;
    ++whole;
    ended += std::size_t{stream->bytes.ends_with('\n')};
  }
  const auto segments = static_cast<std::size_t>(std::ranges::count_if(
      streams.segments, [](std::string_view segment) { return segment.ends_with('\n'); }));
  if (lines < 3 || ended * 10 < whole * 8 || segments * 10 < streams.segments.size() * 5) return std::nullopt;
  FramingGuess guess;
  guess.toml = "by = \"newline\"\n";
  guess.why = percent(segments, streams.segments.size()) + " of the segments and " + percent(ended, whole) +
              " of the streams end with a line feed, and there are " + plural(lines, "line");
  guess.certainty = ended == whole && lines >= 10 ? "nearly certain" : "likely";
  return guess;
}

std::optional<FramingGuess> by_delimiter(const Streams& streams) {
  if (streams.segments.size() < 6) return std::nullopt;
  std::string_view suffix = streams.segments.front();
  suffix = suffix.substr(suffix.size() - std::min<std::size_t>(suffix.size(), 8));
  for (const std::string_view segment : streams.segments)
    while (!suffix.empty() && !segment.ends_with(suffix)) suffix.remove_prefix(1);
  const auto is_letter = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '}' || c == '.';
  };
  // "}" and the like end the contents, not the unit.
  if (suffix.empty() || std::ranges::all_of(suffix, is_letter)) return std::nullopt;
  FramingGuess guess;
  guess.framing.kind = Framing::Kind::delimiter;
  guess.framing.delimiter = suffix;
  guess.toml = "by = \"delimiter\"\ndelimiter = { hex = \"" + hex(suffix) + "\" }\n";
  guess.why = "all " + plural(streams.segments.size(), "segment") + " end with these bytes";
  guess.certainty = streams.segments.size() >= 20 ? "likely" : "a guess";
  return guess;
}

std::optional<FramingGuess> by_size(const Streams& streams) {
  if (streams.segments.size() < 6) return std::nullopt;
  const std::size_t size = streams.segments.front().size();
  const bool is_same = std::ranges::all_of(
      streams.segments, [&](std::string_view segment) { return segment.size() % size == 0; });
  if (size < 4 || !is_same) return std::nullopt;
  FramingGuess guess;
  guess.framing.kind = Framing::Kind::fixed;
  guess.framing.fixed_size = size;
  guess.toml = "by = \"fixed\"\nsize = " + std::to_string(size) + '\n';
  guess.why = "every one of " + plural(streams.segments.size(), "segment") + " has this size or a multiple";
  guess.certainty = "likely";
  return guess;
}

}  // namespace

FramingGuess guess_framing(const std::vector<ConversationSample>& conversations) {
  const Streams streams = streams_of(conversations);
  for (const auto& attempt : {by_length, by_newline, by_delimiter, by_size})
    if (auto guess = attempt(streams)) return *guess;
  FramingGuess guess;
  guess.framing.kind = Framing::Kind::none;
  guess.toml = "by = \"none\"\n";
  guess.why =
      "no length adds up, and segments have no end in common: what recv() gives seems to be taken for a "
      "message";
  guess.certainty = "a guess";
  return guess;
}

}  // namespace plaintalk::analyzer
