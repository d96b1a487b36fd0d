// Protocols that are not ours: a chat of lines that a student could have written, on a port of its own, and
// an FTP login. Passwords are read all the same, and so is what TCP did.
#include <chrono>

#include "tests/golden/goldens.hpp"
#include "tests/golden/lab.hpp"

namespace plaintalk::golden {
namespace {

Endpoint server_at(std::uint16_t port) {
  Endpoint endpoint = server_endpoint();
  endpoint.port = port;
  return endpoint;
}

// A line that the server takes this long to acknowledge.
void slow_line(Tape& tape, TcpTalk& talk, std::string_view line, int milliseconds) {
  talk.segment(From::client, line);
  tape.wait(std::chrono::milliseconds(milliseconds));
  talk.acknowledge(From::server);
}

}  // namespace

// alice's first six segments are acknowledged after 100, 120, 80, 200, 100 and 140 ms (and the 40 us between
// any two packets): samples for an estimator that can be computed by hand. bob guesses his password once.
std::string foreign_chat() {
  Tape tape;
  TcpTalk alice(tape, client_endpoint(1), server_at(5000));
  alice.open();
  alice.server("Welcome to the chat of group 7\nName: ");
  slow_line(tape, alice, "alice\n", 100);
  alice.server("Password: ");
  slow_line(tape, alice, "tulip9\n", 120);
  alice.server("logged in as alice\n");
  TcpTalk guess(tape, client_endpoint(2), server_at(5000));
  guess.open();
  guess.server("Welcome to the chat of group 7\nName: ");
  guess.client("bob\n");
  guess.server("Password: ");
  guess.client("letmein\n");
  guess.server("Wrong password\n");
  guess.close(From::server);
  TcpTalk bob(tape, {client_endpoint(2).address, 40012}, server_at(5000));
  bob.open();
  bob.server("Welcome to the chat of group 7\nName: ");
  bob.client("bob\n");
  bob.server("Password: ");
  bob.client("rosebud\n");
  bob.server("logged in as bob\n");
  const std::pair<std::string, int> said[] = {{"hello bob\n", 80},
                                              {"did you pass the exam?\n", 200},
                                              {"the password is on the board\n", 100},
                                              {"see you at noon\n", 140}};
  for (const auto& [line, milliseconds] : said) {
    slow_line(tape, alice, line, milliseconds);
    bob.server("alice: " + line);
  }
  // The list of users is lost behind the tap and sent again after a time-out.
  const Segment list = bob.segment(From::server, "users: alice bob\n");
  tape.wait(std::chrono::milliseconds(250));
  bob.repeat(list);
  bob.acknowledge(From::client);
  alice.server(std::string(4000, '.') + "\n");
  alice.close(From::client);
  bob.reset(From::client);

  TcpTalk files(tape, client_endpoint(3), server_at(21));
  files.open();
  files.server("220 FTP of group 7\r\n");
  files.client("USER carol\r\n");
  files.server("331 password please\r\n");
  files.client("PASS open sesame\r\n");
  files.server("230 logged in\r\n");
  files.close(From::client);
  return as_pcap(tape, {.nanoseconds = true});
}

}  // namespace plaintalk::golden
