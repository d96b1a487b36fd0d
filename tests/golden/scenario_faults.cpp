// What networks do to a conversation: lose, delay, exchange; and what numbers do: start again at zero.
#include "tests/golden/goldens.hpp"
#include "tests/golden/lab.hpp"

namespace plaintalk::golden {
namespace {

struct Pair {
  Person& alice;
  Person& bob;
};

Pair two_in_the_room(Lab& lab, TcpTalk::Options options = {}) {
  Person& alice = lab.connect("alice", client_endpoint(1), options);
  Person& bob = lab.connect("bob", client_endpoint(2), options);
  for (Person* person : {&alice, &bob}) {
    lab.login_guest(*person);
    lab.join(*person, "#lab");
  }
  return {alice, bob};
}

}  // namespace

// The tap is beside the server. A copy for bob is lost behind the tap and sent again after three duplicate
// acknowledgements; a command of alice's is seen twice because its acknowledgement came too late.
std::string retransmission() {
  Tape tape;
  Lab lab(tape);
  const auto [alice, bob] = two_in_the_room(lab);
  std::vector<Segment> to_bob;
  for (const char* text : {"first", "second", "third", "fourth"}) {
    const Lab::SayExchange said = lab.saying(alice, "#lab", text);
    alice.talk.client(said.command);
    alice.talk.server(said.deliveries[0].second);
    to_bob.push_back(bob.talk.segment(From::server, said.deliveries[1].second));
    // The first copy never reaches bob: everything after it makes him ask for it again.
    if (to_bob.size() > 1) bob.talk.acknowledge_before(From::client, to_bob[0]);
  }
  bob.talk.repeat(to_bob[0]);
  bob.talk.acknowledge(From::client);

  tape.wait(std::chrono::seconds(1));
  const Lab::SayExchange late = lab.saying(alice, "#lab", "fifth, after a time-out");
  const Segment command = alice.talk.segment(From::client, late.command);
  tape.wait(std::chrono::milliseconds(200));
  alice.talk.repeat(command);
  alice.talk.acknowledge(From::server);
  for (const auto& [member, bytes] : late.deliveries) member->talk.server(bytes);
  for (Person* person : {&alice, &bob}) lab.quit(*person);
  return as_pcap(tape, {});
}

// Two copies for bob overtake each other on the way to the tap.
std::string reordering() {
  Tape tape;
  Lab lab(tape);
  const auto [alice, bob] = two_in_the_room(lab);
  std::vector<std::string> copies;
  for (const char* text : {"one", "two", "three"}) {
    const Lab::SayExchange said = lab.saying(alice, "#lab", text);
    alice.talk.client(said.command);
    alice.talk.server(said.deliveries[0].second);
    copies.push_back(said.deliveries[1].second);
  }
  bob.talk.server(copies[0]);
  const std::size_t second_at = tape.size();
  const Segment second = bob.talk.segment(From::server, copies[1]);
  bob.talk.acknowledge_before(From::client, second);  // the answer to the third, which bob gets first
  const std::size_t third_at = tape.size();
  bob.talk.segment(From::server, copies[2]);
  tape.exchange(second_at, third_at);
  bob.talk.acknowledge(From::client);
  for (Person* person : {&alice, &bob}) lab.quit(*person);
  return as_pcap(tape, {});
}

// Sequence numbers pass 2^32 inside the greeting, and inside a message.
std::string sequence_wrap() {
  Tape tape;
  Lab lab(tape);
  const auto [alice, bob] =
      two_in_the_room(lab, {.client_sequence = 0xFFFFFF80, .server_sequence = 0xFFFFFFF0});
  lab.say(alice, "#lab", std::string(3000, 'w') + "rapped");
  lab.say(bob, "#lab", "and after it");
  for (Person* person : {&alice, &bob}) lab.quit(*person);
  return as_pcap(tape, {});
}

}  // namespace plaintalk::golden
