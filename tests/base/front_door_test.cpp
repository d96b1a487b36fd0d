#include "base/front_door.hpp"

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

namespace plaintalk {
namespace {

class FrontDoor : public ::testing::Test {
 protected:
  ~FrontDoor() override { ::unsetenv("PLAINTALK_COMMAND"); }
  static void called_as(const char* command) { ::setenv("PLAINTALK_COMMAND", command, 1); }
};

TEST_F(FrontDoor, IsTheInstalledCommandWhenNothingIsTold) {
  ::unsetenv("PLAINTALK_COMMAND");
  EXPECT_EQ(front_door("doctor"), "plaintalk doctor");
  EXPECT_EQ(front_door_from_anywhere("doctor"), "plaintalk doctor");
}

TEST_F(FrontDoor, IsWhatThePersonTyped) {
  called_as("./plaintalk");
  EXPECT_EQ(front_door("report --list"), "./plaintalk report --list");
  const auto here = std::filesystem::current_path() / "plaintalk";
  EXPECT_EQ(front_door_from_anywhere("report --list"), here.string() + " report --list");
  called_as("/opt/lab/plaintalk");
  EXPECT_EQ(front_door_from_anywhere("server"), "/opt/lab/plaintalk server");
}

TEST_F(FrontDoor, AdvisesNothingThatAShellWouldReadOtherwise) {
  for (const char* command : {"", "a b", "x;y", "$(x)", "\x1b[2J", "it's", "a\nb"}) {
    called_as(command);
    EXPECT_EQ(front_door("doctor"), "plaintalk doctor") << command;
  }
}

}  // namespace
}  // namespace plaintalk
