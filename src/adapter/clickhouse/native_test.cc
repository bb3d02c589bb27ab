// The format without an engine: small pieces, early ends and bytes that are no Native.
#include <gtest/gtest.h>

#include "adapter/clickhouse/engine_error.h"
#include "adapter/clickhouse/native_reader.h"
#include "adapter/clickhouse/native_writer.h"
#include "adapter/clickhouse/parameter.h"
#include "base/random.h"

namespace adapter::clickhouse {
namespace {

using base::Block;
using base::Code;
using base::Column;
using base::ColumnKind;

Block sample() {
  Block block;
  block.columns = {Column{"id", ColumnKind::i64}, Column{"word", ColumnKind::text},
                   Column{"words", ColumnKind::text_list}};
  for (int i = 0; i < 300; ++i) {
    block.columns[0].as<std::int64_t>().push_back(i);
    std::string word(static_cast<std::size_t>(i), 'w');  // lengths on both sides of one byte of length
    block.columns[1].text().push_back(word);
    auto& list = block.columns[2].text_list();
    for (int k = 0; k < i % 4; ++k) list.items.push_back(word);
    list.ends.push_back(list.items.size());
  }
  block.columns[1].nulls.assign(300, 0);
  block.columns[1].nulls[0] = 1;
  return block;
}

std::string encode(const Block& block, std::size_t piece_size) {
  auto writer = NativeWriter::open(block);
  EXPECT_TRUE(writer);
  std::string bytes, piece(piece_size, '\0');
  for (std::size_t size = writer->read(piece.data(), piece_size); size > 0;
       size = writer->read(piece.data(), piece_size))
    bytes.append(piece, 0, size);
  return bytes;
}

ByteReader::More pieces(const std::string& bytes, std::size_t size) {
  return [&bytes, size, at = std::size_t{0}](std::string& to) mutable -> base::Result<bool> {
    if (at == bytes.size()) return false;
    const std::size_t part = std::min(size, bytes.size() - at);
    to.append(bytes, at, part);
    at += part;
    return true;
  };
}

TEST(Native, AnySizeOfPiecesGivesTheSameBytes) {
  const Block block = sample();
  const std::string whole = encode(block, 1 << 20);
  for (const std::size_t size : {1, 2, 3, 7, 127, 128, 129, 4096}) EXPECT_EQ(encode(block, size), whole) << size;
}

TEST(Native, AnySizeOfPiecesGivesTheSameBlock) {
  const Block block = sample();
  const std::string bytes = encode(block, 1 << 20) + encode(block, 1 << 20);
  for (const std::size_t size : {1, 2, 13, 128, 1 << 20}) {
    int blocks = 0;
    const auto done = read_all_native(pieces(bytes, size), [&](Block&& got) -> base::Result<void> {
      ++blocks;
      EXPECT_EQ(got.rows(), 300U);
      EXPECT_EQ(got.columns[1].text()[299], block.columns[1].text()[299]);
      EXPECT_TRUE(got.columns[1].is_null(0));
      EXPECT_EQ(got.columns[2].text_list().ends, block.columns[2].text_list().ends);
      return {};
    });
    EXPECT_TRUE(done) << done.error().message;
    EXPECT_EQ(blocks, 2);
  }
}

TEST(Native, EveryEarlyEndIsAnError) {
  const std::string bytes = encode(sample(), 1 << 20);
  for (std::size_t size = 1; size < bytes.size(); size += size < 200 ? 1 : 997) {
    const std::string cut = bytes.substr(0, size);
    int blocks = 0;
    const auto done = read_all_native(pieces(cut, 64), [&](Block&&) -> base::Result<void> {
      ++blocks;
      return {};
    });
    EXPECT_FALSE(done) << size;
    EXPECT_EQ(blocks, 0);
  }
}

TEST(Native, DamagedBytesNeverCrash) {
  const std::string bytes = encode(sample(), 1 << 20);
  base::Rng rng{3};
  for (int round = 0; round < 2000; ++round) {
    std::string damaged = bytes.substr(0, 2000);
    for (int k = 0; k < 4; ++k) damaged[rng.below(60)] = static_cast<char>(rng.next());
    (void)read_all_native(pieces(damaged, 512), [](Block&&) -> base::Result<void> { return {}; });
  }
}

TEST(Native, TheSourcesErrorIsTheOneThatCounts) {
  const std::string bytes = encode(sample(), 1 << 20);
  bool first = true;
  const auto done = read_all_native(
      [&](std::string& to) -> base::Result<bool> {
        if (!std::exchange(first, false)) return base::fail(Code::exhausted, "the engine said why");
        to += bytes.substr(0, 500);
        return true;
      },
      [](Block&&) -> base::Result<void> { return {}; });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "the engine said why");
  EXPECT_EQ(done.error().code, Code::exhausted);
}

TEST(EngineError, TheCodesCallersBranchOn) {
  const auto code = [](std::string_view text) { return engine_error("x", 0, 500, text).code; };
  EXPECT_EQ(code("Code: 241. DB::Exception: Memory limit"), Code::exhausted);
  EXPECT_EQ(code("Code: 243. DB::Exception: Cannot reserve"), Code::exhausted);
  EXPECT_EQ(code("Code: 1001. DB::Exception: std::exception: No space left on device"), Code::exhausted);
  EXPECT_EQ(code("Code: 60. DB::Exception: Unknown table"), Code::not_found);
  EXPECT_EQ(code("Code: 81. DB::Exception: Unknown database"), Code::not_found);
  EXPECT_EQ(code("Code: 159. DB::Exception: Timeout"), Code::timeout);
  EXPECT_EQ(code("Code: 62. DB::Exception: Syntax error"), Code::invalid_input);
  EXPECT_EQ(code("<html>502 Bad Gateway</html>"), Code::unavailable);
}

TEST(EngineError, OneLineWithoutTheEnginesTrimmings) {
  const auto error = engine_error("plan", 0, 500,
                                  "Code: 62. DB::Exception: Code: 62. DB::Exception: Syntax error:\nfailed at\tline 1. "
                                  "(SYNTAX_ERROR) (version 26.7.2.1 (official build))\nStack trace: …");
  EXPECT_EQ(error.message, "the warehouse refused 'plan': Syntax error: failed at line 1. (SYNTAX_ERROR)");
}

TEST(EngineError, TheReportAtTheEndOfABrokenAnswer) {
  EXPECT_EQ(report_in_tail("rows\r\n__exception__\r\ntag\r\nCode: 1. why\n13 tag\r\n__exception__\r\n"),
            "tag\r\nCode: 1. why\n13 tag\r\n");
  EXPECT_EQ(report_in_tail("1\t2\nCode: 241. DB::Exception: Memory"), "Code: 241. DB::Exception: Memory");
  EXPECT_FALSE(report_in_tail("1\t2\n"));
}

TEST(ParameterText, EscapesByType) {
  EXPECT_EQ(parameter_text("SELECT {a:String}", {"a", "x\ty\\\n"}), "x\\ty\\\\\\n");
  EXPECT_EQ(parameter_text("SELECT {ab:Array(String)}, {a : Array(String)}", {"a", "['\\'']"}), "['\\'']");
  EXPECT_EQ(parameter_text("SELECT 1", {"a", "\t"}), "\\t");
}

}  // namespace
}  // namespace adapter::clickhouse
