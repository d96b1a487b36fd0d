#include "labs/link/link_planner.hpp"

#include <algorithm>

#include <arpa/inet.h>

#include "labs/link/chance.hpp"

namespace plaintalk::link {
namespace {

// What a number is drawn for: one packet needs several that do not depend on each other.
enum class Draw : std::uint64_t { loss = 1, hold, twice, jitter };

bool happens(std::uint64_t base, Draw draw, double percent) {
  return percent > 0 && fraction(mix(base ^ static_cast<std::uint64_t>(draw))) * 100 < percent;
}

// Sequence numbers wrap: positive when `a` is behind `b`.
std::int32_t distance(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b); }

}  // namespace

LinkPlanner::LinkPlanner(const LinkPlan& plan, Direction direction)
    : plan_(plan.of(direction)),
      direction_(direction),
      seed_(mix(plan.seed ^ (direction == Direction::to_server ? 0x5e54e5ULL : 0x9e091eULL))) {
  in_addr address{};
  if (inet_pton(AF_INET, plan.address.c_str(), &address) == 1) address_ = ntohl(address.s_addr);
  for (const ChosenPacket& chosen : plan.chosen)
    if (chosen.direction == direction) choices_.push_back({.rule = chosen});
}

bool LinkPlanner::is_on_link(const FrameView& frame) const {
  return !address_ || *address_ == (direction_ == Direction::to_server ? frame.source : frame.target);
}

std::uint64_t LinkPlanner::draw_base(const FrameView& frame) {
  const std::uint32_t person = direction_ == Direction::to_server ? frame.source : frame.target;
  Counters& counters = counters_[person & 0xff];
  const bool has_payload = !frame.payload.empty();
  const std::uint64_t index = has_payload ? counters.with_payload++ : counters.bare++;
  return mix(seed_ ^ mix(index << 9 | std::uint64_t{person & 0xff} << 1 | (has_payload ? 1 : 0)));
}

bool LinkPlanner::is_chosen(Choice& choice, const FrameView& frame) {
  using State = Choice::State;
  const Flow flow{frame.source, frame.target, frame.source_port, frame.target_port};
  const std::uint32_t end = frame.sequence + static_cast<std::uint32_t>(frame.payload.size());
  if (choice.state == State::waiting && as_text(frame.payload).contains(choice.rule.text)) {
    choice.flow = flow;
    choice.high = end;
    choice.left_to_skip = choice.rule.skip;
    choice.state = State::counting;
    if (choice.left_to_skip > 0) return false;
  } else if (choice.state == State::counting && flow == choice.flow && distance(end, choice.high) > 0) {
    choice.high = end;
    if (--choice.left_to_skip > 0) return false;
  } else if (choice.state != State::found || flow != choice.flow) {
    return false;
  }
  if (choice.state == State::counting) {
    choice.state = State::found;
    choice.begin = frame.sequence;
    choice.times_left = choice.rule.times;
  }
  const bool covers = distance(choice.begin, frame.sequence) >= 0 && distance(end, choice.begin) > 0;
  if (!covers) return false;
  if (--choice.times_left == 0) choice.state = State::done;
  return true;
}

const ChosenPacket* LinkPlanner::find_chosen(const FrameView& frame) {
  if (frame.payload.empty()) return nullptr;
  const ChosenPacket* found = nullptr;
  // Each rule sees each packet, or it would count wrongly.
  for (Choice& choice : choices_)
    if (is_chosen(choice, frame) && found == nullptr) found = &choice.rule;
  return found;
}

std::optional<Instant> LinkPlanner::pass_queue(std::size_t size, Instant now) {
  if (plan_.rate_bit_s == 0) return now;
  const auto time_of = [&](std::uint64_t bytes) {
    return Nanoseconds(
        static_cast<std::int64_t>(static_cast<double>(bytes) * 8e9 / static_cast<double>(plan_.rate_bit_s)));
  };
  const std::uint64_t limit = plan_.queue_bytes == 0 ? kUsualQueueSize : plan_.queue_bytes;
  const Instant begin = std::max(now, free_at_);
  if (begin - now > time_of(limit - std::min<std::uint64_t>(limit, size))) return std::nullopt;
  free_at_ = begin + time_of(size);
  return free_at_;
}

Fate LinkPlanner::decide(const std::optional<FrameView>& frame, std::size_t size, Instant now) {
  Fate fate{.due = now};
  if (!frame || !is_on_link(*frame)) return fate;
  const std::uint64_t base = draw_base(*frame);
  const ChosenPacket* chosen = find_chosen(*frame);
  const auto sent = pass_queue(size, now);
  if (!sent) return {.is_lost = true, .lost_by = Reason::queue};
  if (chosen != nullptr && chosen->fate == ChosenPacket::Fate::lose)
    return {.is_lost = true, .lost_by = Reason::chosen};
  if (happens(base, Draw::loss, plan_.loss_percent)) return {.is_lost = true, .lost_by = Reason::chance};
  const double share = fraction(mix(base ^ static_cast<std::uint64_t>(Draw::jitter)));
  const auto jitter =
      static_cast<std::int64_t>(static_cast<double>(Nanoseconds(plan_.jitter).count()) * share);
  fate.due = std::max(*sent + plan_.delay + Nanoseconds(jitter), last_due_);
  fate.is_doubled = happens(base, Draw::twice, plan_.duplicate_percent);
  if (chosen != nullptr) {
    fate.held_by = Reason::chosen;
    fate.due += chosen->hold;
  } else if (happens(base, Draw::hold, plan_.reorder_percent)) {
    fate.held_by = Reason::chance;
    fate.due += plan_.reorder_by;
  } else {
    last_due_ = fate.due;
  }
  return fate;
}

}  // namespace plaintalk::link
