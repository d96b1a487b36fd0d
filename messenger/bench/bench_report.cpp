#include "messenger/bench/bench_report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace plaintalk::messenger::bench {
namespace {

// Above this share of the run the generator may have been what was measured.
constexpr double kBusyShare = 0.95;

double per_second(std::uint64_t count, const Outcome& outcome) {
  return outcome.seconds > 0 ? static_cast<double>(count) / outcome.seconds : 0;
}

double cpu_us_per_delivery(const Outcome& outcome) {
  return outcome.server_cpu_seconds.value_or(0) * 1e6 / static_cast<double>(outcome.delivery_count);
}

double microseconds(const Histogram& histogram, double part) {
  return static_cast<double>(histogram.quantile(part)) / 1e3;
}

}  // namespace

std::string_view text_of(Target::Kind kind) { return kind == Target::Kind::nats ? "nats" : "plaintalk"; }

std::string_view text_of(Workload workload) {
  switch (workload) {
    case Workload::fanout: return "fanout";
    case Workload::pairs: return "pairs";
    case Workload::paced: return "paced";
    case Workload::idle: return "idle";
  }
  return "?";
}

std::string report(const Plan& plan, const Target& target, const Outcome& outcome) {
  std::string text =
      fmt::format("{:<10} {} of {} in {} room{}, {} publishing in each, {} bytes a message\n",
                  text_of(target.kind), text_of(plan.workload), plan.member_count, plan.room_count,
                  plan.room_count == 1 ? "" : "s", plan.publisher_count, plan.body_size);
  const auto line = [&](std::string_view name, const std::string& value) {
    text += fmt::format("  {:<26} {}\n", name, value);
  };
  if (outcome.server_bytes_per_client)
    line("server memory per client", fmt::format("{:.2f} KiB", *outcome.server_bytes_per_client / 1024));
  if (plan.workload == Workload::idle) return text;
  line("messages", fmt::format("{} in {:.3f} s, {:.0f}/s", outcome.message_count, outcome.seconds,
                               per_second(outcome.message_count, outcome)));
  line("deliveries, all verified",
       fmt::format("{}, {:.0f}/s", outcome.delivery_count, per_second(outcome.delivery_count, outcome)));
  line("received", fmt::format("{:.1f} MB/s", per_second(outcome.bytes_received, outcome) / 1e6));
  if (outcome.server_cpu_seconds)
    line("server CPU",
         fmt::format("{:.2f} s, {:.3f} us a delivery, {:.0f} % busy", *outcome.server_cpu_seconds,
                     cpu_us_per_delivery(outcome), *outcome.server_cpu_seconds / outcome.seconds * 100));
  const double busy = outcome.generator_cpu_seconds / outcome.seconds;
  const bool limits = busy > kBusyShare && plan.workload != Workload::paced;
  line("generator CPU",
       fmt::format("{:.0f} % busy{}", busy * 100, limits ? ": the generator may be the limit" : ""));
  if (plan.workload == Workload::paced)
    line("latency p50/p99/p99.9/max",
         fmt::format("{:.1f} / {:.1f} / {:.1f} / {:.1f} us", microseconds(outcome.latency_ns, 0.5),
                     microseconds(outcome.latency_ns, 0.99), microseconds(outcome.latency_ns, 0.999),
                     microseconds(outcome.latency_ns, 1)));
  return text;
}

std::string report_json(const Plan& plan, const Target& target, const Outcome& outcome) {
  nlohmann::ordered_json line;
  line["target"] = text_of(target.kind);
  line["workload"] = text_of(plan.workload);
  line["rooms"] = plan.room_count;
  line["members"] = plan.member_count;
  line["publishers"] = plan.publisher_count;
  line["size"] = plan.body_size;
  line["messages"] = outcome.message_count;
  line["deliveries"] = outcome.delivery_count;
  line["seconds"] = outcome.seconds;
  line["deliveries_per_second"] = per_second(outcome.delivery_count, outcome);
  line["generator_cpu_seconds"] = outcome.generator_cpu_seconds;
  if (outcome.server_cpu_seconds) {
    line["server_cpu_seconds"] = *outcome.server_cpu_seconds;
    if (outcome.delivery_count > 0) line["server_cpu_us_per_delivery"] = cpu_us_per_delivery(outcome);
  }
  if (outcome.server_bytes_per_client) line["server_bytes_per_client"] = *outcome.server_bytes_per_client;
  if (plan.workload == Workload::paced) {
    line["latency_p50_us"] = microseconds(outcome.latency_ns, 0.5);
    line["latency_p99_us"] = microseconds(outcome.latency_ns, 0.99);
    line["latency_p999_us"] = microseconds(outcome.latency_ns, 0.999);
  }
  return line.dump() + '\n';
}

std::string compare(const Plan& plan, const Outcome& first, std::string_view first_name, const Outcome& other,
                    std::string_view other_name) {
  std::string text = fmt::format("{} against {}:", first_name, other_name);
  if (plan.workload == Workload::idle) {
    if (first.server_bytes_per_client && other.server_bytes_per_client)
      text += fmt::format(" {:.2f} of the memory per client",
                          *first.server_bytes_per_client / *other.server_bytes_per_client);
    return text + '\n';
  }
  text += fmt::format(" {:.2f} times the deliveries/s",
                      per_second(first.delivery_count, first) / per_second(other.delivery_count, other));
  if (first.server_cpu_seconds && other.server_cpu_seconds && *other.server_cpu_seconds > 0)
    text += fmt::format(", {:.2f} of the server CPU per delivery",
                        cpu_us_per_delivery(first) / cpu_us_per_delivery(other));
  if (plan.workload == Workload::paced)
    text += fmt::format(", {:.2f} of the p99 latency",
                        microseconds(first.latency_ns, 0.99) / microseconds(other.latency_ns, 0.99));
  return text + '\n';
}

}  // namespace plaintalk::messenger::bench
