#include "labs/relay/connection.hpp"

#include <utility>

namespace plaintalk::relay {

Connection::Connection(boost::asio::io_context& io, const ConnectionOptions& options,
                       std::unique_ptr<End> client, std::unique_ptr<End> target, Log log,
                       std::function<void()> on_end)
    : options_(options),
      prefix_(std::to_string(options.number)),
      client_(std::move(client)),
      target_(std::move(target)),
      log_(std::move(log)),
      on_end_(std::move(on_end)),
      up_(io, *this, Direction::up, DirectionPlan(options.up, options.seed, options.number, Direction::up),
          *client_, *target_, options.buffer_bytes),
      down_(io, *this, Direction::down,
            DirectionPlan(options.down, options.seed, options.number, Direction::down), *target_, *client_,
            options.buffer_bytes) {}

void Connection::start() {
  for (const auto& [flow, direction] : {std::pair{&up_, Direction::up}, std::pair{&down_, Direction::down}}) {
    const std::string what = flow->plan().describe();
    if (!what.empty()) tell(direction, what);
  }
  watch(*client_, Direction::up, "the client");
  watch(*target_, Direction::down, "the target");
  up_.start();
  down_.start();
}

void Connection::watch(End& end, Direction direction, const std::string& who) {
  end.watch([this, keep = keep(), direction, who] {
    if (!is_over_) give_up(direction, who + " has reset its connection");
  });
}

void Connection::tell(Direction direction, const std::string& what) {
  log_(prefix_ + ' ' + std::string(render(direction)) + ": " + what);
}

void Connection::flow_ended(Direction direction) {
  tell(direction, direction == Direction::up ? "the client has finished" : "the target has finished");
  const bool nobody_is_left = options_.ends_with_the_target && direction == Direction::down;
  if (nobody_is_left || (up_.has_ended() && down_.has_ended())) end();
}

void Connection::give_up(Direction direction, const std::string& why) {
  tell(direction, why);
  client_->abort();
  target_->abort();
  end();
}

void Connection::abort(const std::string& why) {
  if (is_over_) return;
  log_(prefix_ + ' ' + why);
  client_->abort();
  target_->abort();
  end();
}

void Connection::end() {
  if (std::exchange(is_over_, true)) return;
  up_.stop();
  down_.stop();
  client_->close();
  target_->close();
  log_(prefix_ + " ended: " + std::to_string(up_.passed_on()) + " bytes up, " +
       std::to_string(down_.passed_on()) + " bytes down; held at most " + std::to_string(up_.most_held()) +
       " and " + std::to_string(down_.most_held()));
  on_end_();
}

}  // namespace plaintalk::relay
