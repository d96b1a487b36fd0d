#include "analyzer/check/propose_description.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "analyzer/check/conversation_sample.hpp"
#include "analyzer/check/framing_evidence.hpp"
#include "analyzer/check/rule_evidence.hpp"
#include "analyzer/check/stream_of_capture.hpp"
#include "analyzer/check/unit_sample.hpp"
#include "analyzer/talk/protocol_guess.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

std::size_t byte_count(const SampleCollector::Port& port) {
  std::size_t count = 0;
  for (const ConversationSample& conversation : port.conversations)
    count += conversation.client.bytes.size() + conversation.server.bytes.size();
  return count;
}

// What needs no description: the analyzer reads it, or nobody can.
std::string_view known_protocol(const SampleCollector::Port& port) {
  for (const ConversationSample& conversation : port.conversations) {
    const std::string_view client = conversation.client.bytes;
    const std::string_view server = conversation.server.bytes;
    const auto known =
        guess_protocol({client.substr(0, kGuessSizeMax), server.substr(0, kGuessSizeMax),
                        conversation.client.is_broken, conversation.server.is_broken, false, true});
    // NATS has a command CONNECT as well.
    const bool is_no_http = known == "http" && !server.empty() && !server.starts_with("HTTP/");
    if (known && *known != "other" && !is_no_http) return *known;
  }
  return {};
}

std::string toml_of(std::uint16_t number, const SampleCollector::Port& port) {
  const FramingGuess framing = guess_framing(port.conversations);
  std::vector<UnitSample> units;
  for (const ConversationSample& conversation : port.conversations)
    units.push_back(
        {units_of(framing.framing, conversation.client), units_of(framing.framing, conversation.server)});
  std::string toml = "# A proposal, made from " + plural(port.connection_count, "connection") + " to port " +
                     std::to_string(number) +
                     ". Read it, mend it, and see what does not fit:\n#   plaintalk report check-protocol "
                     "THIS.toml CAPTURE\n";
  toml += "ports = [" + std::to_string(number) + "]\n\n# " + framing.certainty + ": " + framing.why +
          "\n[framing]\n" + framing.toml + '\n';
  return toml + guess_rules(units);
}

}  // namespace

Proposal propose_description(const std::string& capture) {
  SampleCollector samples;
  Proposal proposal;
  proposal.damage = tell_streams(capture, samples);
  const SampleCollector::Port* best = nullptr;
  std::uint16_t best_number = 0;
  for (const auto& [number, port] : samples.ports()) {
    const std::string_view known = known_protocol(port);
    const std::size_t size = byte_count(port);
    proposal.words += "port " + std::to_string(number) + ": " + plural(port.connection_count, "connection") +
                      ", " + plural(size, "byte") + " looked at";
    if (!known.empty()) proposal.words += "; speaks " + std::string(known) + ", which needs no description";
    proposal.words += '\n';
    if (!known.empty() || size == 0) continue;
    if (best != nullptr && byte_count(*best) >= size) continue;
    best = &port;
    best_number = number;
  }
  if (best == nullptr) {
    proposal.words += "nothing to describe: no connection with a protocol that is not known already\n";
    return proposal;
  }
  proposal.toml = toml_of(best_number, *best);
  proposal.words += "proposed for port " + std::to_string(best_number) + ", which carried most of the rest\n";
  return proposal;
}

}  // namespace plaintalk::analyzer
