// What every simulation plays on: a server on a clock that only its steps turn, and a network that loses
// connections, of which the server may hear late. One seed decides everything.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messenger/core/server_core.hpp"
#include "messenger/store/inline_spool.hpp"

namespace plaintalk::sim {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  // 0 .. bound - 1. Not a std distribution: those differ between libraries.
  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
  bool one_in(std::uint64_t count) { return below(count) == 0; }

 private:
  std::mt19937_64 engine_;
};

// How often what happened, by its name.
using Happened = std::map<std::string, std::uint64_t, std::less<>>;

class Stage {
 public:
  explicit Stage(std::uint64_t seed) : dice(seed), random_(dice) {}

  // Passwords cost nothing, an address may have any number of connections; ann, ben and cat have accounts.
  static messenger::ServerConfig config();
  // Also a restart: the new server knows nobody and has no files.
  void start_server(messenger::ServerConfig config);
  messenger::ServerCore& server() { return *core_; }

  messenger::ConnectionId connect();
  // Its client has lost it. The server knows at once, or hears of it some time later.
  void lose(messenger::ConnectionId id, bool server_knows, std::string_view reason);
  bool knows_all_losses() const { return half_open_.empty(); }

  // The time of one step passes; the server ticks, and its threads may have done something.
  void pass_time();
  // The server hears of losses whose time has come, and ends its turn.
  void end_turn();
  // What the network takes of that which the server has to write: some of it, or nothing when there is
  // nothing.
  std::string write(messenger::ConnectionId id, bool kernel_is_drained);

  Dice dice;
  Now now{Instant{std::chrono::hours(1)}, WallTime{std::chrono::hours(24 * 365 * 50)}};
  Happened happened;  // as the server logs it: "login token", "closed replaced", "file resume", "gap", ...

 private:
  class Random : public messenger::RandomSource {
   public:
    explicit Random(Dice& dice) : dice_(dice) {}
    std::string bytes(std::size_t size) override;

   private:
    Dice& dice_;
  };
  class Passwords : public messenger::PasswordWorker {
   public:
    bool submit(messenger::PasswordJob&& job) override;
    std::deque<messenger::PasswordJob> jobs;
  };
  class Counter : public messenger::EventSink {
   public:
    explicit Counter(Happened& happened) : happened_(happened) {}
    void event(const messenger::ServerEvent& event, WallTime time) override;
    bool wants_routes() const override { return true; }

   private:
    Happened& happened_;
  };
  // A connection that its client has lost and the server does not know about yet.
  struct HalfOpen {
    messenger::ConnectionId id;
    Instant noticed_at;
  };

  Random random_;
  Counter events_{happened};
  Instant next_tick_{};
  std::unique_ptr<messenger::InlineSpool> spool_;
  std::unique_ptr<Passwords> passwords_;
  std::unique_ptr<messenger::ServerCore> core_;
  std::vector<HalfOpen> half_open_;
};

}  // namespace plaintalk::sim
