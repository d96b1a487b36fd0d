#include "labs/relay/flow.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/error.hpp>

namespace plaintalk::relay {
namespace {

using boost::system::error_code;

// How soon to look again whether an octet has left.
constexpr Milliseconds kUnsentPoll{1};

Instant now() { return std::chrono::steady_clock::now(); }

std::string after(std::uint64_t place) { return " after " + std::to_string(place) + " bytes"; }
std::string lasting(Milliseconds time) { return ", for " + std::to_string(time.count()) + " ms"; }

}  // namespace

Flow::Flow(boost::asio::io_context& io, FlowOwner& owner, Direction direction, DirectionPlan plan,
           End& source, End& sink, std::size_t buffer_bytes)
    : owner_(owner),
      direction_(direction),
      plan_(std::move(plan)),
      source_(source),
      sink_(sink),
      held_(buffer_bytes),
      read_timer_(io),
      write_timer_(io) {}

std::string Flow::source_name() const { return direction_ == Direction::up ? "the client" : "the target"; }
std::string Flow::sink_name() const { return direction_ == Direction::up ? "the target" : "the client"; }

void Flow::start() { read_on(); }

void Flow::stop() {
  read_timer_.cancel();
  write_timer_.cancel();
}

void Flow::read_on() {
  if (is_reading_ || source_ended_ || owner_.is_over()) return;
  const std::span<char> room = held_.room(!is_writing_);
  if (room.empty()) return;  // the next write makes some
  const DirectionPlan::Reading next = plan_.reading_at(read_place_);
  is_reading_ = true;
  if (next.pause > Milliseconds::zero() && !throws_away_ && slept_at_ != read_place_) {
    slept_at_ = read_place_;
    owner_.tell(direction_, "reader asleep" + after(read_place_) + lasting(next.pause));
    read_timer_.expires_after(next.pause);
    read_timer_.async_wait([this, keep = owner_.keep()](const error_code& error) {
      if (error || owner_.is_over()) return;
      owner_.tell(direction_, "reader awake");
      is_reading_ = false;
      read_on();
    });
    return;
  }
  source_.read(
      room.first(static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), next.size))),
      [this, keep = owner_.keep()](const error_code& error, std::size_t size) { take(error, size); });
}

void Flow::take(const error_code& error, std::size_t size) {
  is_reading_ = false;
  if (owner_.is_over()) return;
  if (error == boost::asio::error::eof) {
    source_ended_ = true;
    return throws_away_ ? end() : write_on();
  }
  if (error) return owner_.give_up(direction_, "cannot read from " + source_name() + ": " + error.message());
  if (!throws_away_) {
    const Instant came = now();
    held_.add(size, came, came + plan_.delay_at(read_place_));
  }
  read_place_ += size;
  write_on();
  read_on();
}

// Writes what is due, or sets the timer for the moment when something is.
void Flow::write_on() {
  if (is_writing_ || throws_away_ || has_ended_ || owner_.is_over()) return;
  if (held_.size() == 0) {
    if (source_ended_) {
      sink_.finish();
      end();
    }
    return;
  }
  const Instant at = now();
  DirectionPlan::Writing next = plan_.writing_at(write_place_);
  if (next.pause > Milliseconds::zero() && stalled_at_ != write_place_) {
    stalled_at_ = write_place_;
    owner_.tell(direction_, "stalled" + after(write_place_) + lasting(next.pause));
    writes_again_ = std::max(writes_again_, at + next.pause);
  }
  const Instant due = std::max(held_.first_leaves(), writes_again_);
  if (due > at) return write_until(due);
  const std::uint64_t available = held_.due(at);
  if (const auto& coalescing = plan_.drawn().coalescing) {
    const Instant at_last = held_.first_leaves() + coalescing->wait;
    const bool can_grow = !source_ended_ && held_.size() < held_.size_max();
    if (available < next.size && can_grow && at < at_last) return write_until(at_last);
  }
  if (plan_.drawn().one_octet && sink_.has_unsent()) return write_until(at + kUnsentPoll);
  if (next.size > available) {
    next.size = available;
    next.ending = DirectionPlan::Ending::none;
  }
  writing_now_ = next;
  is_writing_ = true;
  sink_.write(
      held_.front(static_cast<std::size_t>(next.size)),
      [this, keep = owner_.keep()](const error_code& error, std::size_t size) { written(error, size); });
}

void Flow::write_until(Instant due) {
  write_timer_.expires_at(std::chrono::time_point_cast<boost::asio::steady_timer::duration>(due));
  write_timer_.async_wait([this, keep = owner_.keep()](const error_code& error) {
    if (!error) write_on();
  });
}

void Flow::written(const error_code& error, std::size_t size) {
  using Ending = DirectionPlan::Ending;
  is_writing_ = false;
  if (owner_.is_over()) return;
  if (error) return owner_.give_up(direction_, "cannot write to " + sink_name() + ": " + error.message());
  held_.drop(size);
  write_place_ += size;
  writes_again_ = std::max(writes_again_, now()) + plan_.time_for(size);
  const Ending ending = size == writing_now_.size ? writing_now_.ending : Ending::none;
  if (ending == Ending::reset) return owner_.give_up(direction_, "reset" + after(write_place_));
  if (ending == Ending::half_close) half_close();
  write_on();
  read_on();
}

void Flow::half_close() {
  owner_.tell(direction_, "half-closed" + after(write_place_) + "; what still comes is thrown away");
  sink_.finish();
  held_.drop(held_.size());
  throws_away_ = true;
  if (source_ended_) end();
}

void Flow::end() {
  if (std::exchange(has_ended_, true)) return;
  owner_.flow_ended(direction_);
}

}  // namespace plaintalk::relay
