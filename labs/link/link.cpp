#include "labs/link/link.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <vector>

#include <poll.h>
#include <sys/prctl.h>

namespace plaintalk::link {
namespace {

constexpr std::size_t kBatchSize = 64;            // of one side, before the other one has its turn
constexpr std::size_t kHeldBytesMax = 64U << 20;  // on the way at once, both ways

struct Travelling {
  Instant due;
  std::uint64_t order;
  Direction direction;
  std::vector<std::uint8_t> frame;
};

// For a heap whose front is what comes out next; of equal times what came in first.
bool comes_later(const Travelling& a, const Travelling& b) {
  return a.due != b.due ? a.due > b.due : a.order > b.order;
}

class Carrier {
 public:
  Carrier(const LinkPlan& plan, PacketPort& server_side, PacketPort& people_side, Ledger& ledger)
      : server_side_(server_side),
        people_side_(people_side),
        ledger_(ledger),
        to_server_(plan, Direction::to_server),
        to_people_(plan, Direction::to_people) {}

  void run(int stop) {
    for (;;) {
      const bool is_more =
          take_in(server_side_, Direction::to_people) | take_in(people_side_, Direction::to_server);
      let_out(read_clocks().instant);
      std::array<pollfd, 3> entries{{{stop, POLLIN, 0},
                                     {server_side_.descriptor(), POLLIN, 0},
                                     {people_side_.descriptor(), POLLIN, 0}}};
      timespec wait{};
      const timespec* limit = &wait;
      if (!is_more) limit = time_until_next(wait);
      if (ppoll(entries.data(), entries.size(), limit, nullptr) < 0 && errno != EINTR)
        throw std::runtime_error(std::string("waiting for packets failed: ") + std::strerror(errno));
      if (entries[0].revents != 0) break;
    }
    ledger_.add_unwanted(Direction::to_people, server_side_.missed_count());
    ledger_.add_unwanted(Direction::to_server, people_side_.missed_count());
  }

 private:
  // True when there may be more.
  bool take_in(PacketPort& port, Direction direction) {
    LinkPlanner& planner = direction == Direction::to_server ? to_server_ : to_people_;
    for (std::size_t count = 0; count < kBatchSize; ++count) {
      const auto frame = port.next();
      if (!frame) return false;
      const Now now = read_clocks();
      const auto view = view_frame(*frame);
      const Fate fate = planner.decide(view, frame->size(), now.instant);
      ledger_.add(direction, fate, view, now.wall);
      if (!fate.is_lost) {
        start(*frame, direction, fate.due);
        if (fate.is_doubled) start(*frame, direction, fate.due);
      }
      port.release();
    }
    return true;
  }

  void start(Bytes frame, Direction direction, Instant due) {
    if (held_bytes_ + frame.size() > kHeldBytesMax) return ledger_.add_unwanted(direction);
    held_bytes_ += frame.size();
    travelling_.push_back({due, order_++, direction, {frame.begin(), frame.end()}});
    std::ranges::push_heap(travelling_, comes_later);
  }

  void let_out(Instant now) {
    while (!travelling_.empty() && travelling_.front().due <= now) {
      std::ranges::pop_heap(travelling_, comes_later);
      const Travelling out = std::move(travelling_.back());
      travelling_.pop_back();
      held_bytes_ -= out.frame.size();
      const PacketPort& port = out.direction == Direction::to_server ? server_side_ : people_side_;
      if (!port.send(out.frame)) ledger_.add_unwanted(out.direction);
    }
  }

  const timespec* time_until_next(timespec& wait) const {
    if (travelling_.empty()) return nullptr;
    const Nanoseconds left = std::max(travelling_.front().due - read_clocks().instant, Nanoseconds::zero());
    constexpr std::int64_t kSecond = 1'000'000'000;
    wait = {.tv_sec = left.count() / kSecond, .tv_nsec = left.count() % kSecond};
    return &wait;
  }

  PacketPort& server_side_;
  PacketPort& people_side_;
  Ledger& ledger_;
  LinkPlanner to_server_;
  LinkPlanner to_people_;
  std::vector<Travelling> travelling_;
  std::size_t held_bytes_ = 0;
  std::uint64_t order_ = 0;
};

}  // namespace

void carry(const LinkPlan& plan, PacketPort& server_side, PacketPort& people_side, Ledger& ledger, int stop) {
  // Else the kernel may wake us 50 us late, to save power.
  prctl(PR_SET_TIMERSLACK, 1000UL, 0UL, 0UL, 0UL);
  Carrier(plan, server_side, people_side, ledger).run(stop);
}

}  // namespace plaintalk::link
