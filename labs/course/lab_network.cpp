#include "labs/course/lab_network.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/number.hpp"
#include "labs/course/toml_table.hpp"

namespace plaintalk::labs {
namespace {

// Beyond what faults_of() allows, so that it is the one to say what may be.
constexpr std::int64_t kNumberMax = 1'000'000'000;

std::uint64_t positive(Table& entry, std::string_view word, std::uint64_t usual) {
  const auto value = entry.integer(word, 0, kNumberMax);
  return value ? static_cast<std::uint64_t>(*value) : usual;
}

Milliseconds time(Table& entry, std::string_view word, Milliseconds usual) {
  return Milliseconds(positive(entry, word, static_cast<std::uint64_t>(usual.count())));
}

double percent(Table& entry, std::string_view word, double usual) {
  return entry.has(word) ? entry.number(word) : usual;
}

constexpr std::uint64_t kBitsPerKilobit = 1000;

std::uint64_t rate_bit_s(Table& entry, std::uint64_t usual) {
  if (entry.is_known("rate_kbit_s")) return usual;  // a text of [network], which was read before
  return positive(entry, "rate_kbit_s", usual / kBitsPerKilobit) * kBitsPerKilobit;
}

// The words that stand for both directions in [network], and for one in [network.to_people].
link::DirectionPlan read_direction(Table& entry, const link::DirectionPlan& usual) {
  constexpr std::uint64_t kBytesPerKilobyte = 1024;
  return {.delay = time(entry, "delay_ms", usual.delay),
          .jitter = time(entry, "jitter_ms", usual.jitter),
          .loss_percent = percent(entry, "loss_percent", usual.loss_percent),
          .duplicate_percent = percent(entry, "duplicate_percent", usual.duplicate_percent),
          .reorder_percent = percent(entry, "reorder_percent", usual.reorder_percent),
          .reorder_by = time(entry, "reorder_ms", usual.reorder_by),
          .rate_bit_s = rate_bit_s(entry, usual.rate_bit_s),
          .queue_bytes =
              positive(entry, "queue_kbytes", usual.queue_bytes / kBytesPerKilobyte) * kBytesPerKilobyte};
}

ChosenRule read_chosen(const toml::table& table, std::vector<std::string>& faults) {
  Table entry(table, "network.packet: ", faults);
  ChosenRule rule;
  const std::string direction = entry.required_text("direction");
  if (direction == "to_server")
    rule.packet.direction = link::Direction::to_server;
  else if (direction != "to_people" && !direction.empty())
    entry.fault(table.get("direction"), "direction is to_server or to_people");
  rule.text = entry.required_text("text");
  rule.skip = entry.number_text("skip");
  rule.times = entry.number_text("times");
  const std::string fate = entry.required_text("fate");
  if (fate == "hold")
    rule.packet.fate = link::ChosenPacket::Fate::hold;
  else if (fate != "lose" && !fate.empty())
    entry.fault(table.get("fate"), "fate is lose or hold");
  rule.packet.hold = time(entry, "hold_ms", {});
  entry.finish();
  return rule;
}

unsigned number_of(const std::string& text, const std::string& word, const Values& values, unsigned usual) {
  if (text.empty()) return usual;
  const auto number = parse_decimal<unsigned>(fill_in(text, values));
  if (!number) throw std::runtime_error(word + " \"" + text + "\" does not become a whole number");
  return *number;
}

}  // namespace

std::uint16_t also_port(const Lab& lab, const Values& values) {
  const unsigned port = number_of(lab.network.also_port, "also_port", values, 0);
  if (port > 65'535 || (port == 0 && !lab.network.also_port.empty()))
    throw std::runtime_error("also_port is a number from 1 to 65535");
  return static_cast<std::uint16_t>(port);
}

void read_network(Table& entry, Lab& lab, std::vector<std::string>& faults) {
  NetworkRule& network = lab.network;
  network.line = entry.line();
  network.needs_real_tcp = entry.flag("needs_real_tcp");
  network.also_port = entry.number_text("also_port");
  network.address = entry.text("address");
  if (entry.is_text("rate_kbit_s")) network.rate_kbit_s = entry.number_text("rate_kbit_s");
  const link::DirectionPlan both = read_direction(entry, {});
  const auto read_part = [&](std::string_view word, link::DirectionPlan& plan) {
    plan = both;
    if (const toml::table* part = entry.table(word)) {
      Table words(*part, "network." + std::string(word) + ": ", faults);
      plan = read_direction(words, both);
      words.finish();
    }
  };
  read_part("to_server", network.to_server);
  read_part("to_people", network.to_people);
  for (const toml::table* packet : entry.tables("packet"))
    network.chosen.push_back(read_chosen(*packet, faults));
  entry.finish();
}

void check_network(const Lab& lab, std::vector<std::string>& faults) {
  const std::string where = "lab.toml:" + std::to_string(lab.network.line) + ": network: ";
  const std::string& address = lab.network.address;
  const bool is_known = address.empty() || address == lab.student.address ||
                        std::ranges::find(lab.people, address, &PersonRule::address) != lab.people.end();
  if (!is_known) faults.push_back(where + "nobody has the address " + address);
  try {
    also_port(lab, draw_variant(lab, "lint"));
    for (const std::string& fault : link::faults_of(make_link_plan(lab, draw_variant(lab, "lint"))))
      faults.push_back(where + fault);
  } catch (const std::runtime_error& error) {
    faults.push_back(where + error.what());
  }
}

link::LinkPlan make_link_plan(const Lab& lab, const Values& values) {
  const NetworkRule& network = lab.network;
  link::LinkPlan plan{
      .address = network.address, .to_server = network.to_server, .to_people = network.to_people};
  const std::string seed =
      seeded_bytes("plaintalk lab link\n" + lab.id + '\n' + values.at("student"), sizeof plan.seed);
  for (const char byte : seed) plan.seed = plan.seed << 8 | static_cast<unsigned char>(byte);
  for (link::DirectionPlan* direction : {&plan.to_server, &plan.to_people})
    if (direction->rate_bit_s == 0)
      direction->rate_bit_s = number_of(network.rate_kbit_s, "rate_kbit_s", values, 0) * kBitsPerKilobit;
  for (const ChosenRule& rule : network.chosen) {
    link::ChosenPacket packet = rule.packet;
    packet.text = fill_in(rule.text, values);
    packet.skip = number_of(rule.skip, "skip", values, 0);
    packet.times = number_of(rule.times, "times", values, 1);
    plan.chosen.push_back(std::move(packet));
  }
  return plan;
}

}  // namespace plaintalk::labs
