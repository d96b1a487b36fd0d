// Captures compressed with gzip, zstd and lz4 read as if they were not.
#include <array>
#include <functional>

#include <gtest/gtest.h>
#include <lz4frame.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "tests/capture/file_builder.hpp"
#include "tests/capture/read_back.hpp"

namespace plaintalk::capture {
namespace {

std::string gzip(std::string_view plain) {
  z_stream stream{};
  if (::deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string packed(::deflateBound(&stream, plain.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  ::deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  ::deflateEnd(&stream);
  return packed;
}

std::string zstd(std::string_view plain) {
  ZSTD_CCtx* context = ::ZSTD_createCCtx();
  ::ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  std::string packed(::ZSTD_compressBound(plain.size()), '\0');
  packed.resize(::ZSTD_compress2(context, packed.data(), packed.size(), plain.data(), plain.size()));
  ::ZSTD_freeCCtx(context);
  return packed;
}

std::string lz4(std::string_view plain) {
  LZ4F_preferences_t preferences{};
  preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
  std::string packed(::LZ4F_compressFrameBound(plain.size(), &preferences), '\0');
  packed.resize(::LZ4F_compressFrame(packed.data(), packed.size(), plain.data(), plain.size(), &preferences));
  return packed;
}

struct Format {
  const char* name;
  std::function<std::string(std::string_view)> pack;
};
void PrintTo(const Format& format, std::ostream* out) { *out << format.name; }

class Compressed : public ::testing::TestWithParam<Format> {
 protected:
  static std::string capture(unsigned record_count, std::size_t size) {
    std::string file = pcap_header(kLittle);
    for (unsigned i = 0; i < record_count; ++i) {
      std::string bytes(size, static_cast<char>('a' + i % 26));
      for (std::size_t at = 0; at < size; at += 7) bytes[at] = static_cast<char>(i * 31 + at);
      file += pcap_record(kLittle, i, 0, bytes, static_cast<std::uint32_t>(size));
    }
    return file;
  }
  static void expect_same(const Contents& found, const Contents& expected) {
    EXPECT_EQ(found.format, expected.format);
    ASSERT_EQ(found.packets.size(), expected.packets.size());
    for (std::size_t i = 0; i < found.packets.size(); ++i)
      ASSERT_EQ(found.packets[i].bytes, expected.packets[i].bytes) << i;
  }
};

TEST_P(Compressed, ReadsLikeThePlainFile) {
  for (const unsigned count : {0U, 1U, 3000U}) {  // three megabytes: several blocks of every buffer
    const std::string plain = capture(count, 1000);
    const Contents contents = read_back(GetParam().pack(plain));
    EXPECT_FALSE(contents.error);
    expect_same(contents, read_back(plain));
  }
}

TEST_P(Compressed, ReadsSeveralFilesPutTogether) {
  const std::string plain = capture(40, 100);
  std::string packed;
  for (std::size_t at = 0; at < plain.size(); at += 997) packed += GetParam().pack(plain.substr(at, 997));
  const Contents contents = read_back(packed);
  EXPECT_FALSE(contents.error);
  expect_same(contents, read_back(plain));
}

TEST_P(Compressed, ReadsFromAPipe) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const std::string plain = capture(30, 100);
  const std::string packed = GetParam().pack(plain);
  ASSERT_EQ(::write(ends[1], packed.data(), packed.size()), static_cast<ssize_t>(packed.size()));
  ::close(ends[1]);
  expect_same(read_back(CaptureReader::from_descriptor(ends[0], "pipe")), read_back(plain));
}

// Goal: whatever is missing or damaged, the packets before are there and something is said.
TEST_P(Compressed, SaysWhereItIsCutOff) {
  const std::string plain = capture(20, 50);
  const Contents whole = read_back(plain);
  const std::string packed = GetParam().pack(plain);
  for (std::size_t size = 1; size < packed.size(); ++size) {
    const std::string cut = packed.substr(0, size);
    if (!refusal(cut).empty()) continue;
    const Contents contents = read_back(cut);
    ASSERT_TRUE(contents.error) << size << " of " << packed.size();
    ASSERT_LE(contents.packets.size(), whole.packets.size());
    for (std::size_t i = 0; i < contents.packets.size(); ++i)
      ASSERT_EQ(contents.packets[i].bytes, whole.packets[i].bytes);
  }
}

TEST_P(Compressed, DoesNotPassOverDamage) {
  const std::string plain = capture(20, 50);
  const Contents whole = read_back(plain);
  const std::string packed = GetParam().pack(plain);
  for (std::size_t at = 0; at < packed.size(); ++at) {
    std::string damaged = packed;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    if (!refusal(damaged).empty()) continue;
    const Contents contents = read_back(damaged);
    // Some bits are nobody's, and some tell the same bytes in another way.
    if (!contents.error) expect_same(contents, whole);
  }
}

TEST(CompressedInput, IgnoresWhatFollowsGzipDataAsGunzipDoes) {
  const std::string plain = pcap_header(kLittle) + pcap_record(kLittle, 1, 0, "hello", 5);
  const Contents contents = read_back(gzip(plain) + std::string(100, '\0'));
  EXPECT_FALSE(contents.error);
  ASSERT_EQ(contents.packets.size(), 1u);
  EXPECT_EQ(contents.packets[0].bytes, "hello");
}

// Goal: a file cannot name its own bound of memory: zstd's window may be 128 MiB and no more.
TEST(CompressedInput, RefusesZstdDataThatAskForTooMuchMemory) {
  const std::string plain = pcap_header(kLittle) + pcap_record(kLittle, 1, 0, "hello", 5);
  for (const int window_log : {27, 28}) {
    ZSTD_CCtx* context = ::ZSTD_createCCtx();
    ::ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
    std::string packed(1000, '\0');
    ZSTD_inBuffer in{plain.data(), plain.size(), 0};
    ZSTD_outBuffer out{packed.data(), packed.size(), 0};
    // The size is not told beforehand, or the window would be as small as the file.
    ::ZSTD_compressStream2(context, &out, &in, ZSTD_e_continue);
    ASSERT_EQ(::ZSTD_compressStream2(context, &out, &in, ZSTD_e_end), 0U);
    ::ZSTD_freeCCtx(context);
    packed.resize(out.pos);
    EXPECT_EQ(refusal(packed).find("too much memory") != std::string::npos, window_log == 28)
        << refusal(packed);
  }
}

TEST(CompressedInput, SaysWhatIsInsideWhenThatIsNoCapture) {
  EXPECT_NE(refusal(gzip("hello, this is text")).find("is not a pcap or pcapng file"), std::string::npos);
  EXPECT_NE(refusal(gzip("")).find("is empty"), std::string::npos);
  EXPECT_NE(refusal("\x1F\x8B\x08 and so on").find("gzip data are damaged"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(CompressedInput, Compressed,
                         ::testing::Values(Format{"gzip", gzip}, Format{"zstd", zstd}, Format{"lz4", lz4}),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

}  // namespace
}  // namespace plaintalk::capture
