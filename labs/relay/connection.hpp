// One relayed connection: the client's end, the target's end, and a flow each way.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "labs/relay/end.hpp"
#include "labs/relay/flow.hpp"
#include "labs/relay/impairments.hpp"

namespace plaintalk::relay {

// A line for people, without its line break: "3 up: stalled after 4096 bytes, for 3000 ms".
using Log = std::function<void(const std::string& line)>;

struct ConnectionOptions {
  std::uint64_t number = 1;
  std::uint64_t seed = 0;
  Impairments up{};
  Impairments down{};
  std::size_t buffer_bytes = 0;  // of each direction
  bool ends_with_the_target =
      false;  // the client is a person or a pipe: when the target has finished, all has
};

class Connection : public FlowOwner, public std::enable_shared_from_this<Connection> {
 public:
  Connection(boost::asio::io_context& io, const ConnectionOptions& options, std::unique_ptr<End> client,
             std::unique_ptr<End> target, Log log, std::function<void()> on_end);

  void start();
  // Resets both ends, if it is not over; `why` is logged.
  void abort(const std::string& why);

  std::shared_ptr<FlowOwner> keep() override { return shared_from_this(); }
  bool is_over() const override { return is_over_; }
  void tell(Direction direction, const std::string& what) override;
  void flow_ended(Direction direction) override;
  void give_up(Direction direction, const std::string& why) override;

 private:
  void watch(End& end, Direction direction, const std::string& who);
  void end();

  ConnectionOptions options_;
  std::string prefix_;  // "3"
  std::unique_ptr<End> client_;
  std::unique_ptr<End> target_;
  Log log_;
  std::function<void()> on_end_;
  Flow up_;
  Flow down_;
  bool is_over_ = false;
};

}  // namespace plaintalk::relay
