// One run of a plan against one target: sets the clients up, drives them from one epoll loop, and checks
// every message that every client receives: each message of each publisher exactly once, in order, with dense
// sequence numbers where there are any.
//
// Except for paced runs the load is a closed loop: a publisher waits while any member of its room is a window
// behind, so a server is never asked to hold more than the window, and the slowest member sets the speed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "messenger/bench/bench_client.hpp"
#include "messenger/bench/bench_plan.hpp"
#include "messenger/bench/dialect.hpp"

namespace plaintalk::messenger::bench {

class BenchRun final : private DeliverySink {
 public:
  // `plan` has to outlive the run.
  BenchRun(const Plan& plan, const Target& target);
  ~BenchRun() override;
  BenchRun(const BenchRun&) = delete;
  BenchRun& operator=(const BenchRun&) = delete;

  // Throws std::runtime_error when a message is missing, comes twice, is damaged, or time runs out.
  Outcome run();

 private:
  struct Room {
    std::vector<Client*> members;
    std::uint64_t sent_count = 0;
    std::uint64_t sent_count_max = 0;
    std::vector<std::uint64_t> sent_by;  // of each publisher
    std::size_t next_publisher = 0;
    bool touched = false;  // a member of it has received something
  };

  void delivered(Client& client, std::uint64_t seq, std::string_view body) override;

  void set_up();
  void measure_idle_memory(std::optional<std::uint64_t> before);
  void drive();
  void wait_for_sockets();
  void read_from(Client& client);
  void send_unsent(Client& client);
  void fill(Room& room);
  void fill_paced(Instant now);
  void say(Room& room, std::uint64_t due_ns);
  std::uint64_t expected_by(const Client& client, const Room& room) const;
  std::uint64_t slowest(const Room& room) const;
  void check_complete() const;

  const Plan& plan_;
  const Target& target_;
  std::unique_ptr<Dialect> dialect_;
  MessageBody body_;
  int epoll_ = -1;
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<Room> rooms_;
  std::vector<Room*> touched_;
  Instant deadline_;
  Instant started_;
  std::uint64_t received_at_ns_ = 0;
  std::uint64_t expected_total_ = 0;
  Outcome outcome_;
  std::vector<char> input_;
};

}  // namespace plaintalk::messenger::bench
