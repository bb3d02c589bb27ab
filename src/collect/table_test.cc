#include "collect/table.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "base/random.h"
#include "collect/columns.h"
#include "collect/json_lines.h"
#include "tests/support/places.h"

namespace collect {
namespace {

std::string gzip(std::string_view text) {
  std::string out(text.size() + 1000, '\0');
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string in{text};
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

struct Contents {
  std::vector<std::vector<std::string>> rows;
  std::size_t bad = 0;
};

Contents contents(Table& table) {
  Contents result;
  const auto done = table.read([&](const RowBatch& batch) -> base::Result<bool> {
    for (std::size_t i = 0; i < batch.rows(); ++i) result.rows.emplace_back(batch.row(i), batch.row(i) + batch.width);
    result.bad += batch.bad.size();
    return true;
  });
  EXPECT_TRUE(done) << done.error().message;
  return result;
}

class TableTest : public ::testing::Test {
 protected:
  std::string write(std::string_view bytes) {
    tests::write_file(folder_.path() / "t", bytes);
    return folder_.path() / "t";
  }
  tests::TemporaryFolder folder_;
};

TEST_F(TableTest, GzipOfOneAndOfSeveralMembers) {
  auto one = Table::open(write(gzip("a,b\n1,2\n3,4\n")), {}, nullptr);
  ASSERT_TRUE(one) << one.error().message;
  EXPECT_EQ(one->facts().format, "CSV (gzip)");
  EXPECT_EQ(contents(*one).rows.size(), 2u);
  auto two = Table::open(write(gzip("a,b\n1,2\n") + gzip("3,4\n5,6\n")), {}, nullptr);
  ASSERT_TRUE(two) << two.error().message;
  EXPECT_EQ(contents(*two).rows.size(), 3u);
}

TEST_F(TableTest, ADamagedGzipIsAnErrorNotAShorterFile) {
  std::string text = "a,b\n";
  for (int i = 0; i < 50'000; ++i) text += fmt::format("{},{}\n", i, base::mix(static_cast<std::uint64_t>(i)));
  const std::string packed = gzip(text);
  auto cut = Table::open(write(packed.substr(0, packed.size() / 2)), {}, nullptr);
  ASSERT_TRUE(cut);
  const auto done = cut->read([](const RowBatch&) { return true; });
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("cut off"), std::string::npos);
  std::string damaged = packed;
  for (std::size_t i = packed.size() / 2; i < packed.size() / 2 + 20; ++i) damaged[i] = '\x55';
  auto broken = Table::open(write(damaged), {}, nullptr);
  ASSERT_TRUE(broken);
  EXPECT_FALSE(broken->read([](const RowBatch&) { return true; }));
}

TEST_F(TableTest, ASinkThatHasEnoughStopsTheReading) {
  std::string text = "a\n";
  for (int i = 0; i < 300'000; ++i) text += "1\n";
  auto table = Table::open(write(text), {}, nullptr);
  ASSERT_TRUE(table);
  int batches = 0;
  EXPECT_TRUE(table->read([&](const RowBatch&) -> base::Result<bool> { return ++batches < 1; }));
  EXPECT_EQ(batches, 1);
}

TEST_F(TableTest, JsonLinesAreFlattened) {
  auto table = Table::open(
      write(R"({"id":1,"user":{"name":"Ä","tags":["x","y"]},"n":12345678901234567890.5,"none":null,"yes":true}
{"id":2,"items":[{"sku":"a"},{"sku":"b"}],"late":"é"}

[1,2]
"text"
{"id":3,
)"),
      {}, nullptr);
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->heading(), (std::vector<std::string>{"id", "user.name", "user.tags", "n", "none", "yes",
                                                        "items.0.sku", "items.1.sku", "late"}));
  const Contents all = contents(*table);
  ASSERT_EQ(all.rows.size(), 2u);
  EXPECT_EQ(all.rows[0], (std::vector<std::string>{"1", "Ä", "x,y", "12345678901234567890.5", "", "true", "", "", ""}));
  EXPECT_EQ(all.rows[1][7], "b");
  EXPECT_EQ(all.bad, 3u);
}

TEST_F(TableTest, JsonLinesDoNotDependOnThePieces) {
  std::string text;
  for (int i = 0; i < 30; ++i) text += fmt::format("{{\"k{}\":\"{}\",\"订\":{{\"v\":{}}}}}\r\n", i % 3, i, i * 1.5);
  const auto read = [&](std::size_t piece) {
    JsonLines lines{source_of(text, piece), {}, "t"};
    RowBatch batch;
    std::string all;
    while (*lines.next(batch)) {
      for (const std::string_view cell : batch.cells) all += std::string{cell} + "|";
    }
    return all;
  };
  const std::string whole = read(1 << 20);
  for (std::size_t piece = 1; piece < 60; ++piece) ASSERT_EQ(read(piece), whole);
}

TEST(Columns, HeadingsAreComparedInTheirPlainForm) {
  EXPECT_EQ(plain_heading(" Order-ID "), "orderid");
  EXPECT_EQ(plain_heading("訂單編號"), "订单编号");
  EXPECT_EQ(plain_heading("收货人手机号/提货人手机号"), "收货人手机号提货人手机号");
  EXPECT_EQ(plain_heading("金额（元）"), "金额元");
}

TEST(Columns, EveryRoleHasItsOwnName) {
  for (std::size_t i = 0; i < kRoles; ++i) EXPECT_EQ(role_named(name_of(static_cast<Role>(i))), static_cast<Role>(i));
  EXPECT_FALSE(role_named("nonsense"));
}

}  // namespace
}  // namespace collect
