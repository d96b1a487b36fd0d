// A server whose every byte a test writes by hand, for what a real one does only in trouble.
//
//   RawServer server;
//   server.accept();
//   server.write(kGreeting);
//   EXPECT_EQ(server.read_line(), "LOGIN alice device=d");
#pragma once

#include <string>
#include <string_view>

namespace plaintalk::test {

class RawServer {
 public:
  RawServer();  // on a free port of 127.0.0.1
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  const std::string& place() const { return place_; }  // "127.0.0.1:PORT"
  // The next connection; the one before is closed. False when none came for a very long time.
  bool accept();
  void write(std::string_view bytes);
  // Without its LF; empty at the end of the connection, or when nothing came for a very long time.
  std::string read_line();
  // The first line with `text`.
  std::string read_until(std::string_view text);
  void close();

 private:
  int listener_ = -1;
  int peer_ = -1;
  std::string place_;
  std::string pending_;
};

}  // namespace plaintalk::test
