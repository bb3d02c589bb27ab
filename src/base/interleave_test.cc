#include "base/interleave.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace base {
namespace {

Block block_of(const std::vector<std::pair<std::string, std::int64_t>>& rows) {
  Block block;
  block.columns.emplace_back("id", ColumnKind::text);
  block.columns.emplace_back("value", ColumnKind::i64);
  block.columns.emplace_back("list", ColumnKind::text_list);
  block.columns[1].nulls.clear();
  for (const auto& [id, value] : rows) {
    block.columns[0].text().push_back(id);
    block.columns[1].as<std::int64_t>().push_back(value);
    for (std::int64_t k = 0; k < value % 3; ++k) block.columns[2].text_list().items.push_back(id);
    block.columns[2].text_list().ends.push_back(block.columns[2].text_list().items.size());
  }
  return block;
}

TEST(Interleave, GivesOneSortedStreamHoweverTheBlocksAreCut) {
  Rng rng{3};
  for (int round = 0; round < 300; ++round) {
    std::vector<std::pair<std::string, std::int64_t>> ours, theirs;
    for (std::uint64_t i = rng.below(40); i-- > 0;) ours.emplace_back(std::to_string(rng.below(50)), 1);
    for (std::uint64_t i = rng.below(10); i-- > 0;) theirs.emplace_back(std::to_string(rng.below(50)), 2);
    std::ranges::sort(ours);
    std::ranges::sort(theirs);
    const auto cut = [&](const auto& rows) {
      std::vector<Block> blocks;
      for (std::size_t at = 0; at < rows.size();) {
        const std::size_t to = std::min(rows.size(), at + 1 + rng.below(7));
        blocks.push_back(block_of({rows.begin() + static_cast<std::ptrdiff_t>(at), rows.begin() + static_cast<std::ptrdiff_t>(to)}));
        at = to;
      }
      return blocks;
    };
    std::vector<std::string> seen;
    std::size_t lists = 0, wanted_lists = 0;
    Interleave interleave{"id", cut(theirs), [&](Block&& block) -> Result<void> {
                            for (std::size_t i = 0; i < block.rows(); ++i) {
                              seen.emplace_back(block.columns[0].text()[i]);
                              const auto& list = block.columns[2].text_list();
                              lists += list.end_of(i) - list.begin_of(i);
                              EXPECT_EQ(list.end_of(i) - list.begin_of(i), static_cast<std::size_t>(block.columns[1].as<std::int64_t>()[i] % 3));
                            }
                            return {};
                          }};
    for (Block& block : cut(ours)) ASSERT_TRUE(interleave.add(std::move(block)));
    ASSERT_TRUE(interleave.finish());
    std::vector<std::string> wanted;
    for (const auto* rows : {&ours, &theirs}) {
      for (const auto& [id, value] : *rows) {
        wanted.push_back(id);
        wanted_lists += static_cast<std::size_t>(value % 3);
      }
    }
    std::ranges::sort(wanted);
    ASSERT_EQ(seen, wanted);
    ASSERT_EQ(lists, wanted_lists);
  }
}

}  // namespace
}  // namespace base
