// The load generator: its parts, and against the real server.
#include <gtest/gtest.h>

#include "messenger/bench/bench_plan.hpp"
#include "messenger/bench/dialect.hpp"
#include "messenger/bench/histogram.hpp"
#include "messenger/bench/message_body.hpp"
#include "tests/messenger_net/server_process.hpp"

namespace plaintalk::messenger::test {
namespace {

using bench::Client;
using bench::DeliverySink;
using bench::Histogram;
using bench::MessageBody;
using bench::Plan;

TEST(BenchHistogram, GivesQuantilesWithinTheWidthOfABucket) {
  Histogram histogram;
  for (std::uint64_t value = 1; value <= 100'000; ++value) histogram.add(value);
  EXPECT_NEAR(static_cast<double>(histogram.quantile(0.5)), 50'000, 50'000 * 0.02);
  EXPECT_NEAR(static_cast<double>(histogram.quantile(0.99)), 99'000, 99'000 * 0.02);
  EXPECT_GE(histogram.quantile(1), 100'000U);
  Histogram wide;
  wide.add(~std::uint64_t{0});
  EXPECT_EQ(wide.quantile(1), ~std::uint64_t{0});
}

TEST(BenchMessageBody, NoticesEveryChangedByte) {
  MessageBody body(64);
  std::string text;
  body.append({3, 12345, 678}, text);
  ASSERT_EQ(text.size(), 64U);
  const auto content = body.read(text);
  ASSERT_TRUE(content.has_value());
  EXPECT_EQ(content->publisher, 3U);
  EXPECT_EQ(content->number, 12345U);
  EXPECT_EQ(content->due_ns, 678U);
  for (std::size_t i = 38; i < text.size(); ++i) {  // after the head
    std::string damaged = text;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_FALSE(body.read(damaged).has_value()) << i;
  }
  EXPECT_FALSE(body.read(text.substr(1)).has_value());
}

// What a dialect makes of a stream that arrives in pieces.
class Collector final : public DeliverySink {
 public:
  void delivered(Client&, std::uint64_t seq, std::string_view body) override {
    seqs.push_back(seq);
    bodies.emplace_back(body);
  }
  std::vector<std::uint64_t> seqs;
  std::vector<std::string> bodies;
};

TEST(BenchDialect, ReadsTheSameMessagesHoweverTheyAreCut) {
  for (const std::size_t size : {std::size_t{40}, std::size_t{2000}}) {
    Plan plan;
    plan.body_size = size;
    const std::string text(size, 'x');
    const std::string body = size > 1024 ? "{" + std::to_string(size) + "}\n" + text : ":" + text;
    const std::string stream = "OK seq=7 at=1\nJOINED #r0 b1\nMSG #r0 7 b0 1789201502123 " + body +
                               "\nPING :t\nMSG #r0 8 b0 1789201502123 " + body + "\n";
    const auto dialect = bench::make_plaintalk_dialect(plan);
    Client client;
    Collector collector;
    std::string waiting;
    for (const char byte : stream) {
      waiting += byte;
      waiting.erase(0, dialect->parse(client, waiting, collector));
    }
    EXPECT_EQ(waiting, "");
    EXPECT_EQ(collector.seqs, (std::vector<std::uint64_t>{7, 8}));
    EXPECT_EQ(collector.bodies, (std::vector<std::string>{text, text}));
    EXPECT_EQ(client.unsent, "PONG :t\n");
    EXPECT_EQ(client.answered_count, 1U);
  }
}

TEST(BenchDialect, SpeaksNats) {
  Plan plan;
  plan.body_size = 40;
  const auto dialect = bench::make_nats_dialect(plan);
  Client client;
  Collector collector;
  const std::string body(40, 'y');
  const std::string stream = "MSG r0 1 40\r\n" + body + "\r\nPING\r\nMSG r0 1 40\r\n" + body;
  EXPECT_EQ(dialect->parse(client, stream, collector), stream.size() - 13 - 40);
  EXPECT_EQ(collector.bodies, (std::vector<std::string>{body}));
  EXPECT_EQ(client.unsent, "PONG\r\n");
  client.unsent.clear();
  dialect->say(client, {0, 1, 0});
  EXPECT_TRUE(client.unsent.starts_with("PUB r0 40\r\n000000 0000000001 "));
  EXPECT_TRUE(client.unsent.ends_with("\r\n"));
  EXPECT_THROW(dialect->parse(client, "-ERR 'Slow Consumer'\r\n", collector), std::runtime_error);
}

TEST(Bench, VerifiesEveryDeliveryOfEachWorkload) {
  ServerProcess server({"--quiet", "--unlimited-rate"});
  const std::string address = "127.0.0.1:" + std::to_string(server.port());
  const std::string process = std::to_string(server.id());
  const std::vector<std::vector<std::string>> workloads{
      {"--workload", "fanout", "--members", "20", "--publishers", "3", "--messages", "2000"},
      {"--workload", "fanout", "--members", "3", "--size", "5000", "--window", "20", "--messages", "200"},
      {"--workload", "pairs", "--rooms", "5", "--messages", "2000"},
      {"--workload", "pairs", "--direct", "--rooms", "3", "--messages", "1000"},
      {"--workload", "paced", "--members", "4", "--rate", "2000", "--messages", "500"},
      {"--workload", "idle", "--members", "30"}};
  for (std::vector<std::string> arguments : workloads) {
    arguments.insert(arguments.end(), {"--target", "plaintalk", address, "--server-pid", process, "--json"});
    arguments.insert(arguments.begin(), PLAINTALK_BENCH);
    ChildProcess generator(arguments);
    EXPECT_EQ(generator.wait(), 0) << generator.errors();
    EXPECT_TRUE(generator.output().starts_with("{\"target\":\"plaintalk\",\"workload\":\"" + arguments[2]))
        << generator.output();
  }
  EXPECT_EQ(server.stop(), 0);
}

TEST(Bench, FailsWithOneLineWhenTheTargetIsNotThereOrIsAnotherServer) {
  ServerProcess server({"--quiet"});
  const std::string address = "127.0.0.1:" + std::to_string(server.port());
  ChildProcess other({PLAINTALK_BENCH, "--target", "nats", address});
  EXPECT_EQ(other.wait(), 1);
  EXPECT_NE(other.errors().find("the target is no NATS server"), std::string::npos) << other.errors();
  EXPECT_EQ(server.stop(), 0);
  ChildProcess nobody({PLAINTALK_BENCH, "--target", "plaintalk", address});
  EXPECT_EQ(nobody.wait(), 1);
  EXPECT_NE(nobody.errors().find("cannot connect to "), std::string::npos) << nobody.errors();
  ChildProcess remote({PLAINTALK_BENCH, "--target", "plaintalk", "192.0.2.1:7777"});
  EXPECT_EQ(remote.wait(), 1);
  EXPECT_NE(remote.errors().find("--allow-remote"), std::string::npos) << remote.errors();
}

}  // namespace
}  // namespace plaintalk::messenger::test
