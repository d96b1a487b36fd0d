// A file that goes through the room and can be carved, and a guest whose every word is an attack on whoever
// reads the results.
#include "tests/golden/goldens.hpp"
#include "tests/golden/lab.hpp"

namespace plaintalk::golden {
namespace {

// Bytes that look like nothing in particular and hold every value, newlines and braces included.
std::string file_content(std::size_t size) {
  std::string content;
  std::uint32_t state = 7777;
  while (content.size() < size) {
    state = state * 1664525 + 1013904223;
    content.push_back(static_cast<char>(state >> 24));
  }
  return content;
}

}  // namespace

std::string file_transfer() {
  Tape tape;
  AliceAndBob pair(tape);
  auto& [lab, alice, bob] = pair;
  lab.say(bob, "#lab", "please send the image");
  lab.share_file(alice, "#lab", "router image.bin", file_content(20'000), {&bob});
  lab.say(bob, "#lab", "got it");
  pair.quit();
  return as_pcap(tape, {.nanoseconds = true});
}

std::string hostile() {
  Tape tape;
  Lab lab(tape);
  Person& alice = lab.connect("alice", client_endpoint(1));
  lab.login_guest(alice);
  lab.join(alice, "#lab");
  Person& mallory = lab.connect("mallory", client_endpoint(2));
  lab.login_guest(mallory, "\x1B[31m=HYPERLINK(\"http://192.0.2.66\")<b>");
  lab.join(mallory, "#lab");
  const std::string_view attacks[] = {
      "\x1B]0;owned\x07\x1B[2Jcleared your screen",
      "=cmd|' /C calc'!A0",
      "+1+1",
      "@SUM(1+1)*cmd|' /C calc'!A0",
      "<script>alert('plaintalk')</script> & <img src=x onerror=alert(1)>",
      "| a | table | row |\n|---|---|---|",
      "safe \xE2\x80\xAE"
      "exe.txt",  // a right-to-left override
      "x\nOK id=a1 seq=99 at=0\nMSG #lab 99 alice 0 :never said",
      "\"quoted\", and, commas\r\nand a second line",
      "Robert'); DROP TABLE messages;--",
  };
  for (const std::string_view attack : attacks) lab.say(mallory, "#lab", attack);
  lab.share_file(mallory, "#lab", "../../../tmp/\x1B[2Jevil<script>.sh", "#!/bin/sh\necho carved\n",
                 {&alice});
  mallory.talk.client("SAY #lab id=z :not UTF-8: \xC3\x28\n");
  mallory.talk.server("ERR 415 NOT_UTF8 id=z verb=SAY :send UTF-8\n");
  mallory.talk.client("FROBNICATE \x01\n");
  mallory.talk.server("ERR 400 SYNTAX :a token has an octet that must be written as %XX\n");
  for (Person* person : {&mallory, &alice}) lab.quit(*person);

  TcpTalk browser(tape, client_endpoint(3), server_endpoint());
  browser.open();
  browser.server("PLAINTALK/1 lab caps=history,files line=4096 body=65536 chunk=16384 ping=30 :type HELP\n");
  browser.client("GET / HTTP/1.1\r\nHost: 192.0.2.9:7777\r\n\r\n");
  browser.server(
      "ERR 451 NOT_PLAINTALK fatal=1 :this port speaks PLAINTALK/1; plaintalk client connects to it\n");
  browser.close(From::server);
  return as_pcap(tape, {});
}

}  // namespace plaintalk::golden
