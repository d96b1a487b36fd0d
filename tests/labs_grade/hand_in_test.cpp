// Hand-ins that were made to harm: each is a row that says what is wrong, and nothing lies outside their
// folder.
#include <filesystem>
#include <fstream>

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "labs/grade/hand_in_reader.hpp"

namespace plaintalk::labs {
namespace {

namespace fs = std::filesystem;

struct Member {
  std::string name;
  std::string content;
  unsigned type = AE_IFREG;
};

constexpr const char* kState = R"({"lab": "01", "student": " S1 ", "capture": "session-1.pcapng"})";

class HandInTest : public ::testing::Test {
 protected:
  HandInTest() {
    std::string pattern = (fs::temp_directory_path() / "hand-in-XXXXXX").string();
    base_ = ::mkdtemp(pattern.data());
    fs::create_directory(base_ / "in");
  }
  ~HandInTest() override { fs::remove_all(base_); }

  fs::path zip(const std::vector<Member>& members, const std::string& name = "a.zip") {
    const fs::path path = base_ / "in" / name;
    fs::create_directories(path.parent_path());
    archive* out = archive_write_new();
    archive_write_set_format_zip(out);
    archive_write_open_filename(out, path.c_str());
    for (const Member& member : members) {
      archive_entry* entry = archive_entry_new();
      archive_entry_set_pathname(entry, member.name.c_str());
      archive_entry_set_filetype(entry, member.type);
      archive_entry_set_perm(entry, 0644);
      if (member.type == AE_IFLNK) archive_entry_set_symlink(entry, member.content.c_str());
      archive_entry_set_size(entry,
                             member.type == AE_IFREG ? static_cast<la_int64_t>(member.content.size()) : 0);
      archive_write_header(out, entry);
      if (member.type == AE_IFREG) archive_write_data(out, member.content.data(), member.content.size());
      archive_entry_free(entry);
    }
    archive_write_free(out);
    return path;
  }

  HandIn open(const fs::path& path, const HandInLimits& limits = {}) {
    return open_hand_in(path, base_ / "in", base_ / ("out-" + std::to_string(count_++)), limits);
  }

  static std::string content_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }

  fs::path base_;
  int count_ = 0;
};

TEST_F(HandInTest, AWholeOne) {
  const HandIn hand_in =
      open(zip({{"lab.json", kState}, {"answers.txt", "01.1: 5\n"}, {"session-1.pcapng", "PCAP"}}));
  EXPECT_EQ(hand_in.fault, "");
  EXPECT_EQ(hand_in.student, "s1");
  EXPECT_EQ(hand_in.lab, "01");
  EXPECT_EQ(hand_in.answers, "01.1: 5\n");
  EXPECT_EQ(content_of(hand_in.capture), "PCAP");
  EXPECT_TRUE(hand_in.description.empty());
  const HandIn described = open(
      zip({{"lab.json", kState}, {"x/protocol.toml", "ports = 1"}, {"session-1.pcapng", "PCAP"}}, "b.zip"));
  EXPECT_EQ(content_of(described.description), "ports = 1");
  EXPECT_EQ(hand_in.source, "a.zip");
}

TEST_F(HandInTest, NamesThatLeadOutsideLeadNowhere) {
  const HandIn hand_in = open(zip({{"../../../lab.json", kState},
                                   {"/tmp/answers.txt", "01.1: 5\n"},
                                   {"..\\..\\session-1.pcapng", "PCAP"},
                                   {"../../evil.txt", "x"}}));
  EXPECT_EQ(hand_in.fault, "");
  EXPECT_EQ(content_of(hand_in.capture), "PCAP");
  for (const auto& entry : fs::recursive_directory_iterator(base_))
    EXPECT_FALSE(entry.path().filename().string().contains("evil")) << entry.path();
  EXPECT_FALSE(fs::exists(base_.parent_path() / "evil.txt"));
}

TEST_F(HandInTest, LinksAreNotFollowed) {
  std::ofstream(base_ / "secret.pcapng") << "SECRET";
  const HandIn linked =
      open(zip({{"lab.json", kState}, {"session-1.pcapng", "../../secret.pcapng", AE_IFLNK}}));
  EXPECT_EQ(linked.fault, "the capture that lab.json names is missing");
  const fs::path folder = base_ / "in" / "folder";
  fs::create_directory(folder);
  std::ofstream(folder / "lab.json") << kState;
  fs::create_symlink(base_ / "secret.pcapng", folder / "session-1.pcapng");
  EXPECT_EQ(open(folder).fault, "the capture that lab.json names is missing");
}

TEST_F(HandInTest, ABombIsStoppedWhereTheLimitIs) {
  const fs::path bomb = zip({{"lab.json", kState}, {"session-1.pcapng", std::string(8 << 20, '\0')}});
  EXPECT_LT(fs::file_size(bomb), 100'000U);
  EXPECT_EQ(open(bomb, {.capture_size_max = 1 << 20}).fault,
            "session-1.pcapng is larger than 1 MiB when unpacked");
  const fs::path text = zip({{"lab.json", kState}, {"answers.txt", std::string(4 << 20, 'x')}}, "b.zip");
  EXPECT_EQ(open(text).fault, "answers.txt is larger than 1 MiB when unpacked");
}

TEST_F(HandInTest, ABombThatNobodyAskedForIsStoppedToo) {
  const fs::path bomb =
      zip({{"lab.json", kState}, {"holiday.jpg", std::string(8 << 20, '\0')}, {"session-1.pcapng", "P"}});
  EXPECT_EQ(open(bomb, {.capture_size_max = 1 << 20}).fault, "the zip file unpacks to more than it may");
  EXPECT_EQ(open(bomb).fault, "");
}

TEST_F(HandInTest, ManyMembersAreTooMany) {
  std::vector<Member> members;
  for (int count = 0; count < 1'001; ++count) members.push_back({"m" + std::to_string(count), ""});
  EXPECT_EQ(open(zip(members)).fault, "the zip file has more than 1000 members");
}

TEST_F(HandInTest, WhatIsMissingOrBrokenIsNamed) {
  EXPECT_EQ(open(zip({})).fault.substr(0, 8), "lab.json");
  EXPECT_EQ(open(zip({{"lab.json", "[1]"}})).fault, "lab.json is damaged");
  EXPECT_EQ(open(zip({{"lab.json", R"({"lab": 1, "student": {}, "capture": []})"}})).fault,
            "lab.json has no usable student id");
  EXPECT_EQ(open(zip({{"lab.json", kState}, {"x/lab.json", kState}})).fault,
            "lab.json is in it more than once");
  std::ofstream(base_ / "in" / "text.zip") << "this is no zip";
  EXPECT_NE(open(base_ / "in" / "text.zip").fault, "");
  const fs::path whole =
      zip({{"lab.json", kState}, {"session-1.pcapng", std::string(100'000, 'x')}}, "c.zip");
  fs::resize_file(whole, fs::file_size(whole) / 2);
  EXPECT_NE(open(whole).fault, "");
}

TEST_F(HandInTest, WhatIsNoFileGetsItsRowAndIsNotOpened) {
  fs::create_symlink("/dev/zero", base_ / "in" / "zero.zip");
  ASSERT_EQ(::mkfifo((base_ / "in" / "pipe.ZIP").c_str(), 0600), 0);
  const auto found = find_hand_ins(base_ / "in");
  ASSERT_EQ(found.size(), 2U);
  for (const fs::path& path : found)
    EXPECT_EQ(open(path).fault, "it is a link, a pipe or a device, and no file") << path;
}

TEST_F(HandInTest, EncryptedOnesAreCalledSo) {
  const fs::path path = zip({{"lab.json", kState}, {"session-1.pcapng", "P"}});
  std::string bytes = content_of(path);
  for (const auto& [mark, flags_at] : {std::pair("PK\x03\x04", 6), std::pair("PK\x01\x02", 8)})
    for (std::size_t at = bytes.find(mark); at != bytes.npos; at = bytes.find(mark, at + 1))
      bytes[at + static_cast<std::size_t>(flags_at)] |= 1;
  std::ofstream(path, std::ios::binary) << bytes;
  EXPECT_EQ(open(path).fault, "the zip file is encrypted: it has to be made without a password");
}

TEST_F(HandInTest, AnIdOfALabIsShort) {
  const std::string state =
      R"({"student": "s1", "capture": "c.pcap", "lab": ")" + std::string(100'000, 'x') + "\"}";
  const HandIn hand_in = open(zip({{"lab.json", state}, {"c.pcap", "P"}}));
  EXPECT_EQ(hand_in.fault, "lab.json names a lab with an id that no lab has");
  EXPECT_EQ(hand_in.lab, "");
}

TEST_F(HandInTest, FoldersOfLearningPlatformsAreSearched) {
  zip({{"lab.json", kState}}, "Jane Doe_123_assignsubmission_file_/plaintalk-lab-01-s1.zip");
  zip({{"lab.json", kState}}, "doejane_LATE_4711_99_plaintalk-lab-01-s1.zip");
  fs::create_directories(base_ / "in/plain/01");
  std::ofstream(base_ / "in/plain/01/lab.json") << kState;
  fs::create_directories(base_ / "in/1/2/3/4/5");
  std::ofstream(base_ / "in/1/2/3/4/5/x.zip") << "too deep";
  fs::create_directory_symlink(base_ / "in", base_ / "in/loop");
  const auto found = find_hand_ins(base_ / "in");
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].filename(), "plaintalk-lab-01-s1.zip");
  EXPECT_EQ(found[2].filename(), "01");
}

}  // namespace
}  // namespace plaintalk::labs
