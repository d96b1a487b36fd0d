#include "labs/link/link_plan.hpp"

#include <array>
#include <sstream>

#include <arpa/inet.h>

namespace plaintalk::link {
namespace {

constexpr double kLossPercentMax = 50;  // with more, hardly a connection begins
constexpr Milliseconds kDelayMax{5'000};
constexpr std::uint64_t kRateMin = 8'000;
constexpr std::uint64_t kRateMax = 10'000'000'000;
constexpr std::uint64_t kQueueMin = 2 * 1514;
constexpr std::uint64_t kQueueMax = 16U << 20;
constexpr unsigned kTimesMax = 8;  // waits double; with more the connection is given up
constexpr unsigned kSkipMax = 100'000;
constexpr std::size_t kTextSizeMax = 200;

// Collects the faults of one direction, or of one chosen packet.
class Critic {
 public:
  Critic(std::string what, std::vector<std::string>& faults) : what_(std::move(what)), faults_(faults) {}

  void refuse_if(bool is_wrong, const std::string& why) {
    if (is_wrong) faults_.push_back(what_ + ": " + why);
  }
  void check_percent(const std::string& word, double value, double most) {
    refuse_if(!(value >= 0 && value <= most),
              word + " must be from 0 to " + std::to_string(static_cast<int>(most)));
  }
  void check_time(const std::string& word, Milliseconds value) {
    refuse_if(value < Milliseconds::zero() || value > kDelayMax,
              word + " must be from 0 to " + std::to_string(kDelayMax.count()));
  }

 private:
  std::string what_;
  std::vector<std::string>& faults_;
};

void check_direction(const LinkPlan& plan, Direction direction, std::vector<std::string>& faults) {
  const DirectionPlan& each = plan.of(direction);
  Critic critic(std::string(render(direction)), faults);
  critic.check_percent("loss_percent", each.loss_percent, kLossPercentMax);
  critic.check_percent("duplicate_percent", each.duplicate_percent, 100);
  critic.check_percent("reorder_percent", each.reorder_percent, 100);
  critic.check_time("delay_ms", each.delay);
  critic.check_time("jitter_ms", each.jitter);
  critic.check_time("reorder_ms", each.reorder_by);
  critic.refuse_if((each.reorder_percent > 0) != (each.reorder_by > Milliseconds::zero()),
                   "reorder_percent and reorder_ms need each other: how many are held back, and how long");
  critic.refuse_if(each.rate_bit_s != 0 && (each.rate_bit_s < kRateMin || each.rate_bit_s > kRateMax),
                   "rate_kbit_s must be 0 (no limit) or from 8 to 10000000");
  critic.refuse_if(each.queue_bytes != 0 && (each.queue_bytes < kQueueMin || each.queue_bytes > kQueueMax),
                   "queue_kbytes must be from 3 to 16384: two packets have to fit in");
  critic.refuse_if(each.queue_bytes != 0 && each.rate_bit_s == 0,
                   "queue_kbytes without rate_kbit_s: where nothing has to wait there is no queue");
}

void check_chosen(const ChosenPacket& chosen, std::vector<std::string>& faults) {
  Critic critic("packet '" + chosen.text + '\'', faults);
  critic.refuse_if(chosen.text.empty(), "text is missing: what the packet carries");
  critic.refuse_if(chosen.text.size() > kTextSizeMax,
                   "text is longer than " + std::to_string(kTextSizeMax) + " bytes: it may be cut in two");
  critic.refuse_if(
      chosen.times < 1 || chosen.times > kTimesMax,
      "times must be from 1 to " + std::to_string(kTimesMax) + ": with more the connection is given up");
  critic.refuse_if(chosen.skip > kSkipMax, "skip must be from 0 to " + std::to_string(kSkipMax));
  const bool is_held = chosen.fate == ChosenPacket::Fate::hold;
  critic.check_time("hold_ms", chosen.hold);
  critic.refuse_if(is_held != (chosen.hold > Milliseconds::zero()),
                   "hold_ms belongs to fate = \"hold\", and is more than 0");
}

void append(std::string& text, const std::string& what) { text += (text.empty() ? "" : ", ") + what; }

std::string percent(double value) {
  std::ostringstream text;
  text << value << " %";
  return text.str();
}

std::string describe_direction(const DirectionPlan& plan) {
  std::string text;
  const auto ms = [](Milliseconds span) { return std::to_string(span.count()) + " ms"; };
  if (plan.delay > Milliseconds::zero()) append(text, ms(plan.delay));
  if (plan.jitter > Milliseconds::zero()) append(text, "up to " + ms(plan.jitter) + " more");
  if (plan.rate_bit_s > 0) append(text, std::to_string(plan.rate_bit_s / 1000) + " kbit/s");
  if (plan.loss_percent > 0) append(text, percent(plan.loss_percent) + " lost");
  if (plan.reorder_percent > 0) {
    append(text, percent(plan.reorder_percent) + " held back " + ms(plan.reorder_by));
  }
  if (plan.duplicate_percent > 0) append(text, percent(plan.duplicate_percent) + " doubled");
  return text.empty() ? "nothing" : text;
}

}  // namespace

std::string_view render(Direction direction) {
  return direction == Direction::to_server ? "to_server" : "to_people";
}

std::vector<std::string> faults_of(const LinkPlan& plan) {
  std::vector<std::string> faults;
  check_direction(plan, Direction::to_server, faults);
  check_direction(plan, Direction::to_people, faults);
  for (const ChosenPacket& chosen : plan.chosen) check_chosen(chosen, faults);
  in_addr address{};
  if (!plan.address.empty() && inet_pton(AF_INET, plan.address.c_str(), &address) != 1)
    faults.push_back("address '" + plan.address + "' is no IPv4 address");
  if (!plan.address.empty() && plan.is_plain())
    faults.emplace_back("address says whose link it is, but nothing is asked of the link");
  return faults;
}

std::string describe(const LinkPlan& plan) {
  std::string text;
  if (plan.to_server == plan.to_people) {
    text = describe_direction(plan.to_server) + " each way";
  } else {
    text = "to the server: " + describe_direction(plan.to_server) +
           "; from it: " + describe_direction(plan.to_people);
  }
  if (!plan.chosen.empty()) text += "; a few packets are chosen";
  if (!plan.address.empty()) text += "; for " + plan.address + " alone";
  return text;
}

}  // namespace plaintalk::link
