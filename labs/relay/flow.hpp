// One direction of one connection: reads from one end, holds what was read as long as the plan says, and
// writes it to the other. The plan decides, this only has the clock and the sockets.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "labs/relay/direction_plan.hpp"
#include "labs/relay/end.hpp"
#include "labs/relay/held_bytes.hpp"

namespace plaintalk::relay {

// Whom a flow tells what happens; keeps it alive while something is under way.
class FlowOwner {
 public:
  FlowOwner() = default;
  virtual ~FlowOwner() = default;
  FlowOwner(const FlowOwner&) = delete;
  FlowOwner& operator=(const FlowOwner&) = delete;

  virtual std::shared_ptr<FlowOwner> keep() = 0;
  virtual bool is_over() const = 0;
  virtual void tell(Direction direction, const std::string& what) = 0;
  // All that was read was written, and the sink has got its FIN.
  virtual void flow_ended(Direction direction) = 0;
  // The connection cannot go on: both ends are reset.
  virtual void give_up(Direction direction, const std::string& why) = 0;
};

class Flow {
 public:
  Flow(boost::asio::io_context& io, FlowOwner& owner, Direction direction, DirectionPlan plan, End& source,
       End& sink, std::size_t buffer_bytes);

  void start();
  void stop();  // no timer fires any more

  const DirectionPlan& plan() const { return plan_; }
  std::uint64_t passed_on() const { return write_place_; }
  std::size_t most_held() const { return held_.most(); }
  bool has_ended() const { return has_ended_; }

 private:
  std::string source_name() const;
  std::string sink_name() const;
  void read_on();
  void take(const boost::system::error_code& error, std::size_t size);
  void write_on();
  void write_until(Instant due);
  void written(const boost::system::error_code& error, std::size_t size);
  void half_close();
  void end();

  FlowOwner& owner_;
  Direction direction_;
  DirectionPlan plan_;
  End& source_;
  End& sink_;
  HeldBytes held_;
  boost::asio::steady_timer read_timer_;
  boost::asio::steady_timer write_timer_;
  std::uint64_t read_place_ = 0;
  std::uint64_t write_place_ = 0;
  std::optional<std::uint64_t> slept_at_;  // the place of the last pause, which is made once
  std::optional<std::uint64_t> stalled_at_;
  Instant writes_again_{};  // after a stall, or what went before at the rate
  DirectionPlan::Writing writing_now_{};
  bool is_reading_ = false;
  bool is_writing_ = false;
  bool source_ended_ = false;
  bool throws_away_ = false;  // after a half-close
  bool has_ended_ = false;
};

}  // namespace plaintalk::relay
