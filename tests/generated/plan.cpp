#include "tests/generated/plan.hpp"

#include <array>
#include <random>
#include <string_view>

namespace plaintalk::generated {
namespace {

constexpr std::array<std::string_view, kFaultKindCount> kFaultNames = {
    "lost_before", "lost_after", "repeated_merged", "repeated_shifted", "missed",        "network_copy",
    "exchanged",   "missed_ack", "keep_alive",      "clock_back",       "clock_forward", "contradicted"};

// Every plan with one thing less.
std::vector<Plan> smaller(const Plan& plan) {
  std::vector<Plan> result;
  const auto changed = [&](auto change) {
    Plan copy = plan;
    change(copy);
    result.push_back(std::move(copy));
  };
  const auto without_part = [&](auto member, std::size_t from, std::size_t count) {
    changed([&](Plan& copy) {
      auto& list = copy.*member;
      const auto begin = list.begin() + static_cast<std::ptrdiff_t>(from);
      list.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
    });
  };
  for (std::size_t count = plan.faults.size(); count > 0; count /= 2)
    for (std::size_t at = 0; at + count <= plan.faults.size(); at += count)
      without_part(&Plan::faults, at, count);
  for (std::size_t count = plan.messages.size(); count > 0; count /= 2)
    for (std::size_t at = 0; at + count <= plan.messages.size(); at += count)
      without_part(&Plan::messages, at, count);
  if (plan.people > 1) changed([](Plan& copy) { --copy.people; });
  if (plan.copies != Copies::none) changed([](Plan& copy) { copy.copies = Copies::none; });
  if (plan.close != Close::server_fin) changed([](Plan& copy) { copy.close = Close::server_fin; });
  if (plan.fin != FinFate::once) changed([](Plan& copy) { copy.fin = FinFate::once; });
  if (plan.snap_length != 0) changed([](Plan& copy) { copy.snap_length = 0; });
  if (plan.segment_size != 1400) changed([](Plan& copy) { copy.segment_size = 1400; });
  for (const auto flag : {&Plan::is_ipv6, &Plan::has_vlan, &Plan::wraps, &Plan::reuses_port,
                          &Plan::misses_syn, &Plan::misses_syn_ack, &Plan::has_stamps, &Plan::has_sack,
                          &Plan::repeats_syn, &Plan::repeats_syn_ack})
    if (plan.*flag) changed([&](Plan& copy) { copy.*flag = false; });
  for (std::size_t index = 0; index < plan.messages.size(); ++index)
    if (plan.messages[index].size > 3) changed([&](Plan& copy) { copy.messages[index].size /= 2; });
  return result;
}

}  // namespace

Plan make_plan(std::uint32_t seed) {
  std::mt19937 random(seed);
  const auto below = [&](std::uint32_t limit) { return static_cast<std::uint32_t>(random()) % limit; };
  const auto one_in = [&](std::uint32_t count) { return below(count) == 0; };
  Plan plan;
  plan.seed = seed;
  plan.people = 1 + below(3);
  const std::uint32_t message_count = below(8);
  for (std::uint32_t index = 0; index < message_count; ++index)
    plan.messages.push_back(
        {below(static_cast<std::uint32_t>(plan.people)), one_in(3) ? 500 + below(6000) : 1 + below(200)});
  const std::uint32_t fault_count = below(7);
  for (std::uint32_t index = 0; index < fault_count; ++index)
    plan.faults.push_back({static_cast<FaultKind>(below(kFaultKindCount)), below(64), below(8)});
  constexpr std::array<std::size_t, 5> kSegmentSizes = {100, 536, 1400, 1400, 20000};
  plan.segment_size = kSegmentSizes[below(kSegmentSizes.size())];
  if (one_in(6)) plan.snap_length = 80 + below(400);
  if (one_in(4)) plan.copies = one_in(2) ? Copies::same_place : Copies::other_interface;
  plan.close = static_cast<Close>(below(3));
  plan.is_ipv6 = one_in(4);
  plan.has_vlan = one_in(4);
  plan.wraps = one_in(4);
  plan.reuses_port = one_in(4);
  plan.misses_syn = one_in(8);
  plan.misses_syn_ack = one_in(8);
  plan.has_stamps = one_in(2);
  plan.has_sack = one_in(2);
  plan.repeats_syn = one_in(8);
  plan.repeats_syn_ack = one_in(8);
  if (one_in(4)) plan.fin = one_in(2) ? FinFate::repeated : FinFate::overtaken;
  return plan;
}

std::string describe(const Plan& plan) {
  std::string text = "seed " + std::to_string(plan.seed) + ": people " + std::to_string(plan.people) +
                     ", segments of " + std::to_string(plan.segment_size);
  text += ", messages";
  for (const Message& message : plan.messages)
    text += ' ' + std::to_string(message.sender) + '/' + std::to_string(message.size);
  text += ", faults";
  for (const Fault& fault : plan.faults)
    text += ' ' + std::string(kFaultNames[static_cast<std::size_t>(fault.kind)]) + '@' +
            std::to_string(fault.burst) + '.' + std::to_string(fault.segment);
  if (plan.snap_length != 0) text += ", snap length " + std::to_string(plan.snap_length);
  if (plan.copies != Copies::none)
    text += plan.copies == Copies::same_place ? ", captured twice" : ", captured on two interfaces";
  text += plan.close == Close::server_fin   ? ", the server closes"
          : plan.close == Close::client_fin ? ", the client closes"
                                            : ", the client resets";
  if (plan.is_ipv6) text += ", ipv6";
  if (plan.has_vlan) text += ", vlan";
  if (plan.wraps) text += ", numbers wrap";
  if (plan.reuses_port) text += ", port used again";
  if (plan.misses_syn) text += ", no SYN";
  if (plan.misses_syn_ack) text += ", no SYN-ACK";
  if (plan.has_stamps) text += ", time stamps";
  if (plan.has_sack) text += ", selective acknowledgements";
  if (plan.repeats_syn) text += ", SYN again";
  if (plan.repeats_syn_ack) text += ", SYN-ACK again";
  if (plan.fin == FinFate::repeated) text += ", FIN again";
  if (plan.fin == FinFate::overtaken) text += ", FIN overtaken by its repeat";
  return text;
}

Plan shrink(Plan plan, const std::function<bool(const Plan&)>& fails) {
  for (bool progress = true; progress;) {
    progress = false;
    for (Plan& candidate : smaller(plan)) {
      if (!fails(candidate)) continue;
      plan = std::move(candidate);
      progress = true;
      break;
    }
  }
  return plan;
}

}  // namespace plaintalk::generated
