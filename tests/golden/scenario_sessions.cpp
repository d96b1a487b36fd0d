// How people use it: rooms, logins, direct messages, all ways of cutting a stream, a connection that is lost
// and resumed.
#include "tests/golden/goldens.hpp"
#include "tests/golden/lab.hpp"

namespace plaintalk::golden {

std::string room_session() {
  Tape tape;
  Lab lab(tape);
  Person& alice = lab.connect("alice", client_endpoint(1));
  lab.login_guest(alice, "Alice A.");
  lab.join(alice, "#lab");
  tape.wait(std::chrono::milliseconds(300));
  Person& bob = lab.connect("bob", client_endpoint(2));
  lab.login_guest(bob);
  lab.join(bob, "#lab");
  lab.say(alice, "#lab", "who has the router image?");
  tape.wait(std::chrono::seconds(2));
  lab.say(bob, "#lab", "I do, sending it");
  lab.say(bob, "#lab", "line one\nline two, 2nd");
  Person& carol = lab.connect("carol", client_endpoint(3));
  lab.login_guest(carol);
  lab.join(carol, "#lab");
  lab.history(carol, "#lab", 0);
  lab.who(carol, "#lab");
  lab.say(carol, "#lab", "grüße aus dem Labor");
  lab.part(alice, "#lab");
  lab.say(bob, "#lab", "alice does not hear this");
  for (Person* person : {&alice, &bob, &carol}) lab.quit(*person);
  return as_pcap(tape, {.nanoseconds = true});
}

std::string logins_and_direct_messages() {
  Tape tape;
  Lab lab(tape);
  Person& carol = lab.connect("carol", client_endpoint(1));
  lab.login(carol, "correct horse battery", true);
  Person& alice = lab.connect("alice", client_endpoint(2));
  lab.fail_login(alice, "tulip8");
  tape.wait(std::chrono::seconds(1));
  lab.login(alice, "tulip9");
  Person& dan = lab.connect("dan", client_endpoint(3));
  lab.login_guest(dan);
  lab.direct(alice, carol, "are you there?");
  lab.direct(carol, alice, "yes. the key is under the mat");
  lab.direct(dan, alice, "hello from a guest");
  lab.direct(alice, carol, "thanks");
  for (Person* person : {&alice, &dan, &carol}) lab.quit(*person);
  return as_pcap(tape, {.order = capture::Order::big});
}

// One byte in a segment, many frames in a segment, a frame over many segments.
std::string segmentation() {
  Tape tape;
  AliceAndBob pair(tape);
  auto& [lab, alice, bob] = pair;
  const Lab::SayExchange typed = lab.saying(alice, "#lab", "typed by hand");
  for (std::size_t at = 0; at < typed.command.size(); ++at)
    alice.talk.client(std::string_view(typed.command).substr(at, 1));
  for (const auto& [member, bytes] : typed.deliveries) member->talk.server(bytes);

  std::string commands;
  std::string replies;
  std::string copies;
  for (int i = 1; i <= 12; ++i) {
    const Lab::SayExchange said = lab.saying(bob, "#lab", "burst " + std::to_string(i));
    commands += said.command;
    copies += said.deliveries[0].second;
    replies += said.deliveries[1].second;
  }
  bob.talk.client(commands);
  bob.talk.server(replies);
  alice.talk.server(copies);

  lab.say(alice, "#lab", std::string(5000, 'l') + "ong");
  pair.quit();
  return as_pcap(tape, {});
}

// bob's connection is reset; he comes back, takes over with his token, pages what he missed, and repeats what
// had no answer.
std::string lost_connection() {
  Tape tape;
  AliceAndBob pair(tape);
  auto& [lab, alice, bob] = pair;
  lab.say(alice, "#lab", "before the cut");
  const Lab::SayExchange unanswered = lab.saying(bob, "#lab", "did you get this?");
  bob.talk.client(unanswered.command);
  alice.talk.server(unanswered.deliveries[0].second);
  bob.talk.reset(From::client);
  tape.wait(std::chrono::seconds(3));

  TcpTalk again(tape, client_endpoint(12), server_endpoint());
  again.open();
  again.server("PLAINTALK/1 lab caps=history,files line=4096 body=65536 chunk=16384 ping=30 :type HELP\n");
  again.client("LOGIN bob device=d1 token=T-bob-1\n");
  again.server("OK user=bob device=d1 token=T-bob-2 guest=1\n");
  again.client("SYNC #lab after=1\n");
  const std::string& answer = unanswered.deliveries[1].second;
  const std::size_t ok_size = answer.find('\n') + 1;
  again.server(answer.substr(ok_size) + "END #lab last=2 more=0 oldest=1 members=2\n");
  again.client(unanswered.command);
  again.server(answer.substr(0, ok_size - 1) + " dup=1\n");
  again.client("QUIT\n");
  again.server("BYE :goodbye\n");
  again.close(From::server);
  alice.talk.server("PARTED #lab bob reason=quit\n");
  alice.talk.client("QUIT\n");
  alice.talk.server("BYE :goodbye\n");
  alice.talk.close(From::server);
  return as_pcap(tape, {});
}

}  // namespace plaintalk::golden
